from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.gui.thumbnails import Thumbnails
from tests.gui.conftest import Indexed


def test_proxies_become_pixmaps_of_the_wanted_size(qtbot: QtBot, indexed: Indexed) -> None:
    thumbnails = Thumbnails(LibraryPaths(indexed.library))
    thumbnails.start()
    thumbnails.want([1, 2, 999], 64)
    qtbot.waitUntil(lambda: thumbnails.get(1) is not None and thumbnails.get(2) is not None)
    pixmap = thumbnails.get(1)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (64, 48)
    assert thumbnails.get(999) is None
    thumbnails.want([1], 128)
    qtbot.waitUntil(lambda: (now := thumbnails.get(1)) is not None and now.width() == 128)
    thumbnails.close()


def test_the_cache_stays_within_its_budget_and_keeps_the_latest(
    qtbot: QtBot, indexed: Indexed
) -> None:
    room_for_three = 3 * 64 * 48 * 4
    thumbnails = Thumbnails(LibraryPaths(indexed.library), cache_bytes=room_for_three)
    loaded: list[int] = []
    thumbnails.loaded.connect(loaded.append)
    thumbnails.start()
    thumbnails.want(range(1, 9), 64)
    qtbot.waitUntil(lambda: len(loaded) == 8)
    assert [each for each in range(1, 9) if thumbnails.get(each)] == [6, 7, 8]
    thumbnails.close()


def test_a_library_without_proxies_is_an_error_and_not_a_crash(
    qtbot: QtBot, tmp_path: Path
) -> None:
    thumbnails = Thumbnails(LibraryPaths(tmp_path / "nothing"))
    with qtbot.waitSignal(thumbnails.failed) as failed:
        thumbnails.start()
    assert "There is no library" in str(failed.args[0])
    thumbnails.close()
