"""XMP: the packet of properties in which files carry what was asked for and what they are.

One of ours is added, and those of the standard that tell any program where a file comes from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape

MOST_BYTES = 1 << 20
"""A longer packet is not looked at."""
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OURS = "urn:multishot-studio#"
NAME = "settings"
XMP = "http://ns.adobe.com/xap/1.0/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""What the IPTC calls media that a trained model has made."""
LONGEST_DESCRIPTION = 2_000
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML has no way to write."""
_CLOSES = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?RDF\s*>")
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF></x:xmpmeta>\n'
    '<?xpacket end="r"?>'
).encode()


class _Refused(Exception):
    """A packet with a document type: those are how small packets become large."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file comes from, for programs that know nothing of ours."""

    tool: str
    """What made it."""
    description: str = ""
    """What it shows, in words: what was asked for."""


def written(
    text: str | None, packet: bytes | None = None, source: Source | None = None
) -> bytes | None:
    """A packet that holds `text` and the source, and all that `packet` held; None when that one cannot be
    added to. What it says of its source already stays as it is."""
    packet = packet or _PACKET
    ends = list(_CLOSES.finditer(packet))
    if len(ends) != 1:
        return None
    ours, safe = "", None
    if text is not None:
        # XML has no way to write these two, and JSON has.
        safe = text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
        ours = f"<studio:settings>{escape(safe)}</studio:settings>"
    if source is not None:
        ours += "".join(_standard(source, packet))
    told = (
        f'<r:Description xmlns:r="{RDF}" r:about="" xmlns:studio="{OURS}">{ours}</r:Description>'
    ).encode()
    place = ends[0].start()
    made = packet[:place] + told + packet[place:]
    reader = _Reader()
    return made if reader.reads(made) and (safe is None or reader.found == safe) else None


def _standard(source: Source, packet: bytes) -> Iterator[str]:
    """The properties that the packet does not have: none may stand in it twice."""
    if not _has(packet, b"CreatorTool"):
        yield f'<xmp:CreatorTool xmlns:xmp="{XMP}">{_plain(source.tool)}</xmp:CreatorTool>'
    if source.description and not _has(packet, b"description"):
        words = _plain(source.description[:LONGEST_DESCRIPTION])
        inside = f'<r:Alt><r:li xml:lang="x-default">{words}</r:li></r:Alt>'
        yield f'<dc:description xmlns:dc="{DUBLIN_CORE}">{inside}</dc:description>'
    if not _has(packet, b"DigitalSourceType"):
        name = "ext:DigitalSourceType"
        yield f'<{name} xmlns:ext="{IPTC}">{SOURCE_TYPE}</{name}>'


def _has(packet: bytes, name: bytes) -> bool:
    return re.search(rb"[:<\s]" + name + rb"[\s=/>]", packet) is not None


def _plain(text: str) -> str:
    return escape(_UNWRITABLE.sub(" ", text))


def read(packet: bytes) -> str | None:
    """Our property of a packet, the last one if there are several; None: it has none, or is no packet."""
    if len(packet) > MOST_BYTES:
        return None
    reader = _Reader()
    return reader.found if reader.reads(packet) else None


class _Reader:
    """Keeps one property and passes over all else; nothing that the packet names is fetched.

    Prefixes are read here: the parser would write a long namespace out once for every name that has it.
    """

    def __init__(self) -> None:
        self.found: str | None = None
        self._names: set[str] = set()
        """Our property as this packet may write it: `studio:settings`."""
        self._held: list[str] | None = None

    def reads(self, packet: bytes) -> bool:
        """Read it through; whether it is a packet."""
        try:
            self.parse(packet)
        except (expat.ExpatError, _Refused, ValueError):
            return False
        return True

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
