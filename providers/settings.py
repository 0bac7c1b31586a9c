"""Settings: from the environment, an `.env` file and the command line, read in this one place."""

import ipaddress
import os
import re
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from providers.envfile import read_env_file
from providers.errors import Misconfigured

PREFIX = "STUDIO_"
ENV_FILE = Path(".env")
"""Beside the keys, settings may stand in this file of the folder that the studio is started in."""
WANTED = {
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "bool_parsing": "on or off, as 1 or 0",
    "literal_error": "one of {expected}",
    "less_than_equal": "at most {le:g}",
    "greater_than_equal": "at least {ge:g}",
}
"""What a setting must be, by the kind of pydantic's complaint."""

LONGEST_URL = 500
"""Characters of a public address: vendors take a thousand, with what stands below it."""
FROM_ENVIRONMENT = "environment"
"""In place of a proxy's address: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY tell it."""
PROXIES = ("http", "https", "socks5", "socks5h")
_NAME = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
PUBLIC_URL = re.compile(
    rf"(?:https://(?:{_NAME}(?:\.{_NAME})*|\[[0-9a-f:.]+\])|http://(?:localhost|127\.0\.0\.1|\[::1\]))"
    r"(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?(?:/(?!\.{1,2}(?:/|$))[\w.~-]+)*",
    re.IGNORECASE | re.ASCII,
)
"""An address that others can call: by HTTPS, or on this machine, where only the sandbox does."""


ROOT_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[\w.~-]+){0,8}", re.ASCII)
"""A path of plain names."""
METRICS_TOKEN = re.compile(r"[!-~]{16,512}")
"""What can stand in a header, and isn't guessed."""
HOMELESS = "This account has no home folder. Say where the history and files are kept with STUDIO_DATA_DIR."


def usual_data_dir() -> Path:
    """Where this system keeps the data of a person's programs. Raises Misconfigured with a sentence."""
    try:
        return user_data_path("multishot-studio")
    except RuntimeError as error:
        raise Misconfigured(HOMELESS) from error


