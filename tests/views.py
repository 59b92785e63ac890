"""Every view of the window, one after the other, as a person would come by them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QDate, QEventLoop, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDateEdit,
    QMenu,
    QScrollArea,
    QToolButton,
    QWidget,
)

from desktopsearch.config import default_settings
from desktopsearch.domain.preferences import Preferences, pause_end
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.gui.about import About
from desktopsearch.gui.bridge import Notice, Phase, RunFinished, RunProgress
from desktopsearch.gui.day_choice import Span
from desktopsearch.gui.listing_pages import ListingPages
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.messages import ask_before_index_is_deleted
from desktopsearch.gui.name_dialog import NameDialog
from desktopsearch.gui.photo_acts import PhotoActs
from desktopsearch.gui.query_zones import Zone
from desktopsearch.gui.results_model import FOLD_ROLE
from desktopsearch.gui.shortcut_sheet import ShortcutSheet
from desktopsearch.gui.teach_bridge import Generations
from desktopsearch.hashing.teaching.verdict import Finding
from desktopsearch.services.album_import import import_albums
from desktopsearch.services.session import WritingSession
from desktopsearch.services.teaching_material import TaughtAlbum
from tests import made_up_teaching
from tests.journeys.photographs import put_bytes

DEADLINE_MS = 120_000
_SETTLED_MS = 500


def rest(milliseconds: int = _SETTLED_MS) -> None:
    """Let the window work on for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(until: Callable[[], object]) -> None:
    """Let the window work on until something is so."""
    waited = 0
    while not until():
        rest(20)
        waited += 20
        assert waited < DEADLINE_MS, "this view never came"


