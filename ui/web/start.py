"""What the terminal says: why the studio does not start, and how it stands once it has."""

import difflib
import re
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path

from providers.people.keys import SHAPE
from providers.settings import PREFIX, Credentials, Settings
from providers.terminal import command
from providers.vendors.vendor import Vendor

ADDRESS = re.compile(r"https?://[^\s/]+\S*")
ELSEWHERE = "192.0.2.1"
"""An address for documentation: nothing is sent there, but a route to it leaves through our own address."""


def misspelt(names: Iterable[str], vendors: Sequence[Vendor]) -> str:
    """A sentence about a variable that is ours but for a slip, or nothing: no cap may be lost to one."""
    ours = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    ours += [f"{PREFIX}{vendor.name.upper()}_BASE_URL" for vendor in vendors]
    for name in sorted(names):
        near = difflib.get_close_matches(name.upper(), ours, n=1, cutoff=0.85)
        if name.startswith(PREFIX) and name not in ours and near:
            return (
                f"{name} is not a setting. Use {near[0]} instead, or remove it. `{command()} --help` "
                "shows all settings."
            )
    return ""


def misread(credentials: Credentials, vendors: Sequence[Vendor]) -> str:
    """A sentence about a key or an address that cannot be one, or nothing. It holds neither."""
    for vendor in vendors:
        key = credentials.key(vendor.key_variable)
        if key is not None and not SHAPE.fullmatch(key.get_secret_value()):
            return (
                f"{vendor.key_variable} is empty or contains a space or quotation mark. Copy "
                f"the key again from {vendor.key_page} and set only that."
            )
        url = credentials.base_url(vendor.name)
        if url is not None and not ADDRESS.fullmatch(url):
            name = f"{PREFIX}{vendor.name.upper()}_BASE_URL"
            return (
                f"{name} is not an address. Write the full address, such as "
                f"{vendor.base_url}, or remove it."
            )
    return ""


def ready(
    address: str,
    other: str,
    data_dir: Path,
    live: Sequence[str],
    sandboxed: Sequence[str],
    *,
    people: int = 0,
    keys: str = "",
) -> str:
    """Where the page is, in the first line; what it is connected to, where files lie, how to stop.

    `keys`: why keys that were pasted in the page are not used.
    """
    lines = [f"Multishot Studio is ready: {address}"]
    if other:
        lines.append(f"For other devices on this network: {other}")
    if people:
        lines.append(f"Everyone has to sign in: {people} {'person' if people == 1 else 'people'}.")
    if live:
        lines.append(f"With your key: {', '.join(live)}. Generating there spends credits.")
    if sandboxed:
        lines.append(f"Sandbox, no credits spent: {', '.join(sandboxed)}.")
    if keys:
        lines.append(keys)
    elif not live:
        lines.append("To use a service for real, paste its key in Settings.")
    lines.append(f"Files and history: {data_dir}")
    lines.append("Stop with Ctrl+C. Jobs continue at the next start.")
    return "\n".join(lines)


def network_address(port: int) -> str:
    """Where other devices find a page that listens to all, as far as this machine can tell; else nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ELSEWHERE, 9))
        except OSError:
            return ""
        own = str(probe.getsockname()[0])
    return "" if own.startswith("127.") else f"http://{own}:{port}"
