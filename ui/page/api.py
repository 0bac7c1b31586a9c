"""The studio for programs: typed names that any Gradio client can call.

Every call answers JSON: a job, or `{"problems": [{"field", "message", "soft", "asks"}]}` for a refused request.
A problem that `asks` is a question: whoever names it in the option `agreed` sends the same all the same.
The `url` of an artifact is relative to the studio's own address: `urljoin(client.src, url)` fetches it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import gradio as gr
from pydantic import JsonValue

from providers.catalogue.requests import MEDIA_FIELDS, read_request
from providers.errors import InvalidRequest, Problem, StudioError
from providers.history.query import Query
from providers.jobs.job import Job
from providers.jobs.views import JobHistoryView, JobView
from providers.studio.studio import Studio
from ui.answers import marks_of, problems_json, refusal, shaped, texts_of, without_empty_media
from ui.gradio_private import declare, upload_folder
from ui.page.calls import is_address, is_upload
from ui.views import DeletedView, JobsView

Json = dict[str, JsonValue]
File = gr.FileData
"""An upload; a client may also give the id of an artifact that the studio already keeps."""


class Api:
    """The public names. Each is one call to the studio, for the owner who asks."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def declare(self) -> None:
        """Add every name to the page that is being built."""
        for name in (
            self.generate_image,
            self.generate_video,
            self.generate_multishot,
            self.job,
            self.jobs,
            self.cancel,
            self.star,
            self.tag,
            self.delete,
            self.models,
        ):
            # These calls return at once: none waits for another.
            declare(name)

    async def generate_image(
        self,
        request: gr.Request,
        model: str,
        prompt: str = "",
        references: list[File] | None = None,
        options: Json | None = None,
    ) -> Json:
        """Make pictures. `options` is keyed by field names such as ratio, resolution, count, seed."""
        asked = {"kind": "image", "model": model, "prompt": prompt, "options": options}
        return await self._generate(request, asked, {"references": references})

    async def generate_video(
        self,
        request: gr.Request,
        model: str,
        prompt: str = "",
        start_frame: File | None = None,
        end_frame: File | None = None,
        references: list[File] | None = None,
        driving_video: File | None = None,
        options: Json | None = None,
    ) -> Json:
        """Make a video. `options` is keyed by field names such as ratio, resolution, duration, audio."""
        asked = {"kind": "video", "model": model, "prompt": prompt, "options": options}
        files = {
            "start_frame": start_frame,
            "end_frame": end_frame,
            "references": references,
            "driving_video": driving_video,
        }
        return await self._generate(request, asked, files)

    async def generate_multishot(
        self,
        request: gr.Request,
        model: str,
        prompt: str = "",
        shots: list[Json] | None = None,
        start_frame: File | None = None,
        options: Json | None = None,
        references: list[File] | None = None,
    ) -> Json:
        """Make a video of several shots, each {"prompt", "seconds"}; none where the model cuts by itself."""
        asked: dict[str, object] = {
            "kind": "multishot",
            "model": model,
            "prompt": prompt,
            "shots": shots,
            "options": options,
        }
        files = {"start_frame": start_frame, "references": references}
        return await self._generate(request, asked, files)

    async def job(self, request: gr.Request, id: str) -> Json:
        """One job as it is now, with the history of its states."""
        owner = _owner(request)

        def look() -> Json:
            found = self._studio.live.get(_text(id), owner)
            events = self._studio.live.events(found.id, owner)
            return JobHistoryView.told(found, events).model_dump(mode="json")

        try:
            return await self._studio.opened.aside(look)
        except StudioError as error:
            return refusal(error)

    async def jobs(
        self,
        request: gr.Request,
        text: str = "",
        kind: str = "",
        vendor: str = "",
        model: str = "",
        state: str = "",
        before: str = "",
        limit: int = 50,
        starred: bool = False,
        tag: str = "",
    ) -> Json:
        """One page of the history, newest first; give `next` as `before` to go on."""
        asked = {
            "text": text,
            "kind": kind,
            "vendor": vendor,
            "model": model,
            "state": state,
            "before": before,
            "limit": limit,
            "starred": starred,
            "tag": tag,
        }
        try:
            query, owner = shaped(Query, asked), _owner(request)
            page = await self._studio.opened.aside(lambda: self._studio.live.page(owner, query))
        except StudioError as error:
            return refusal(error)
        jobs = tuple(map(JobView.of, page.jobs))
        return JobsView(jobs=jobs, next=page.next).model_dump(mode="json")

    async def cancel(self, request: gr.Request, id: str) -> Json:
        """Stop a job, as far as its vendor can."""
        try:
            return _told(await self._studio.decisions.cancel(_text(id), _owner(request)))
        except StudioError as error:
            return refusal(error)

    async def star(self, request: gr.Request, id: str, starred: bool = True) -> Json:
        """Give a job a star, or take it away."""
        return await self._mark(request, id, {"starred": starred})

    async def tag(self, request: gr.Request, id: str, tags: list[str]) -> Json:
        """Give a job these tags in place of those that it has."""
        return await self._mark(request, id, {"tags": tags})

    async def delete(self, request: gr.Request, id: str) -> Json:
        """Delete a job that has ended, with its files, for good: `{"deleted": id}`."""
        try:
            await self._studio.decisions.delete(_text(id), _owner(request))
        except StudioError as error:
            return refusal(error)
        return DeletedView(deleted=id).model_dump(mode="json")

    async def _mark(self, request: gr.Request, id: str, marks: Mapping[str, object]) -> Json:
        try:
            given = marks_of(_body(marks))
            owner = _owner(request)
            return _told(await self._studio.keeping.put_marks(_text(id), owner, given))
        except StudioError as error:
            return refusal(error)

    async def models(self, kind: str = "") -> list[Json]:
        """The models of a kind (image, video, multishot), or all, each with every limit it has.

        `withheld`: the vendor doesn't list it for this account; `unoffered`: it said last that it has
        no such model.
        """
        links = self._studio.connections
        return [
            spec.model_dump(mode="json")
            | {
                "withheld": spec.id in links[spec.vendor].withheld,
                "unoffered": spec.id in links[spec.vendor].unoffered,
            }
            for spec in self._studio.catalogue
            if kind in ("", spec.kind)
        ]

    async def _generate(
        self, request: gr.Request, asked: Mapping[str, object], files: Mapping[str, object]
    ) -> Json:
        try:
            body, agreed = _agreed(_body(asked))
            # The request is checked with the files' number before any of them is stored.
            read = read_request({**body, **without_empty_media(_placeholders(files))})
            hard = [found for found in self._studio.catalogue.problems(read) if not found.soft]
            if hard:
                return problems_json(hard)
            owner = _owner(request)
            for field, given in files.items():
                kept = [await self._keep(owner, field, upload) for upload in _uploads(given)]
                if kept:
                    body[field] = kept if isinstance(given, list) else kept[0]
            asked_for = read_request(body)
            job = await self._studio.opened.aside(
                lambda: self._studio.submission.submit(asked_for, owner=owner, agreed=agreed)
            )
            return _told(job)
        except StudioError as error:
            return refusal(error)

    async def _keep(self, owner: str, field: str, upload: object) -> JsonValue:
        path, name = _upload(field, upload)
        if path is None:
            return name
        if not is_upload(str(path), upload_folder()):
            sentence = "The file wasn't uploaded here. Upload it with handle_file."
            raise InvalidRequest([Problem(field, sentence)])
        try:
            return (await self._studio.files.keep(owner, name, path)).id
        except InvalidRequest as error:
            raise InvalidRequest(
                [Problem(field, found.message, found.soft) for found in error.problems]
            ) from None


