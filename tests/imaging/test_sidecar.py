"""Keywords are put into sidecars of every make, and nothing else of them changes."""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.imaging.messages import AddKeywords
from desktopsearch.imaging.sidecar import NotMergeableError, with_keywords
from desktopsearch.imaging.sidecar_writer import SidecarWriter, create

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
)
AWKWARD = ["Holiday & <sea>", "🎉 חופשה", "a;b", "]]>", "'quoted\"", "&amp;"]


def packet(inner: str, head: str = "") -> bytes:
    return (
        f'{head}<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\r\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Other 1.0">\n<rdf:RDF {NAMESPACES}>'
        f"<!-- kept -->{inner}</rdf:RDF></x:xmpmeta>\n  \n<?xpacket end='w'?>"
    ).encode()


BY_ATTRIBUTES = packet('<rdf:Description rdf:about="" xmp:Label="a&#10;b > c" xmp:Rating="3"/>')
EMPTY = packet('<rdf:Description rdf:about=""></rdf:Description>')
TWO = packet(
    '<rdf:Description rdf:about="" xmp:Rating="1"/>'
    "<rdf:Description rdf:about=''><dc:subject><rdf:Bag>\n <rdf:li>old</rdf:li>\n"
    "</rdf:Bag></dc:subject></rdf:Description>"
)
SEQUENCE = packet(
    "<rdf:Description><dc:creator><rdf:Seq><rdf:li>me</rdf:li></rdf:Seq></dc:creator>"
    "<dc:subject><rdf:Seq><rdf:li>old</rdf:li><rdf:li><![CDATA[<new>]]></rdf:li></rdf:Seq>"
    "</dc:subject></rdf:Description>"
)
EMPTY_BAG = packet("<rdf:Description><dc:subject><rdf:Bag/></dc:subject></rdf:Description>")
OTHER_PREFIXES = (
    b"<?xml version='1.0' encoding='UTF-8'?>\n"
    b"<RDF xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    b"<Description><d:subject xmlns:d='http://purl.org/dc/elements/1.1/'>"
    b"<Bag><li>old</li></Bag></d:subject></Description></RDF>"
)


def keywords(content: bytes) -> list[str]:
    found = ET.fromstring(content).iter(f"{DC}subject")
    return [item.text or "" for subject in found for item in subject.iter(f"{RDF}li")]


def taken_away(old: bytes, new: bytes) -> bytes:
    """What stood in the old one where the new one has something else."""
    start = shared(old, new)
    end = shared(old[start:][::-1], new[start:][::-1])
    return old[start : len(old) - end]


def shared(left: bytes, right: bytes) -> int:
    """With how many equal bytes two texts begin."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(left), len(right)))


@pytest.mark.parametrize(
    ("existing", "old"),
    [
        (BY_ATTRIBUTES, []),
        (EMPTY, []),
        (TWO, ["old"]),
        (SEQUENCE, ["old", "<new>"]),
        (EMPTY_BAG, []),
        (OTHER_PREFIXES, ["old"]),
        (b"\xef\xbb\xbf" + EMPTY, []),
    ],
)
def test_keywords_are_added_and_all_else_stays(existing: bytes, old: list[str]) -> None:
    new = with_keywords(existing, ["old", *AWKWARD, *AWKWARD])
    assert new is not None
    assert keywords(new) == [*old, *([] if old else ["old"]), *AWKWARD]
    assert taken_away(existing, new) in (b"", b"/"), "of a tag that had to be opened"
    for node in (f"{RDF}Description", f"{DC}creator"):
        before = [each.attrib for each in ET.fromstring(existing).iter(node)]
        assert [each.attrib for each in ET.fromstring(new).iter(node)] == before
    assert with_keywords(new, AWKWARD) is None
    assert with_keywords(new, ["old"]) is None


def test_a_new_sidecar_is_whole() -> None:
    new = with_keywords(None, AWKWARD)
    assert new is not None
    assert keywords(new) == AWKWARD
    again = with_keywords(new, ["more"])
    assert again is not None
    assert keywords(again) == [*AWKWARD, "more"]


@pytest.mark.parametrize(
    "existing",
    [
        b"",
        b"\xff\xd8\xff\xe0 a photo",
        b"<x>",
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
        packet(""),
        packet("<rdf:Description dc:subject='one'>")[:-30],
        packet("<rdf:Description><dc:subject>plain</dc:subject></rdf:Description>"),
        packet("<rdf:Description><dc:subject><rdf:Alt/></dc:subject></rdf:Description>"),
        packet(
            "<rdf:Description><dc:subject><rdf:Bag/></dc:subject></rdf:Description>"
            "<rdf:Description><dc:subject><rdf:Bag/></dc:subject></rdf:Description>"
        ),
        EMPTY.decode().encode("utf-16"),
        EMPTY.replace(b"kept", b"k\xe9pt"),
        packet("<rdf:Description/>", '<?xml version="1.0" encoding="latin-1"?>'),
        packet(
            "<rdf:Description>&b;</rdf:Description>",
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
        ),
    ],
)
def test_what_is_not_understood_is_left_alone(existing: bytes) -> None:
    with pytest.raises(NotMergeableError):
        with_keywords(existing, ["new"])


@pytest.fixture
def writer() -> SidecarWriter:
    return create(b"")


def add(writer: SidecarWriter, photo: Path, *words: str) -> bool:
    [reply] = writer.handle(AddKeywords(os.fsencode(photo), list(words)))
    return reply.written


def test_sidecars_lie_beside_photos(writer: SidecarWriter, tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"a photo")
    assert add(writer, photo, "one")
    assert not add(writer, photo, "one")
    sidecar = tmp_path / "a.jpg.xmp"
    sidecar.chmod(0o640)
    assert add(writer, photo, "two")
    assert keywords(sidecar.read_bytes()) == ["one", "two"]
    assert sidecar.stat().st_mode & 0o777 == 0o640
    assert photo.read_bytes() == b"a photo"
    assert sorted(tmp_path.iterdir()) == [photo, sidecar]


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_link_stays_a_link(writer: SidecarWriter, tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere.xmp"
    kept.write_bytes(EMPTY)
    (tmp_path / "a.jpg.xmp").symlink_to(kept)
    assert add(writer, tmp_path / "a.jpg", "one")
    assert (tmp_path / "a.jpg.xmp").is_symlink()
    assert keywords(kept.read_bytes()) == ["one"]


@pytest.mark.skipif(os.name == "nt", reason="needs links and FIFOs")
def test_no_original_is_ever_written(writer: SidecarWriter, tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"\xff\xd8 a photo")
    (tmp_path / "a.jpg.xmp").symlink_to(photo)
    os.mkfifo(tmp_path / "b.jpg.xmp")
    (tmp_path / "c.jpg.xmp").mkdir()
    (tmp_path / "d.jpg.xmp").write_bytes(b"no XMP")
    for name in "abcd":
        with pytest.raises(DesktopSearchError, match="was left as it is"):
            add(writer, tmp_path / f"{name}.jpg", "one")
    with pytest.raises(DesktopSearchError, match="was left as it is"):
        add(writer, tmp_path / "gone" / "a.jpg", "one")
    assert photo.read_bytes() == b"\xff\xd8 a photo"
    assert (tmp_path / "d.jpg.xmp").read_bytes() == b"no XMP"
    assert not list(tmp_path.glob("*.partial"))
