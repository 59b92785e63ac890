"""Whole pictures, and leaving out: over a real library, its real children and real files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Pixels
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services import folders, leaving_out
from desktopsearch.services.session import WritingSession
from desktopsearch.services.status import facts_of
from tests.journeys.photographs import put

SETTINGS = Settings(decoder_processes=1, encoder_device="cpu")


class Home:
    """Two folders of photos and their library."""

    def __init__(self, folder: Path, embeddings: Path | None = None) -> None:
        self.photos = folder / "photos"
        self.beach = [put(self.photos / "beach [1]" / f"{seed}.jpg", seed) for seed in range(3)]
        self.hills = [put(self.photos / "hills" / f"{seed}.jpg", seed) for seed in range(3, 5)]
        self.copy = put(self.photos / "hills" / "copy.jpg", 0)
        paths = LibraryPaths(folder / "library")
        if embeddings is not None:
            paths.folder.mkdir()
            shutil.copy2(embeddings, paths.embeddings)
        self.session = WritingSession.open(paths, SETTINGS, lambda _: None)
        folders.add(self.session.library, [self.photos])
        self.session.bring_up_to_date()

    def settle(self) -> None:
        self.session.loop.run(until=lambda: not self.session.ingest.running)

    def photo_at(self, path: Path) -> int:
        for photo_id in self.session.library.snapshot.index.photo_ids.tolist():
            facts = facts_of(self.session.library, photo_id)
            if facts is not None and os.fsencode(path) in facts.paths:
                return int(photo_id)
        raise LookupError(path)

    def searched(self) -> int:
        return len(self.session.library.snapshot.index)

    def leave_out(self, *places: Path, are_folders: bool) -> list[str]:
        session = self.session
        made = leaving_out.leave_out(
            session.library,
            session.ingest,
            [os.fsencode(place) for place in places],
            folders=are_folders,
        )
        self.settle()
        return made

    def take_in(self, patterns: list[str], *places: Path, are_folders: bool) -> None:
        leaving_out.take_in(
            self.session.library,
            self.session.ingest,
            patterns,
            [os.fsencode(place) for place in places],
            folders=are_folders,
        )
        self.settle()

    def whole(self, photo_id: int) -> Pixels | bytes | DesktopSearchError:
        answers: list[Pixels | bytes | DesktopSearchError] = []
        self.session.whole_pictures.fetch(photo_id, answers.append)
        self.session.loop.run(until=lambda: bool(answers))
        return answers[0]


@pytest.fixture(scope="module")
def embeddings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embeddings of the photos: they are the same for each test."""
    folder = tmp_path_factory.mktemp("encoded")
    Home(folder).session.close()
    return LibraryPaths(folder / "library").embeddings


@pytest.fixture
def home(tmp_path: Path, embeddings: Path) -> Iterator[Home]:
    made = Home(tmp_path, embeddings)
    yield made
    made.session.close()


def test_a_file_is_left_out_and_comes_back_as_the_same_photo(home: Home) -> None:
    number = home.photo_at(home.beach[1])
    made = home.leave_out(home.beach[1], are_folders=False)
    assert made == ["/beach [[]1]/1.jpg"]
    assert home.searched() == 4
    assert home.beach[1].exists()
    assert home.leave_out(home.beach[1], are_folders=False) == [], "it is left out already"
    home.take_in(made, home.beach[1], are_folders=False)
    assert home.searched() == 5
    assert home.photo_at(home.beach[1]) == number
    assert folders.exclusions(home.session.library)
    assert not set(made) & set(folders.exclusions(home.session.library))


def test_a_folder_is_left_out_with_what_is_in_it_and_copies_elsewhere_stay(home: Home) -> None:
    folder = home.beach[0].parent
    made = home.leave_out(folder, are_folders=True)
    assert home.searched() == 3
    assert home.photo_at(home.copy)
    home.take_in(made, folder, are_folders=True)
    assert home.searched() == 5


def test_what_is_no_part_of_the_library_or_all_of_it_is_refused(home: Home) -> None:
    with pytest.raises(DesktopSearchError) as error:
        home.leave_out(home.photos.parent / "elsewhere.jpg", are_folders=False)
    assert error.value.code is ProblemCode.FOLDER_UNKNOWN
    with pytest.raises(DesktopSearchError) as error:
        home.leave_out(home.beach[0].parent, home.photos, are_folders=True)
    assert error.value.code is ProblemCode.EXCLUDE_TOO_WIDE
    assert home.searched() == 5


def test_a_photo_is_handed_out_from_its_file_from_a_copy_or_from_its_proxy(home: Home) -> None:
    number = home.photo_at(home.copy)
    first = home.whole(number)
    assert isinstance(first, Pixels)
    assert (first.width, first.height, len(first.rgb)) == (160, 120, 160 * 120 * 3)
    home.beach[0].unlink()
    assert home.whole(number) == first, "the copy has the same content"
    put(home.copy, 4)
    proxy = home.whole(number)
    assert isinstance(proxy, bytes), "another picture is there now"
    assert proxy.startswith(b"\xff\xd8")
    assert isinstance(home.whole(number), bytes)
    unknown = home.whole(9_999)
    assert isinstance(unknown, DesktopSearchError)
    assert unknown.code is ProblemCode.PHOTO_NOT_READY


def test_a_killed_decoder_costs_the_pixels_and_not_the_next_picture(home: Home) -> None:
    number = home.photo_at(home.hills[0])
    answers: list[object] = []
    home.session.whole_pictures.fetch(number, answers.append)
    child = home.session.whole_pictures._child
    home.session.loop.run(until=lambda: child.pid is not None)
    assert child.pid is not None
    os.kill(child.pid, 9)
    home.session.loop.run(until=lambda: bool(answers))
    assert isinstance(home.whole(number), Pixels)


def test_facts_tell_all_copies_and_end_with_the_photo(home: Home) -> None:
    facts = facts_of(home.session.library, home.photo_at(home.copy))
    assert facts is not None
    assert set(facts.paths) == {os.fsencode(home.copy), os.fsencode(home.beach[0])}
    assert (facts.width_px, facts.height_px, facts.format) == (160, 120, "JPEG")
    assert facts.size_bytes == home.copy.stat().st_size
    assert (facts.taken_at, facts.camera, len(facts.digest)) == (None, None, 32)
    assert facts_of(home.session.library, 9_999) is None
