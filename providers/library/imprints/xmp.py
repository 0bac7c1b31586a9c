"""XMP: the packet of properties in which JPEG, WebP and MP4 carry what was asked for; one of ours is added."""

import re
from xml.parsers import expat
from xml.sax.saxutils import escape

MOST_BYTES = 1 << 20
"""A longer packet is not looked at."""
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OURS = "urn:multishot-studio#"
NAME = "settings"
_CLOSES = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?RDF\s*>")
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF></x:xmpmeta>\n'
    '<?xpacket end="r"?>'
).encode()


class _Refused(Exception):
    """A packet with a document type: those are how small packets become large."""


def written(text: str, packet: bytes | None = None) -> bytes | None:
    """A packet that holds `text`, and all that `packet` held; None when that one cannot be added to."""
    packet = packet or _PACKET
    ends = list(_CLOSES.finditer(packet))
    if len(ends) != 1:
        return None
    # XML has no way to write these two, and JSON has.
    safe = text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    ours = (
        f'<r:Description xmlns:r="{RDF}" r:about="" xmlns:studio="{OURS}">'
        f"<studio:settings>{escape(safe)}</studio:settings></r:Description>"
    ).encode()
    place = ends[0].start()
    made = packet[:place] + ours + packet[place:]
    return made if read(made) == safe else None


def read(packet: bytes) -> str | None:
    """Our property of a packet, the last one if there are several; None: it has none, or is no packet."""
    if len(packet) > MOST_BYTES:
        return None
    reader = _Reader()
    try:
        reader.parse(packet)
    except (expat.ExpatError, _Refused, ValueError):
        return None
    return reader.found


class _Reader:
    """Keeps one property and passes over all else; nothing that the packet names is fetched.

    Prefixes are read here: the parser would write a long namespace out once for every name that has it.
    """

    def __init__(self) -> None:
        self.found: str | None = None
        self._names: set[str] = set()
        """Our property as this packet may write it: `studio:settings`."""
        self._held: list[str] | None = None

    def parse(self, packet: bytes) -> None:
        parser = expat.ParserCreate(encoding="utf-8")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._say
        parser.Parse(packet.strip(b"\0 \r\n\t"), True)

    def _refuse(self, *_told: object) -> None:
        raise _Refused

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._names |= {
            f"{key[6:]}:{NAME}" if key.startswith("xmlns:") else NAME
            for key, value in attributes.items()
            if value == OURS and (key.startswith("xmlns:") or key == "xmlns")
        }
        if name in self._names:
            self._held = []
        # Other programs write short properties as attributes.
        self.found = next((attributes[one] for one in self._names & attributes.keys()), self.found)

    def _say(self, text: str) -> None:
        if self._held is not None:
            self._held.append(text)

    def _end(self, name: str) -> None:
        if name in self._names and self._held is not None:
            self.found, self._held = "".join(self._held), None
