"""The address at which vendors reach the studio: what it may be, and who is told of it."""

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

import app
from providers.catalogue.requests import ImageRequest
from providers.jobs.callback import callback_address, is_callback_of, read_callback
from providers.jobs.intake import new_job
from providers.jobs.job import Job
from providers.settings import Credentials, Settings, unusable
from providers.studio.studio import Studio
from providers.vendors.transport.answer import shown
from ui.web.logs import SafeFormatter

GOOD = (
    ("https://studio.example.org", "https://studio.example.org"),
    (" https://Studio.example.org:8443/ ", "https://Studio.example.org:8443"),
    ("https://example.org/a/studio-1/", "https://example.org/a/studio-1"),
    ("https://203.0.113.5", "https://203.0.113.5"),
    ("http://localhost:7860", "http://localhost:7860"),
    ("http://127.0.0.1:7860", "http://127.0.0.1:7860"),
    ("http://[::1]:7860", "http://[::1]:7860"),
    ("", ""),
)
BAD = (
    "studio.example.org", "http://studio.example.org", "http://localhost.example.org", "https://", "https:///x",
    "ftp://localhost", "https://a.example/?b=c", "https://a.example/b#c", "https://ann:pw@a.example",
    "https://a.example/../b", "https://a.example/a/./b", "https://a.example//b", "https://a.example/b c",
    "https://a.example:0", "https://a.example:70000", "https://a.example:x", "https://-a.example",
    "https://a.example/\n", "https://a..example", "javascript:alert(1)", "https://a.example/%2e%2e/b",
    "https://" + "a" * 500 + ".example",
)  # fmt: skip


@pytest.mark.parametrize(("given", "kept"), GOOD)
def test_an_address_by_https_or_on_this_machine_is_kept_without_a_slash_at_its_end(
    given: str, kept: str
) -> None:
    assert Settings(public_url=given).public_url == kept


@pytest.mark.parametrize("given", BAD)
def test_everything_else_is_refused_in_a_sentence_that_does_not_repeat_it(given: str) -> None:
    if given.endswith("\n"):
        given = f"{given}x"
    with pytest.raises(ValidationError) as refused:
        Settings(public_url=given)
    assert unusable(refused.value) == (
        "A setting is invalid. STUDIO_PUBLIC_URL: write https:// and a name, as in "
        "https://studio.example.org, or http://localhost:7860; a path may follow, but no ?, # or "
        "password."
    )


def test_a_space_has_its_own_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("STUDIO_PUBLIC_URL", "STUDIO_HOST"):
        monkeypatch.delenv(name, raising=False)
    space = {"SPACE_ID": "a/b", "SPACE_HOST": "a-b.hf.space"}
    assert app.read_settings([], space).public_url == "https://a-b.hf.space"
    assert app.read_settings([], {}).public_url == ""
    assert app.read_settings([], {**space, "SPACE_HOST": "a b/../?x"}).public_url == ""
    own = ["--public-url", "https://studio.example.org"]
    assert app.read_settings(own, space).public_url == "https://studio.example.org"
    monkeypatch.setenv("STUDIO_PUBLIC_URL", "https://other.example.org")
    assert app.read_settings([], space).public_url == "https://other.example.org"


@pytest.mark.parametrize(
    ("public_url", "keys", "called"),
    [
        ("", {"RUNWARE_API_KEY": "k"}, set[str]()),
        ("https://a.example", {"RUNWARE_API_KEY": "k"}, {"useapi", "runware", "runflow"}),
        # The vendor itself reaches no address of this machine; its sandbox does.
        ("http://localhost:1", {"RUNWARE_API_KEY": "k"}, {"useapi", "runflow"}),
        (
            "http://localhost:1",
            {"RUNWARE_API_KEY": "k", "STUDIO_RUNWARE_BASE_URL": "http://localhost:2/v1"},
            {"useapi", "runware", "runflow"},
        ),
    ],
)
def test_who_is_told_of_it(
    tmp_path: Path, public_url: str, keys: dict[str, str | None], called: set[str]
) -> None:
    settings = Settings(data_dir=tmp_path, public_url=public_url)
    studio = Studio(settings, credentials=Credentials(keys))
    told = {name: one.called_at for name, one in studio.connections.items() if one.called_at}
    assert told == dict.fromkeys(called, public_url)


def test_two_secrets_may_stand_in_one_variable_and_none_is_logged() -> None:
    credentials = Credentials({"RUNFLOW_CALLBACK_SECRET": " whsec_a, whsec_b\n"})
    secrets = credentials.secrets("RUNFLOW_CALLBACK_SECRET")
    assert [secret.get_secret_value() for secret in secrets] == ["whsec_a", "whsec_b"]
    assert Credentials({}).secrets("RUNFLOW_CALLBACK_SECRET") == Credentials({}).secrets("") == []
    kept = app.kept_secret(Settings(), credentials)
    assert {secret.get_secret_value() for secret in kept} == {"whsec_a", "whsec_b"}


def test_no_text_of_a_vendor_and_no_line_of_the_log_has_a_secret_of_a_job() -> None:
    addresses = [callback_address("https://a.example/x", "0066ab") for _ in range(50)]
    assert len(set(addresses)) == 50
    line = SafeFormatter([SecretStr("unused-key")])
    for address in addresses:
        secret = address.rpartition("call-")[2]
        quoted = (
            address,
            address.replace("/", "\\/"),
            address.replace("/", "%2F"),
            f'"{address}",x',
        )
        for text in quoted:
            assert secret not in shown(f"webhookURL {text} cannot be reached.")
            record = logging.LogRecord("studio", logging.INFO, "", 1, "%s", (text,), None)
            assert secret not in line.format(record)


def test_a_path_names_a_job_and_a_secret_or_nothing() -> None:
    assert read_callback("/callbacks/0066ab/call-x_Y-z") == ("0066ab", "call-x_Y-z")
    assert read_callback("/callbacks/0066ab/call-x/") == ("0066ab", "call-x")
    for path in ("/callbacks/", "/callbacks/a", "/callbacks/a/b/c", "/callbacks/a/é", "/x/a/b", ""):
        assert read_callback(path) is None
    assert not is_callback_of(_job(""), "")
    assert is_callback_of(_job("https://a.example/callbacks/1/call-x"), "call-x")
    assert not is_callback_of(_job("https://a.example/callbacks/1/call-x"), "call-y")


def _job(callback: str) -> Job:
    request = ImageRequest(model="fake:image/one", prompt="a fox")
    job = new_job(request, owner="local", idempotency_key="", sandbox=True, now=1.0)
    return job.model_copy(update={"callback": callback})
