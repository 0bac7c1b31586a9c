"""Multishot Studio: settings, studio, page, server. Run `python app.py --help` to see what can be set."""

import argparse
import errno
import gc
import logging
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING

try:
    import uvicorn
    from fastapi import FastAPI
    from pydantic import SecretStr, ValidationError
    from pydantic_settings import CliSettingsSource

    from providers.errors import Misconfigured, StudioError, Unknown
    from providers.people.listed import read_people
    from providers.people.register import Register
    from providers.settings import (
        Credentials,
        Settings,
        is_address,
        lies_open,
        read_public_url,
        unusable,
        usual,
    )
    from providers.terminal import MODULES, PROGRAM, command, show_everything
    from providers.vendors.all import VENDORS
    from providers.vendors.transport.network import Network
    from ui.web import logs, start
    from ui.web.mounted import Proxied, is_taken

    if TYPE_CHECKING:
        from providers.studio.studio import Studio
except ImportError as error:
    # An older Python and a missing requirement are the two ways in which a first start fails.
    sys.exit(
        f"{error}. The studio needs Python 3.11 or newer (this is {sys.version.split()[0]}) and its "
        "requirements: `make run` installs them, or `python -m pip install -r requirements.txt`."
    )


PRIVATE = "127.0.0.0/8,10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,::1,fc00::/7"
"""Where a Space's proxies are. Of the addresses that a visitor came by, the last one elsewhere is theirs: what
stands before it anybody can write."""
REFUSALS = {
    errno.EADDRINUSE: "another program uses this port, perhaps a studio that is already running",
    errno.EACCES: "only an administrator may listen there",
    errno.EPERM: "only an administrator may listen there",
}


class Help(argparse.RawDescriptionHelpFormatter):
    """Says what a setting is when nobody sets it in the words of README."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.dest not in Settings.model_fields:
            return action.help
        about = f"{Settings.model_fields[action.dest].description} (default: {usual(action.dest)})"
        return about.replace("%", "%%")


def read_settings(
    arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> Settings:
    """Settings from the command line, then the environment, then `.env`. A Space listens to all."""
    keys = "\n".join(
        f"  {vendor.key_variable:<24}key for {vendor.label}: {vendor.key_page}\n  "
        f"{f'STUDIO_{vendor.name.upper()}_BASE_URL':<24}replaces {vendor.label}'s address"
        for vendor in VENDORS
    )
    parser = argparse.ArgumentParser(
        prog=command(),
        description=(
            "Images, videos and multishot videos in the browser. Without keys, the "
            "sandbox stands in."
        ),
        epilog="Each option is also an environment variable: --data-dir is "
        f"STUDIO_DATA_DIR.\nKeys are pasted in Settings, or read from the environment or .env:\n{keys}\nTo "
        f"set who can sign in: `{command('people')} --help`. With people, keys "
        "can be used on any --host.",
        formatter_class=Help,
    )
    source = CliSettingsSource[argparse.ArgumentParser](
        Settings,
        root_parser=parser,
        cli_parse_args=list(arguments),
        cli_kebab_case=True,
        cli_implicit_flags=True,
        cli_avoid_json=True,
    )
    try:
        # The stub of pydantic-settings knows no such parameter of a settings class.
        settings = Settings(_cli_settings_source=source)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        sys.exit(unusable(error))
    except Misconfigured as error:
        sys.exit(str(error))
    try:
        _ = settings.ssl_cert_file
    except ValueError as error:
        sys.exit(f"A setting is invalid. SSL_CERT_FILE: {error}.")
    return settings.model_copy(update=of_space(settings, environment))


def of_space(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """What a Space sets by itself, where nobody has set it: it listens to all, and has an address."""
    found = {"host": "0.0.0.0"} if "SPACE_ID" in environment else {}
    name = environment.get("SPACE_HOST", "").strip().lower()
    with suppress(ValueError):
        found["public_url"] = read_public_url(f"https://{name}" if name else "")
    return {name: told for name, told in found.items() if name not in settings.model_fields_set}


def refuse_slips(credentials: Credentials) -> None:
    """Leave with a sentence when a variable is misspelt, or holds what cannot be a key or an address."""
    slip = start.misspelt(credentials.names(), VENDORS) or start.misread(credentials, VENDORS)
    if slip:
        sys.exit(slip)


def refuse_open_keys(
    settings: Settings,
    credentials: Credentials,
    environment: Mapping[str, str] = os.environ,
    *,
    people: int = 0,
) -> None:
    """Leave with a sentence when keys would lie open to everybody who reaches the address."""
    held = [vendor.key_variable for vendor in VENDORS if credentials.key(vendor.key_variable)]
    if held and lies_open(settings, environment) and not people and not settings.sandbox:
        sys.exit(
            f"Anyone who can reach {settings.host} could spend your credits with {', '.join(held)}. "
            f"Add the people who may with `{command('people')} add NAME` (in a Space: "
            "the secret STUDIO_PEOPLE), so that everyone has to sign in. Or listen on "
            "127.0.0.1, remove the key, or allow it with STUDIO_TRUST_NETWORK=1."
        )


def refuse_taken_path(root: str, app: FastAPI) -> None:
    """Leave with a sentence when a path that is taken off could be one of the studio's own as well."""
    if is_taken(root, app.routes):
        sys.exit(
            f"The studio has addresses of its own below {root}. Choose another path in STUDIO_ROOT_PATH."
        )


