"""Keywords in XMP sidecars: put in without touching a byte of what stands there already.

Only bytes in and bytes out. What cannot be understood to the last is refused, never guessed at.
Source: XMP Specification Part 1 (ISO 16684-1), the serialisation of ``dc:subject``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_ROOT, _DESCRIPTION, _ITEM = f"{_RDF} RDF", f"{_RDF} Description", f"{_RDF} li"
_CONTAINERS = tuple(f"{_RDF} {name}" for name in ("Bag", "Seq"))
_SUBJECT = f"{_DC} subject"
_TAG: Final = re.compile(rb"""<(?:"[^"]*"|'[^']*'|[^>"'])*>""")

LARGEST_BYTES: Final = 16_000_000

_NEW: Final = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()


class NotMergeableError(Exception):
    """A sidecar is not of the form in which keywords can be put without loss."""


def with_keywords(existing: bytes | None, keywords: Sequence[str]) -> bytes | None:
    """Return a sidecar that has these keywords beside those that it has already.

    Args:
        existing: The sidecar as it is, None if there is none.
        keywords: Those that are in it already are left out.

    Returns:
        None if nothing is missing. Else the bytes of ``existing`` with others put between them.

    Raises:
        NotMergeableError: It is not well-formed UTF-8 XMP, has a document type, or holds its
            keywords in an unusual form.
    """
    old = _NEW if existing is None else existing
    outline = _outlined(old)
    missing = [each for each in dict.fromkeys(keywords) if each not in outline.keywords]
    if not missing:
        return None
    new = _spliced(old, outline, missing)
    if _outlined(new).keywords != [*outline.keywords, *missing]:
        raise NotMergeableError("its keywords are in an unusual form")
    return new


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    """Namespace, a blank, local name, and after another blank the prefix, if there is one."""
    start: int
    """Offset of its first tag, in bytes."""
    end: int
    """Offset of its last tag; behind it if it has only one."""


@dataclass(slots=True)
class _Outline:
    keywords: list[str] = field(default_factory=list)
    container: _Element | None = None
    """Around the keywords."""
    subjects: int = 0
    description: _Element | None = None
    """The first."""


class _Reader:
    def __init__(self) -> None:
        self.outline = _Outline()
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.namespace_prefixes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.XmlDeclHandler = self._refuse_encoding
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._path: list[tuple[str, str, int]] = []
        self._words: list[str] | None = None

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append((_without_prefix(name), name, self.parser.CurrentByteIndex))
        names = self._names()
        if names[-3:] == [_ROOT, _DESCRIPTION, _SUBJECT]:
            self.outline.subjects += 1
        if names[-1] == _ITEM and names[-5:-2] == [_ROOT, _DESCRIPTION, _SUBJECT]:
            self._words = []

    def _text(self, text: str) -> None:
        if self._words is not None:
            self._words.append(text)

    def _end(self, name: str) -> None:
        plain, _, start = self._path.pop()
        element = _Element(name, start, self.parser.CurrentByteIndex)
        parents = self._names()
        if plain == _ITEM and self._words is not None:
            self.outline.keywords.append("".join(self._words))
            self._words = None
        elif plain in _CONTAINERS and parents[-3:] == [_ROOT, _DESCRIPTION, _SUBJECT]:
            self.outline.container = element
        elif plain == _DESCRIPTION and parents[-1:] == [_ROOT]:
            self.outline.description = self.outline.description or element

    def _names(self) -> list[str]:
        """Of the innermost element and the four around it, the outermost first."""
        return [name for name, _, _ in self._path[-5:]]

    def _refuse_encoding(self, _version: str, encoding: str | None, _alone: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            raise NotMergeableError("it is not UTF-8")

    def _refuse_doctype(self, *_: object) -> None:
        raise NotMergeableError("it has a document type")


def _outlined(content: bytes) -> _Outline:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise NotMergeableError("it is not UTF-8")
    reader = _Reader()
    try:
        content.decode("utf-8")
        reader.parser.Parse(content, True)
    except UnicodeDecodeError as error:
        raise NotMergeableError("it is not UTF-8") from error
    except expat.ExpatError as error:
        raise NotMergeableError(f"it is not well-formed XML ({error})") from error
    return reader.outline


def _spliced(old: bytes, outline: _Outline, missing: Sequence[str]) -> bytes:
    if outline.container is not None and outline.subjects == 1:
        container = outline.container
        return _put_into(old, container, _items(missing, _prefix(container.name)))
    if outline.subjects:
        raise NotMergeableError("its keywords are in an unusual form")
    if outline.description is None:
        raise NotMergeableError("it describes nothing")
    subject = (
        f'<dc:subject xmlns:dc="{_DC}" xmlns:rdf="{_RDF}"><rdf:Bag>'
        f"{_items(missing, 'rdf:')}</rdf:Bag></dc:subject>"
    )
    return _put_into(old, outline.description, subject)


def _put_into(old: bytes, element: _Element, text: str) -> bytes:
    """Put text at the end of an element, which is opened first if it has one tag only."""
    tag = _TAG.match(old, element.start)
    if tag is None:
        raise NotMergeableError("its keywords are in an unusual form")
    if not tag[0].endswith(b"/>"):
        return old[: element.end] + text.encode() + old[element.end :]
    name = re.split(rb"[\s/>]", tag[0][1:], maxsplit=1)[0]
    opened = tag[0][:-2] + b">" + text.encode() + b"</" + name + b">"
    return old[: element.start] + opened + old[tag.end() :]


def _items(keywords: Sequence[str], prefix: str) -> str:
    return "".join(f"<{prefix}li>{escape(keyword)}</{prefix}li>" for keyword in keywords)


def _without_prefix(name: str) -> str:
    return " ".join(name.split(" ")[:2])


def _prefix(name: str) -> str:
    """The prefix of a name with its colon; nothing for the default namespace."""
    parts = name.split(" ")
    return f"{parts[2]}:" if len(parts) == 3 else ""
