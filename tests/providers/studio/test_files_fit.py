"""Files against what a vendor takes of them: refused in words before anything is sent, and only then."""

from pathlib import Path

import pytest

from providers.errors import InvalidRequest, Refused, VendorError
from tests.support.fitting import about_files, asked, directly, handed_in, studio_in
from tests.support.measured import DOUBTED, REFUSED, TOO_HEAVY, Edge, Padded, Still

pytestmark = [pytest.mark.slow, pytest.mark.anyio]
MEGABYTES = 1_000_000


def named(edge: Edge) -> str:
    return f"{edge.model} {edge.field} {edge.says}"


@pytest.mark.parametrize("edge", REFUSED, ids=named)
async def test_the_last_file_that_fits_is_sent_and_the_next_is_refused_here_as_it_would_be_there(
    edge: Edge, tmp_path: Path
) -> None:
    async with studio_in(tmp_path) as studio:
        spec = studio.catalogue[edge.model]
        good = await asked(studio, tmp_path, spec, edge.field, edge.good)
        assert [one for one in about_files(studio, good, edge.field) if not one.soft] == []
        await directly(studio, spec, good)
        taken = len(studio.sandbox.engine.book)
        assert taken == 1
        bad = await asked(studio, tmp_path, spec, edge.field, edge.bad)
        (problem,) = [one for one in about_files(studio, bad, edge.field) if not one.soft]
        assert edge.says in problem.message
        with pytest.raises(InvalidRequest) as refused:
            studio.submission.submit(bad, owner="local")
        assert problem in refused.value.problems
        with pytest.raises(Refused):
            await directly(studio, spec, bad)
        assert len(studio.sandbox.engine.book) == taken


@pytest.mark.parametrize("edge", DOUBTED, ids=named)
async def test_a_limit_that_nobody_is_sure_of_is_a_warning(edge: Edge, tmp_path: Path) -> None:
    async with studio_in(tmp_path) as studio:
        spec = studio.catalogue[edge.model]
        good = await asked(studio, tmp_path, spec, edge.field, edge.good)
        assert not any(edge.says in one.message for one in about_files(studio, good, edge.field))
        bad = await asked(studio, tmp_path, spec, edge.field, edge.bad)
        told = [one for one in about_files(studio, bad, edge.field) if edge.says in one.message]
        assert [one.soft for one in told] == [True]
        studio.submission.submit(bad, owner="local")


@pytest.mark.parametrize("edge", TOO_HEAVY, ids=named)
async def test_bytes_are_counted_as_they_leave(edge: Edge, tmp_path: Path) -> None:
    async with studio_in(tmp_path) as studio:
        spec = studio.catalogue[edge.model]
        good = await asked(studio, tmp_path, spec, edge.field, edge.good)
        assert about_files(studio, good, edge.field) == []
        bad = await asked(studio, tmp_path, spec, edge.field, edge.bad)
        (problem,) = about_files(studio, bad, edge.field)
        assert (problem.soft, edge.says in problem.message) == (False, True)
        with pytest.raises(Refused):
            await directly(studio, spec, bad)


async def test_a_video_of_200_megabytes_is_the_last_that_runway_gets(tmp_path: Path) -> None:
    async with studio_in(tmp_path, max_upload_mb=201) as studio:
        spec = studio.catalogue["runway:video/aleph2"]
        good = await asked(studio, tmp_path, spec, "driving_video", Padded(200 * MEGABYTES))
        assert about_files(studio, good, "driving_video") == []
        await directly(studio, spec, good)
        bad = await asked(studio, tmp_path, spec, "driving_video", Padded(200 * MEGABYTES + 1))
        (problem,) = about_files(studio, bad, "driving_video")
        assert "200,000,001 bytes" in problem.message
        with pytest.raises(VendorError):
            await directly(studio, spec, bad)


async def test_every_file_is_told_of_at_once_by_its_own_name(tmp_path: Path) -> None:
    async with studio_in(tmp_path) as studio:
        spec = studio.catalogue["runway:image/gemini_2.5_flash"]
        files = (Still(99, 400), Still(300, 300), Still(900, 100))
        request = await asked(studio, tmp_path, spec, "references", *files)
        assert [one.message for one in about_files(studio, request, "references")] == [
            "Reference 1 is 99 × 400 px, 0.247 times as wide as high; Nano Banana takes at least "
            "0.25 and at most 4 times. Choose a wider one.",
            "Reference 3 is 900 × 100 px, 9 times as wide as high; Nano Banana takes at least "
            "0.25 and at most 4 times. Choose a narrower one.",
        ]
        one = await asked(
            studio,
            tmp_path,
            studio.catalogue["runway:video/h3_max"],
            "start_frame",
            Still(240, 240),
        )
        assert [problem.message for problem in about_files(studio, one, "start_frame")] == [
            "This image is 240 × 240 px; MiniMax H3 Max needs at least 256 px on each side. "
            "Choose a larger one."
        ]