def kept_secret(settings: Settings, credentials: Credentials) -> list[SecretStr]:
    """What no line of the log may hold."""
    proxies = Network.of(settings).secrets()
    keys = [credentials.key(vendor.key_variable) for vendor in VENDORS]
    calls = [vendor.callbacks.secret_variable for vendor in VENDORS if vendor.callbacks is not None]
    signed = [secret for variable in calls for secret in credentials.secrets(variable)]
    watching = [settings.metrics_token] if settings.metrics_token is not None else []
    return [*signed, *proxies, *watching, *(key for key in keys if key is not None)]


def gather(settings: Settings) -> int:
    """Take in the people whom the settings name; how many there are. Leaves with a sentence."""
    register = Register(settings.data_dir)
    try:
        register.take_in(read_people(settings.people))
        return len(register.people())
    except StudioError as error:
        sys.exit(str(error))


def listen(host: str, port: int) -> socket.socket:
    """A socket on this address, or a sentence that says why not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, reuse_port=False)
        # asyncio sets this only where the socket names its protocol; without it every answer whose
        # head and body are two writes waits 40 ms for the browser's acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        reason = REFUSALS.get(error.errno or 0, "this machine has no such address")
        sys.exit(f"Cannot listen on {host}:{port}: {reason}. Choose another with --port or --host.")


class Server(uvicorn.Server):
    """uvicorn that says where the page is, and a refused start in one sentence."""

    def __init__(
        self, app: FastAPI, sock: socket.socket, studio: "Studio", *, people: int = 0
    ) -> None:
        super().__init__(
            uvicorn.Config(
                Proxied(app, trusted(os.environ)),
                proxy_headers=False,
                log_config=None,
                access_log=False,
                lifespan="on",
                server_header=False,
                timeout_graceful_shutdown=3,
                ws_max_size=64 * 1024,
                ws_ping_interval=20,
                ws_ping_timeout=20,
            )
        )
        self._app = app
        self._sock = sock
        self._settings = studio.settings
        self._people = people
        self._keys = studio.keys
        labels = [(vendor.label, studio.connections[vendor.name]) for vendor in studio.vendors]
        self._sellers = tuple(
            [label for label, found in labels if found.is_sandbox is sandboxed]
            for sandboxed in (False, True)
        )
        logging.getLogger("uvicorn.error").addFilter(lambda _: not app.state.refusal)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the one line that says where."""
        try:
            await super().startup(sockets)
        except SystemExit:
            if self._app.state.refusal:
                sys.exit(self._app.state.refusal)
            raise
        port, root = int(self._sock.getsockname()[1]), self._settings.root_path
        address = page_address(self._settings.host, port) + root
        other = start.network_address(port) if self._settings.host == "0.0.0.0" else ""
        told = start.ready(
            address,
            other and other + root,
            self._settings.data_dir,
            *self._sellers,
            people=self._people,
            keys=self._keys.unused,
        )
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
        if self._settings.open_browser:
            webbrowser.open(address)


def trusted(environment: Mapping[str, str]) -> str:
    """Which proxies are believed: a Space's own, else whom uvicorn's own variable names, else this machine."""
    if "SPACE_ID" in environment:
        return PRIVATE
    return environment.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")


def page_address(host: str, port: int) -> str:
    """Where a browser on this machine finds the page."""
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return (
        f"http://[{host}]:{port}" if is_address(host) and ":" in host else f"http://{host}:{port}"
    )


@contextmanager
def standing() -> Generator[None]:
    """What is made inside is there to the end, and is never gone through in search of garbage.

    Modules and page are 200,000 objects. Each search through all of them holds every thread for a tenth of a
    second: page, `/healthz` and the running jobs.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """What was asked for: to serve until told to stop, or one of the commands beside that."""
    show_everything()
    name, *words = sys.argv[1:] or [""]
    if name == "--version":
        from providers.studio.about import VERSION

        sys.stdout.write(f"{PROGRAM} {VERSION}\n")
    elif name in MODULES and name:
        sys.argv[1:] = words
        sys.exit(import_module(MODULES[name]).main())
    else:
        serve(sys.argv[1:])


def serve(arguments: Sequence[str]) -> None:
    """Serve until told to stop."""
    settings = read_settings(arguments)
    credentials = Credentials()
    refuse_slips(credentials)
    people = gather(settings)
    refuse_open_keys(settings, credentials, people=people)
    logs.set_up(
        kept_secret(settings, credentials), settings.log_level, as_json=settings.log == "json"
    )
    # uvicorn repeats the signal once it has stopped in order; then, or before it runs, leaving is right.
    signal.signal(signal.SIGTERM, _leave)
    sock = listen(settings.host, settings.port)
    try:
        with standing():
            # These two take seconds to import, and neither --help nor a refusal needs them.
            from providers.studio.studio import Studio
            from ui.web.app import build

            try:
                studio = Studio(settings, credentials=credentials)
            except Unknown as error:
                sys.exit(str(error))
            for secret in studio.keys.secrets:
                logs.hide(secret)
            app = build(studio)
        refuse_taken_path(settings.root_path, app)
        Server(app, sock, studio, people=people).run([sock])
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
