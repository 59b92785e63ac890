"""Queries with a part of a picture, over a real library and its real children."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.filters import Filter
from desktopsearch.domain.framing import Framing
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query
from desktopsearch.services import folders
from desktopsearch.services.session import ReadingSession, WritingSession
from tests.journeys.photographs import picture, put, put_many

SETTINGS = Settings(decoder_processes=1, encoder_device="cpu")
RIGHT = Framing((0.5, 0.0, 1.0, 1.0))


class Collage:
    """Eight photos, and a picture that is the first of them beside the second."""

    def __init__(self, folder: Path) -> None:
        self.photos = folder / "photos"
        self.files = put_many(self.photos, range(8), folders=1)
        both = Image.new("RGB", (1600, 600))
        both.paste(picture(0, (800, 600)), (0, 0))
        both.paste(picture(1, (800, 600)), (800, 0))
        self.file = folder / "photos" / "both.png"
        both.save(self.file)
        self.paths = LibraryPaths(folder / "library")
        with WritingSession.open(self.paths, SETTINGS, lambda _: None) as session:
            folders.add(session.library, [self.photos])
            session.bring_up_to_date()


@pytest.fixture(scope="module")
def collage(tmp_path_factory: pytest.TempPathFactory) -> Collage:
    return Collage(tmp_path_factory.mktemp("collage"))


@pytest.fixture(scope="module")
def session(collage: Collage) -> Iterator[ReadingSession]:
    with ReadingSession.open(collage.paths, SETTINGS, lambda _: None) as opened:
        yield opened


def first_name(session: ReadingSession, query: Query) -> str:
    return Path(os.fsdecode(session.search(query).hits[0].path)).name


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def test_a_part_finds_what_the_part_shows(collage: Collage, session: ReadingSession) -> None:
    path = os.fsencode(collage.file)
    whole = session.search(Query(path=path))
    assert Path(os.fsdecode(whole.hits[0].path)).name == "both.png"
    assert whole.proxy == whole.whole
    left = session.search(Query(path=path, framing=Framing((0.0, 0.0, 0.5, 1.0))))
    assert Path(os.fsdecode(left.hits[0].path)).name == "0000.jpg"
    assert opened(left.proxy).size == (341, 256)
    assert opened(left.whole).size == opened(whole.proxy).size
    data = collage.file.read_bytes()
    assert first_name(session, Query(data=data, framing=RIGHT)) == "0001.jpg"


def test_the_same_part_is_not_encoded_again_but_another_is(
    collage: Collage, session: ReadingSession
) -> None:
    path = os.fsencode(collage.file)
    first = session.search(Query(path=path, framing=RIGHT))
    again = session.search(Query(path=path, framing=RIGHT, rerank=True))
    assert again.elapsed.encode_ms == 0
    assert (again.proxy, again.whole) == (first.proxy, first.whole)
    turned = session.search(Query(path=path, framing=Framing(RIGHT.crop, turn=90, mirror=True)))
    assert turned.elapsed.encode_ms > 0
    assert opened(turned.proxy).size == (256, 341)
    whole = session.search(Query(path=path))
    assert whole.elapsed.encode_ms == 0, "the library knows the whole picture"


def test_only_what_the_library_does_not_know_starts_the_encoder(
    collage: Collage, tmp_path: Path
) -> None:
    with ReadingSession.open(collage.paths, SETTINGS, lambda _: None) as session:
        assert first_name(session, Query(path=os.fsencode(collage.files[3]))) == "0003.jpg"
        assert not session.lane.running
        elsewhere = put(tmp_path / "elsewhere.jpg", 3, quality=60)
        assert first_name(session, Query(path=os.fsencode(elsewhere))) == "0003.jpg"
        assert session.lane.running


def photo_id_of(session: ReadingSession, collage: Collage) -> int:
    [hit] = session.search(Query(path=os.fsencode(collage.file), limit=1)).hits
    assert hit.distance == 0
    return hit.photo_id


def test_a_part_of_a_photo_of_the_library_comes_from_its_file(
    collage: Collage, session: ReadingSession
) -> None:
    photo_id = photo_id_of(session, collage)
    answer = session.search(Query(photo_id=photo_id, framing=Framing((0.5, 0.25, 0.75, 0.75))))
    assert opened(answer.proxy).size == (341, 256), "400 x 300 pixels of the file, made small"
    assert first_name(session, Query(photo_id=photo_id, framing=RIGHT)) == "0001.jpg"


@pytest.mark.parametrize("loss", ["gone", "other", "broken", "empty"])
def test_without_its_file_the_part_comes_from_the_proxy(
    collage: Collage, session: ReadingSession, loss: str
) -> None:
    photo_id = photo_id_of(session, collage)
    content = collage.file.read_bytes()
    collage.file.unlink()
    if loss == "other":
        picture(6, (800, 600)).save(collage.file)
    elif loss != "gone":
        collage.file.write_bytes(content[:2_000] if loss == "broken" else b"")
    try:
        framing = Framing((0.5, 0.25, 0.75, 0.75), mirror=loss == "gone")
        answer = session.search(Query(photo_id=photo_id, framing=framing))
    finally:
        collage.file.write_bytes(content)
    width, height = opened(answer.whole).size
    assert (width, height) == (683, 256)
    assert opened(answer.proxy).size == (round(width / 4), round(height / 2))


def test_a_broken_file_that_is_no_photo_of_the_library_fails(
    session: ReadingSession, tmp_path: Path
) -> None:
    (tmp_path / "broken.jpg").write_bytes(put(tmp_path / "a.jpg", 1).read_bytes()[:600])
    with pytest.raises(DesktopSearchError) as error:
        session.search(Query(path=os.fsencode(tmp_path / "broken.jpg"), framing=RIGHT))
    assert error.value.code is ProblemCode.FILE_DAMAGED


def test_the_answer_counts_the_photos_at_each_distance(
    collage: Collage, session: ReadingSession
) -> None:
    path = os.fsencode(collage.file)
    assert session.search(Query(path=path)).counts == ()
    answer = session.search(Query(path=path, counted=True, limit=2))
    assert len(answer.counts) == answer.code_bits + 1
    assert sum(answer.counts) == answer.searched == 9
    assert len(answer.hits) == 2
    everything = session.search(Query(path=path, limit=20))
    found = np.bincount([hit.distance for hit in everything.hits], minlength=257)
    assert answer.counts == tuple(found.tolist())
    inside = session.search(
        Query(path=path, counted=True, filter=Filter(os.fsencode(collage.photos)))
    )
    assert sum(inside.counts) == 9