async def test_an_upscale_is_checked_by_what_it_would_make(tmp_path: Path) -> None:
    async with studio_in(tmp_path) as studio:
        spec = studio.catalogue["runway:image/magnific_precision_upscaler_v2"]
        fits = await asked(studio, tmp_path, spec, "references", Still(314, 314), scale=16)
        assert about_files(studio, fits, "references", "scale") == []
        await directly(studio, spec, fits)
        taken = len(studio.sandbox.engine.book)
        over = await asked(studio, tmp_path, spec, "references", Still(315, 315), scale=16)
        (problem,) = about_files(studio, over, "references", "scale")
        assert (problem.field, problem.message) == (
            "scale",
            "This image would become 5040 × 5040 px, 25.4 megapixels; Magnific Precision V2 makes "
            "up to 25.3. Choose a lower upscale or a smaller image.",
        )
        with pytest.raises(Refused):
            await directly(studio, spec, over)
        assert len(studio.sandbox.engine.book) == taken


async def test_a_frame_of_another_shape_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    async with studio_in(tmp_path) as studio:
        spec = studio.catalogue["useapi:video/kling-3.0-pro"]
        tall = await asked(
            studio, tmp_path, spec, "start_frame", Still(180, 320), ratio="16:9", duration=5
        )
        (problem,) = about_files(studio, tall, "start_frame")
        assert (problem.soft, problem.asks, problem.message) == (
            True,
            "",
            "16:9 would cut off about 68% of this image (180 × 320 px) at the top and bottom. "
            "Choose 9:16 to keep all of it.",
        )
        job = studio.submission.submit(tall, owner="local")
        assert job.request.options["ratio"] == "16:9"
        square = await asked(studio, tmp_path, spec, "start_frame", Still(320, 319), ratio="1:1")
        assert about_files(studio, square, "start_frame") == [], "nobody sees half a percent"


@pytest.mark.parametrize(
    ("model", "file", "ratio"),
    [
        ("runflow:video/google/veo3.1/fast", Still(180, 320), "9:16"),
        ("useapi:video/kling-3.0-pro", Still(180, 320), "9:16"),
        ("useapi:video/kling-3.0-pro", Still(300, 280), "1:1"),
        ("useapi:video/gen4.5", Still(300, 400), "3:4"),
        ("useapi:multishot/kling-3.0-pro", Still(180, 320), "9:16"),
        ("runway:video/gen4_turbo", Still(400, 300), "4:3"),
        ("runway:video/veo3.1", Still(200, 300), "9:16"),
        ("runway:multishot/multi_shot_video", Still(200, 200), "1:1"),
        ("runway:video/hailuo3", Still(200, 300), "adaptive"),
    ],
)
async def test_where_nobody_chose_a_ratio_it_is_that_of_the_start_frame(
    model: str, file: Still, ratio: str, tmp_path: Path
) -> None:
    async with studio_in(tmp_path) as studio:
        spec = studio.catalogue[model]
        request = await asked(studio, tmp_path, spec, "start_frame", file)
        assert "ratio" not in request.options
        job = studio.submission.submit(request, owner="local")
        assert job.request.options["ratio"] == ratio


@pytest.mark.parametrize(
    "model", ["runway:video/happyhorse_1_0", "runway:video/wan3", "runware:video/google:3@2"]
)
async def test_a_model_that_keeps_the_shape_of_its_frame_cuts_nothing(
    model: str, tmp_path: Path
) -> None:
    async with studio_in(tmp_path) as studio:
        spec = studio.catalogue[model]
        request = await asked(studio, tmp_path, spec, "start_frame", Still(400, 700))
        assert about_files(studio, request, "start_frame") == []
        job = studio.submission.submit(request, owner="local")
        assert "ratio" not in job.request.options


async def test_an_end_frame_of_another_shape_is_told_at_its_own_field(tmp_path: Path) -> None:
    async with studio_in(tmp_path) as studio:
        spec = studio.catalogue["useapi:video/kling-3.0-pro"]
        end = (await handed_in(studio, tmp_path, Still(300, 300))).id
        request = await asked(studio, tmp_path, spec, "start_frame", Still(320, 180), end_frame=end)
        (problem,) = about_files(studio, request, "start_frame", "end_frame")
        assert (problem.field, problem.soft) == ("end_frame", True)
        assert problem.message.startswith(
            "16:9 would cut off about 44% of the end frame (300 × 300 px)"
        )