def folder(text: str | Path) -> Path:
    """A folder that somebody named; `~` is their home. Raises ValueError with a sentence."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError("it begins with ~, but there is no such home folder") from error


class Settings(BaseSettings):
    """Everything that can be set on the command line, in the environment or in `.env`; keys are no setting."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
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
    """Where the history and files are kept."""
    receipts_dir: Path | None = None
    """Where to keep receipts of jobs, if not in the data folder: for a disk that is emptied at a restart."""
    sandbox: bool = False
    """Use the sandbox for every service, even if a key is set."""
    sandbox_speed: float = Field(default=1.0, ge=0, le=60)
    """How long sandbox tasks take: 1 is a few seconds, 0 is instant."""
    allowed_hosts: str = ""
    """More host names that the page can be opened under, separated by commas."""
    public_url: str = ""
    """Where services can call when a task ends, such as `https://studio.example.org`; a Space has its own."""
    root_path: str = ""
    """The path below which a proxy shows the studio, such as `/studio`."""
    trust_network: bool = False
    """Allow keys without sign-in on an address others can reach: anyone there can spend your credits."""
    people: str = Field(default="", repr=False)
    """Who may sign in, if no command can run (a Space): entries of `python -m providers.people line NAME`."""
    max_upload_mb: int = Field(default=200, ge=1)
    """The largest file that can be uploaded, in megabytes."""
    cache_mb: int = Field(default=2048, ge=16)
    """The size limit of the thumbnail cache, in megabytes."""
    cap_job: str = ""
    """The most that one job may cost, by service and in its unit: `useapi=500,runware=0.5`."""
    cap_owner_day: str = ""
    """The most that one person's jobs may cost per day, in the same form."""
    cap_day: str = ""
    """The most that everyone's jobs may cost per day, in the same form."""
    proxy: str = Field(default="", repr=False)
    """The proxy for calls to services, such as `http://proxy.example.org:3128`, or `environment`."""
    ca_file: Path | None = None
    """A file of certificates to trust beside the usual ones, for a proxy that looks into calls."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged: debug, info, warning or error. Prompts are logged at debug alone."""
    log: Literal["text", "json"] = "text"
    """How it is logged: as text, or as a JSON object a line."""
    metrics_token: SecretStr | None = Field(default=None, repr=False)
    """What a program shows as a bearer token to read `/metrics`: 16 characters or more."""
    open_browser: bool = False
    """Open the page in a browser once it is ready."""

    @property
    def ssl_cert_file(self) -> Path | None:
        """The same as `ca_file`, under the name that other programs read too."""
        named = os.environ.get("SSL_CERT_FILE", "").strip()
        return read_certificates(named) if named else None

    def cap(self, scope: Literal["job", "owner_day", "day"]) -> str:
        """The caps of a scope, as they are written."""
        return {"job": self.cap_job, "owner_day": self.cap_owner_day, "day": self.cap_day}[scope]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`.env` is read by the reader that keys have, after everything else."""
        del dotenv_settings, file_secret_settings
        named = {name.upper(): value for name, value in read_env_file(ENV_FILE).items() if value}
        told = {
            name: named[variable]
            for name in cls.model_fields
            if (variable := f"{PREFIX}{name.upper()}") in named
        }
        return init_settings, env_settings, InitSettingsSource(settings_cls, init_kwargs=told)

    @field_validator("host")
    @classmethod
    def _host_is_one(cls, text: str) -> str:
        return read_host(text)

    @field_validator("data_dir", "receipts_dir", mode="before")
    @classmethod
    def _folders_may_begin_at_home(cls, named: str | Path | None) -> Path | None:
        return folder(named) if named else None

    @field_validator("log_level", "log", mode="before")
    @classmethod
    def _words_may_be_capitals(cls, word: str) -> str:
        return word.strip().lower()

    @field_validator("public_url")
    @classmethod
    def _public_url_is_one(cls, text: str) -> str:
        return read_public_url(text)

    @field_validator("root_path")
    @classmethod
    def _root_path_is_one(cls, text: str) -> str:
        return read_root_path(text)

    @field_validator("proxy")
    @classmethod
    def _proxy_is_one(cls, text: str) -> str:
        return read_proxy(text)

    @field_validator("ca_file", mode="before")
    @classmethod
    def _certificates_can_be_read(cls, named: str | Path | None) -> Path | None:
        return read_certificates(named) if named else None

    @field_validator("metrics_token")
    @classmethod
    def _metrics_token_is_hard_to_guess(cls, token: SecretStr | None) -> SecretStr | None:
        if token is None or not token.get_secret_value().strip():
            return None
        if not METRICS_TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("it must be at least 16 letters, digits or signs, without spaces")
        return token

    @field_validator("cap_job", "cap_owner_day", "cap_day")
    @classmethod
    def _caps_can_be_read(cls, text: str) -> str:
        read_caps(text)
        return text


def usual(name: str) -> str:
    """What a setting is when nobody sets it, for people."""
    try:
        value: object = Settings.model_fields[name].get_default(
            call_default_factory=True, validated_data={}
        )
    except Misconfigured:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value in (None, "") else str(value)


def read_caps(text: str) -> dict[str, float]:
    """Amounts by vendor from `vendor=500,other=0.5`. Raises ValueError with a sentence."""
    caps: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, amount = (side.strip() for side in part.partition("="))
        if not name or name in caps or not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", amount):
            raise ValueError("name each service once, as in service=500,other=0.5")
        caps[name] = float(amount)
    return caps


def read_host(text: str) -> str:
    """An address or a name to listen on; brackets around IPv6 may stay. Raises ValueError with a sentence."""
    host = text.strip()
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if not host or re.search(r"[\s/\[\]]", host) or host.count(":") == 1:
        raise ValueError("write an address or a name alone, as in 0.0.0.0; the port has a setting")
    return host


def read_public_url(text: str) -> str:
    """The address without a slash at its end; empty: none. Raises ValueError with a sentence."""
    address = text.strip().rstrip("/")
    if address and (len(address) > LONGEST_URL or not PUBLIC_URL.fullmatch(address)):
        raise ValueError(
            "write https:// and a name, as in https://studio.example.org, or http://localhost:7860; "
            "a path may follow, but no ?, # or password"
        )
    return address


def read_root_path(text: str) -> str:
    """The path with a slash before it and none behind; empty: none. Raises ValueError with a sentence."""
    named = text.strip().strip("/")
    path = f"/{named}" if named else ""
    if len(path) > LONGEST_URL or not ROOT_PATH.fullmatch(path):
        raise ValueError("write a path of letters, digits and hyphens, as in /studio")
    return path


def read_proxy(text: str) -> str:
    """A proxy's address, or where it stands. Raises ValueError with a sentence that does not hold it."""
    told = text.strip()
    addresses = getproxies_environment() if told == FROM_ENVIRONMENT else {"": told}
    for scheme, address in addresses.items():
        if scheme == "no" or not address:
            continue
        try:
            parts = urlsplit(address)
            is_one = parts.scheme in PROXIES and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_one = False
        if not is_one:
            which = f"{scheme}_proxy" if scheme else "it"
            raise ValueError(
                f"{which} must be an address such as http://proxy.example.org:3128 or "
                "socks5://127.0.0.1:1080, or the word environment"
            )
    return told


def read_certificates(named: str | Path) -> Path:
    """A file of certificates that can be read. Raises ValueError with a sentence."""
    path = folder(named)
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:
        raise ValueError("it must be a file of certificates in PEM that can be read") from error
    return path


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
    except Misconfigured as error:
        sys.exit(str(error))


def is_address(host: str) -> bool:
    """Whether this is an IP address and not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address to listen on."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def lies_open(settings: Settings, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether others can reach the page, so that without sign-in keys would be everybody's."""
    is_reachable = "SPACE_ID" in environment or not is_loopback(settings.host)
    return is_reachable and not settings.trust_network


class Credentials:
    """Keys and addresses of the vendors, under their makers' names: environment first, then `.env`."""

    def __init__(self, environment: Mapping[str, str | None] | None = None) -> None:
        if environment is None:
            environment = {**read_env_file(ENV_FILE), **os.environ}
        self._environment = environment

    def names(self) -> tuple[str, ...]:
        """Every variable that is set, ours or not."""
        return tuple(self._environment)

    def key(self, variable: str) -> SecretStr | None:
        """The key in this variable, without the white space that a paste brings along."""
        value = (self._environment.get(variable) or "").strip()
        return SecretStr(value) if value else None

    def secrets(self, variable: str) -> list[SecretStr]:
        """The secrets in this variable, parted by commas or white space: while one is changed there are two."""
        found = self.key(variable)
        parts = re.split(r"[\s,]+", found.get_secret_value()) if found is not None else []
        return [SecretStr(part) for part in parts if part]

    def base_url(self, vendor: str) -> str | None:
        """`STUDIO_<VENDOR>_BASE_URL`: another address in place of the vendor's own."""
        value = (self._environment.get(f"STUDIO_{vendor.upper()}_BASE_URL") or "").strip()
        return value.rstrip("/") or None