def _told(job: Job) -> Json:
    return JobView.of(job).model_dump(mode="json")


def _owner(request: gr.Request) -> str:
    return str(getattr(request, "username", None) or "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _body(asked: Mapping[str, object]) -> dict[str, JsonValue]:
    # Gradio hands on whatever JSON was sent, whatever the annotation says; read_request judges it.
    return {name: value for name, value in asked.items() if value is not None}  # pyright: ignore[reportReturnType]


def _agreed(body: dict[str, JsonValue]) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
    """The request, and the questions to which it says yes: no model has an option of that name."""
    options = body.get("options")
    if not isinstance(options, dict) or "agreed" not in options:
        return body, ()
    rest = {name: value for name, value in options.items() if name != "agreed"}
    return {**body, "options": rest}, texts_of("agreed", options["agreed"])


def _uploads(given: object) -> Sequence[object]:
    if given is None or given == "":
        return ()
    return given if isinstance(given, list) else (given,)


def _placeholders(files: Mapping[str, object]) -> dict[str, JsonValue]:
    assert set(files) <= set(MEDIA_FIELDS)
    return {
        field: [f"upload {number}" for number, _ in enumerate(_uploads(given))]
        if isinstance(given, list)
        else ("upload" if given else None)
        for field, given in files.items()
    }


def _upload(field: str, upload: object) -> tuple[Path | None, str]:
    """Where an upload lies and what it is called; no path: the text is an artifact's id."""
    if isinstance(upload, Mapping):
        path, name = upload.get("path"), upload.get("orig_name")
        if isinstance(path, str) and path and "\x00" not in path:
            return Path(path), name if isinstance(name, str) and name else Path(path).name
    if isinstance(upload, str) and upload.isalnum():
        return None, upload
    if isinstance(upload, str) and is_address(upload):
        sentence = "This is an address, not a file. Pass it through handle_file."
        raise InvalidRequest([Problem(field, sentence)])
    raise InvalidRequest(
        [Problem(field, "A file must be an upload or the ID of a file in the studio.")]
    )