def in_front(window: MainWindow) -> QWidget:
    """What is to be seen: a menu, a dialog, or the window itself."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        return popup
    dialogs = [
        each for each in QApplication.topLevelWidgets() if each.isVisible() and each is not window
    ]
    return dialogs[-1] if dialogs else window


def close_front(window: MainWindow) -> None:
    """Close whatever stands before the window."""
    while (front := in_front(window)) is not window:
        front.close()
        rest(20)


def every_view(window: MainWindow, photos: Path, query: Path) -> Iterator[str]:
    """Yield the name of each view while it is shown; begins with a window just shown."""
    yield from _first_run(window, photos)
    yield from _results(window, query)
    yield from _filters(window)
    yield from _no_results(window, query)
    yield from _dialogs(window, photos)
    yield from _pauses(window)
    yield from _albums(window, photos)
    yield from _teaching(window)


def _first_run(window: MainWindow, photos: Path) -> Iterator[str]:
    finished: list[RunFinished] = []
    window.bridge.finished.connect(finished.append)
    opened: list[bool] = []
    window.bridge.opened.connect(lambda: opened.append(True))
    window.start()
    wait(lambda: opened)
    rest()
    yield "01-welcome"
    progressed: list[RunProgress] = []
    window.bridge.progressed.connect(progressed.append)
    window.intake.add_folders([photos])
    wait(lambda: progressed and progressed[-1].done > 20)
    rest()
    yield "02-indexing"
    wait(lambda: any(run.indexed for run in finished))
    rest(1_000)
    yield "03-invitation"
    window.intake.drop_hint.invite()
    yield "04-drop-hint"
    window.intake.drop_hint.hide()


def _results(window: MainWindow, query: Path) -> Iterator[str]:
    window.intake.look_for_file(os.fsencode(query))
    wait(lambda: window.model.rowCount() > 0)
    wait(lambda: window.thumbnails.get(window.model.hits[0].photo_id) is not None)
    rest()
    yield "05-results"
    window.intake.look_for_photo(window.model.hits[1])
    rest()
    window.results.setCurrentIndex(window.model.index(2))
    window.results.setFocus()
    window.results.set_zoom(112)
    window.query_pane.radius.set_distance(window.model.hits[60].distance)
    rest()
    yield "06-small-and-selected"
    window.intake.add_photos([window.model.hits[4], window.model.hits[9]], alike=True)
    rest()
    window.intake.add_photos([window.model.hits[20]], alike=False)
    rest(1_000)
    yield "17-several-pictures"
    window.intake.zones.invite()
    window.intake.zones.point(window.intake.zones.middle_of(Zone.UNLIKE))
    yield "18-drop-zones"
    window.intake.zones.hide()
    window.searches.go_back()
    window.searches.go_back()
    rest()
    window.results.set_zoom(288)
    rest()
    yield "07-large"
    window.query_pane.toggle_crop()
    rest()
    yield "08-crop"
    window.query_pane.toggle_crop()
    # Its button would wait for the choice.
    window.query_pane.recent.menu().popup(window.mapToGlobal(QPoint(800, 60)))
    yield "09-recent"
    close_front(window)
    for number, name in enumerate(("Boats at sea", "Rosen & Tulpen"), 1):
        window.saved.ask_to_save()
        [dialog] = [each for each in window.findChildren(NameDialog) if each.isVisible()]
        dialog.name.setText(name)
        rest()
        if number == 2:
            yield "46-save-search"
        dialog.give.click()
        wait(partial(_has_saved, window, number))
    window.notices.hide()
    window.query_pane.saved.menu().popup(window.mapToGlobal(QPoint(800, 60)))
    yield "47-saved-menu"
    close_front(window)
    window.saved.show_all()
    rest()
    yield "48-saved-searches"
    close_front(window)
    window.results.setFocus()
    QTest.keyClick(window.results, Qt.Key.Key_Space)
    rest()
    yield "10-preview"
    QTest.keyClick(window.preview, Qt.Key.Key_Space)
    menu = window.photo_menus.menu_for(window.results.selected_hits())
    menu.popup(window.mapToGlobal(QPoint(400, 300)))
    yield "11-menu"
    close_front(window)


def _has_saved(window: MainWindow, count: int) -> bool:
    return len(window.saved.searches) == count


def _filters(window: MainWindow) -> Iterator[str]:
    popup = window.query_pane.filters.popup
    window.results.set_zoom(176)
    popup.show_formats(["jpeg", "png", "raw"])
    popup.set_folding(True)

    def folds() -> list[QModelIndex]:
        rows = [window.model.index(row) for row in range(window.model.rowCount())]
        return [row for row in rows if row.data(FOLD_ROLE) is not None]

    wait(folds)
    window.model.toggle_fold(folds()[0])
    rest()
    yield "14-near-copies"
    # Its button has it shown when it is pressed.
    place = QPoint(320, 140)
    [span] = [each for each in popup.findChildren(QComboBox) if each.findData(Span.OWN) >= 0]
    span.setCurrentIndex(span.findData(Span.OWN))
    popup.move(window.mapToGlobal(place))
    popup.show()
    rest()
    yield "15-filters"
    for edit in popup.findChildren(QDateEdit):
        edit.setDate(QDate(1999, 12, 31))
    close_front(window)
    rest()
    yield "16-nothing-passes"
    popup.clear()
    popup.set_folding(False)
    rest()


def _no_results(window: MainWindow, query: Path) -> Iterator[str]:
    window.photo_menus.duplicates_wanted.emit(window.model.hits[-1])
    wait(lambda: window.pages.title)
    yield "41-no-duplicates"
    window.searches.go_back()
    wait(lambda: not window.pages.title)
    window.bridge.noticed.emit(
        Notice(ProblemCode.DEVICE_FAILED, {"device": "The GPU", "reason": "out of memory"})
    )
    window.query_pane.radius.set_distance(0)
    window.intake.look_for_file(os.fsencode(query))
    rest(800)
    window.query_pane.radius.set_distance(max(0, window.model.hits[0].distance - 1))
    yield "12-nothing-close"
    window.query_pane.radius.set_distance(None)
    window.notices.hide()
    failed: list[object] = []
    window.searches.failed.connect(failed.append)
    with TemporaryDirectory() as scratch:
        broken = put_bytes(Path(scratch) / "words.jpg", b"These are only words.")
        window.intake.look_for_file(os.fsencode(broken))
        wait(lambda: failed)
        yield "13-broken-query"
    window.searches.go_back()
    rest()


def _dialogs(window: MainWindow, photos: Path) -> Iterator[str]:
    hits = window.model.hits[:1]
    photo_acts = window.findChild(PhotoActs)
    assert photo_acts is not None
    window.activity.problems_wanted.emit()
    rest()
    window.problems.view.setCurrentIndex(window.problems.model.index(0))
    yield "20-problems"
    close_front(window)
    acts: dict[str, Callable[[], object]] = {
        "21-remove": lambda: window.panel.remove_wanted.emit(photos),
        "22-trash": lambda: photo_acts.move_to_trash(hits),
        "23-properties": lambda: photo_acts.show_properties(hits[0]),
        "24-settings": window.library_acts.show_settings,
        "24-delete-index": lambda: ask_before_index_is_deleted(window, lambda _albums: None),
        "25-excludes": window.library_acts.show_excludes,
        "26-shortcuts": lambda: ShortcutSheet(window).open(),
        "27-about": lambda: About(window).open(),
    }
    menu = window.panel.rows[0].menu()
    menu.popup(window.mapToGlobal(QPoint(40, 90)))
    yield "28-folder-menu"
    close_front(window)
    for name, act in acts.items():
        act()
        rest()
        yield name
        close_front(window)


def _pauses(window: MainWindow) -> Iterator[str]:
    def progress(*, paused: bool) -> RunProgress:
        return RunProgress(
            Phase.READING, 1_240, 18_300, 17_060, 0, 212.0, "CPU, 8 threads", paused, False
        )

    bar = window.activity
    bar.show_progress(progress(paused=False))
    [ways] = [each for each in bar.findChildren(QToolButton) if each.menu()]
    menu = ways.menu()
    menu.popup(ways.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
    yield "29-ways-to-pause"
    close_front(window)
    bar.show_preferences(Preferences(paused=pause_end(datetime.now(UTC), timedelta(hours=1))))
    bar.show_progress(progress(paused=True))
    yield "29-paused"
    bar.show_preferences(Preferences())
    window.bridge.finished.emit(RunFinished(0, 0, 0, 1.0, "", cancelled=False))
    rest()


def _albums(window: MainWindow, photos: Path) -> Iterator[str]:
    def take_in(session: WritingSession) -> None:
        import_albums(
            session.library, session.labelling, photos, default_settings(), lambda *_: None
        )

    window.bridge.ask(take_in, lambda _: None)
    wait(lambda: window.albums.albums)
    rest()
    window.results.setCurrentIndex(window.model.index(4))
    QTest.keyClick(window.results, Qt.Key.Key_1)
    rest()
    yield "30-albums"
    menu = window.photo_menus.menu_for(window.results.selected_hits())
    adding = next(each for each in menu.findChildren(QMenu) if each.actions())
    adding.popup(window.mapToGlobal(QPoint(400, 300)))
    yield "31-label-menu"
    close_front(window)
    named = next(hit for hit in window.model.hits[1:] if hit.compared)
    window.reasons.show(named)
    wait(lambda: in_front(window) is not window)
    rest()
    yield "19-reason"
    close_front(window)
    album = max(window.albums.albums, key=lambda each: each.photos)
    window.albums.show_wanted.emit(album)
    wait(lambda: window.query_pane.suggestions.isVisible() and window.model.hits)
    rest()
    yield "36-album"
    window.panel.all_photos.click()
    wait(lambda: window.query_pane.suggestions.isHidden() and window.model.hits)
    rest()
    yield "40-all-photos"
    listed = len(window.model.hits)
    window.panel.duplicates.click()
    wait(lambda: len(window.model.hits) not in (0, listed))
    rest()
    yield "42-duplicates"
    ListingPages(window).show_no_duplicates("", told_apart=False)
    yield "43-library-without-duplicates"
    ListingPages(window).show_looking_for_duplicates()
    yield "44-looking-for-duplicates"
    folder = window.panel.folder(os.fsencode(photos))
    assert folder is not None
    ListingPages(window).show_offline(replace(folder, offline=True), lambda: None)
    yield "45-offline-folder"
    window.searches.go_back()
    window.searches.go_back()
    # Until the answer is there, the photos from before are shown.
    wait(lambda: len(window.model.hits) == album.photos)
    # What is taken out again is likely to be suggested.
    window.albums.remove(album, [hit.photo_id for hit in window.model.hits[5:]])
    window.albums.suggestions_wanted.emit(album)
    wait(lambda: window.suggestion_acts.current)
    rest()
    yield "37-suggestions"
    close_front(window)
    window.searches.go_back()
    wait(lambda: window.searches.album_id is None and window.model.hits)
    window.query_pane.offer_taste(mixable=True)
    window.query_pane.taste.set_share(0.5)
    rest()
    yield "38-taste"
    window.query_pane.offer_taste(mixable=False)


def _teaching(window: MainWindow) -> Iterator[str]:
    dialog = window.teach_acts.dialog
    window.teach_acts.show()
    rest()
    yield "32-teach"
    dialog.show_beginning()
    for progress in made_up_teaching.epochs():
        dialog.show_progress(progress)
    yield "33-teaching"
    albums = [TaughtAlbum(album.id, album.name, 20) for album in window.albums.albums]
    photo_ids = [hit.photo_id for hit in window.model.hits[:9]]
    for name, finding in (("34-better", Finding.BETTER), ("35-not-better", Finding.NOT_BETTER)):
        made_up = made_up_teaching.outcome(albums, finding, photo_ids)
        dialog.show_report(*made_up, switching=False)
        rest()
        yield name
    examples = dialog.report.examples
    [scroll] = dialog.report.findChildren(QScrollArea)
    scroll.verticalScrollBar().setValue(scroll.verticalScrollBar().maximum())
    wait(lambda: all(map(examples.picture_of, photo_ids)))
    rest()
    yield "39-examples"
    made = [made_up_teaching.outcome(albums, finding)[0] for finding in Finding]
    dialog.history.show_generations(
        Generations(made, switching=False, can_go_back=True, teaching=False)
    )
    dialog.show_history()
    rest()
    yield "36-history"
    close_front(window)
