"""Settings: from the environment, an `.env` file and the command line, read in this one place."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "STUDIO_"
WANTED = {
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "bool_parsing": "on or off, as 1 or 0",
    "less_than_equal": "at most {le:g}",
    "greater_than_equal": "at least {ge:g}",
}
"""What a setting must be, by the kind of pydantic's complaint."""


def usual_data_dir() -> Path:
    """Where this system keeps the data of a person's programs."""
    return user_data_path("multishot-studio")


class Settings(BaseSettings):
    """Everything that can be set. `python app.py --help` shows it; keys come from the environment alone."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 opens the studio to the network."""
    port: int = Field(default=7860, ge=0, le=65535)
    """The port to listen on; 0 uses any free one."""
    data_dir: Path = Field(default_factory=usual_data_dir)
    """Where histories and files are kept."""
    receipts_dir: Path | None = None
    """Where to keep receipts of jobs, if not in the data folder: for a disk that is emptied at a restart."""
    sandbox: bool = False
    """Use the sandbox for every service, even if a key is set."""
    sandbox_speed: float = Field(default=1.0, ge=0, le=60)
    """How long sandbox tasks take: 1 is a few seconds, 0 is instant."""
    allowed_hosts: str = ""
    """More host names that the page can be opened under, separated by commas."""
    trust_network: bool = False
    """Allow keys without sign-in on an address others can reach: anyone there can spend your credits."""
    people: str = Field(default="", repr=False)
    """Who may sign in, if no command can add them: entries from `python -m providers.people line NAME`."""
    max_upload_mb: int = Field(default=200, ge=1)
    """The largest reference file, in megabytes."""
    cache_mb: int = Field(default=2048, ge=16)
    """The size limit of the thumbnail cache, in megabytes."""
    cap_job: str = ""
    """The most that one job may cost, by service and in its unit: `useapi=500,runware=0.5`."""
    cap_owner_day: str = ""
    """The most that one person's jobs may cost per day, in the same form."""
    cap_day: str = ""
    """The most that everyone's jobs may cost per day, in the same form."""
    open_browser: bool = False
    """Open the page in a browser once it is ready."""

    @property
    def max_upload_bytes(self) -> int:
        """The largest reference file, in bytes."""
        return self.max_upload_mb * 1_000_000

    @field_validator("cap_job", "cap_owner_day", "cap_day")
    @classmethod
    def _caps_can_be_read(cls, text: str) -> str:
        read_caps(text)
        return text


def read_caps(text: str) -> dict[str, float]:
    """Amounts by vendor from `vendor=500,other=0.5`. Raises ValueError with a sentence."""
    caps: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, amount = (side.strip() for side in part.partition("="))
        if not name or name in caps or not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", amount):
            raise ValueError("name each service once, as in service=500,other=0.5")
        caps[name] = float(amount)
    return caps


def unusable(error: ValidationError) -> str:
    """Which settings cannot be used and what they must be; never what they are."""
    told: list[str] = []
    for found in error.errors():
        wanted = WANTED.get(found["type"])
        context = found.get("ctx", {})
        # What a check of our own raised stands there as it is.
        must = f"it must be {wanted.format_map(context)}" if wanted else context.get("error")
        told.append(f"{PREFIX}{str(found['loc'][0]).upper()}: {must or found['msg']}")
    return f"A setting is invalid. {'; '.join(told)}."


def for_command() -> Settings:
    """What is set, for a command beside the studio. Leaves with a sentence where it cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        sys.exit(unusable(error))


class Credentials:
    """Keys and addresses of the vendors, under their makers' names: environment first, then `.env`."""

    def __init__(self, environment: Mapping[str, str | None] | None = None) -> None:
        if environment is None:
            environment = {**dotenv_values(".env"), **os.environ}
        self._environment = environment

    def names(self) -> tuple[str, ...]:
        """Every variable that is set, ours or not."""
        return tuple(self._environment)

    def key(self, variable: str) -> SecretStr | None:
        """The key in this variable, without the white space that a paste brings along."""
        value = (self._environment.get(variable) or "").strip()
        return SecretStr(value) if value else None

    def base_url(self, vendor: str) -> str | None:
        """`STUDIO_<VENDOR>_BASE_URL`: another address in place of the vendor's own."""
        value = (self._environment.get(f"STUDIO_{vendor.upper()}_BASE_URL") or "").strip()
        return value.rstrip("/") or None
