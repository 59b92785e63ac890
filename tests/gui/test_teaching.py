"""Teaching in the real window: beforehand, while it goes on, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QMessageBox,
    QTableWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.search import SearchAnswer
from desktopsearch.domain.teaching import Reason
from desktopsearch.gui.main_window import MainWindow
from desktopsearch.gui.teach_dialog import TeachDialog
from desktopsearch.hashing.teaching.proof import (
    EMBEDDING,
    ITQ,
    NEW,
    OLD,
    AlbumProof,
    Figures,
    Proof,
)
from desktopsearch.hashing.teaching.verdict import Finding, Verdict
from desktopsearch.services import teaching_job
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_job import Wish
from desktopsearch.services.teaching_material import TaughtAlbum
from desktopsearch.services.teaching_report import TeachingReport, to_json
from desktopsearch.storage import generations
from tests.gui.conftest import Indexed, Opener
from tests.gui.waiting import look_for
from tests.gui.walking import controls, focusable, spoken_name, walk
from tests.made_up_teaching import outcome as made_up
from tests.services.made_up_library import embeddings_of_kinds, make_library

SETTINGS = Settings(decoder_processes=1, encoder_device="cpu", encoder_threads=1, teaching_epochs=8)
KINDS, PHOTOS, LABELLED = 4, 200, 72
TAUGHT_MS = 240_000
"""On a machine that is busy otherwise; alone it takes some seconds."""
QUICK = Wish("ssdh_sup", 32)

LAYERS = (OLD, NEW, ITQ, EMBEDDING)

Made = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Makes a library whose first photos are in an album of their kind each."""

    def make(labelled: int = LABELLED, albums: int = KINDS) -> Path:
        paths = LibraryPaths(tmp_path / "library")
        ids = make_library(paths, embeddings_of_kinds(PHOTOS, KINDS, 2.5))
        with Library.open_writer(paths) as library:
            labelling = Labelling(library, lambda _: None)
            for kind in range(albums if labelled else 0):
                album = labelling.create(f"kind {kind}")
                labelling.add(album.id, ids[kind:labelled:KINDS])
        return paths.folder

    return make


def button(parent: QWidget, text: str) -> QAbstractButton:
    found = [each for each in parent.findChildren(QAbstractButton) if each.text() == text]
    assert len(found) == 1, (text, [each.text() for each in found])
    return found[0]


def click(parent: QWidget, text: str) -> None:
    QTest.mouseClick(button(parent, text), Qt.MouseButton.LeftButton)


def nameless(top: QWidget) -> list[QWidget]:
    seen = [each for each in controls(top) if each.isVisibleTo(top)]
    return [each for each in seen if not spoken_name(each).strip()]


def cells_of(table: QTableWidget, row: int) -> list[str]:
    cells = [table.item(row, column) for column in range(table.columnCount())]
    return [cell.text() for cell in cells if cell is not None]


def shows(dialog: TeachDialog, page: QWidget) -> bool:
    return dialog.page is page


def choose(dialog: TeachDialog, wanted: str) -> None:
    """Choose a method, or how deep to teach."""
    boxes = dialog.prospect.findChildren(QComboBox)
    [box] = [each for each in boxes if each.findData(wanted) >= 0]
    box.setCurrentIndex(box.findData(wanted))


def opened(open_window: Opener, qtbot: QtBot, library: Path) -> tuple[MainWindow, TeachDialog]:
    window = open_window(library, SETTINGS)
    QTest.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    dialog = window.teach_acts.dialog
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: "To learn from" in dialog.prospect.text)
    return window, dialog


def job_of(library: Path) -> Path:
    """The folder in which a teaching is kept until it is over."""
    return teaching_job.folder_of(LibraryPaths(library))


# Beforehand.


def test_what_would_be_learnt_from_and_why_this_method(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    _window, dialog = opened(open_window, qtbot, made())
    said = dialog.prospect.text
    assert "72 photos in 4 albums, and 128 without an album" in said
    assert "kind 0 (18) · kind 1 (18)" in said
    assert "Takes “Semi-supervised (SSDH)”: many photos are in no album." in said
    assert button(dialog, "Start").isEnabled()
    choose(dialog, "dsrh")
    assert "The more albums two photos share" in dialog.prospect.text
    choose(dialog, "usdh")
    assert "This method does not learn from the albums" in dialog.prospect.text


@pytest.mark.parametrize(
    ("labelled", "albums", "missing", "can_start"),
    [
        (72, 1, "put at least 5 photos into each of at least 2 albums", False),
        (16, 4, "put at least 5 photos into each of at least 2 albums", False),
        (24, 4, "With fewer than 40 photos in albums nothing can be proven", True),
        (0, 0, "Without albums nothing can be proven", True),
    ],
)
def test_what_is_missing_is_said_beforehand(
    open_window: Opener,
    qtbot: QtBot,
    made: Made,
    labelled: int,
    albums: int,
    missing: str,
    can_start: bool,
) -> None:
    _window, dialog = opened(open_window, qtbot, made(labelled, albums))
    assert missing in dialog.prospect.text
    assert button(dialog, "Start").isEnabled() is can_start


def test_the_panel_opens_it_and_everything_in_it_has_a_name_and_is_reached_by_tab(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    window = open_window(made(), SETTINGS)
    click(window.panel, "Teach…")
    dialog = window.teach_acts.dialog
    qtbot.waitUntil(lambda: button(dialog, "Start").isEnabled())
    assert nameless(dialog) == []
    qtbot.waitUntil(dialog.isActiveWindow)
    assert {*map(spoken_name, walk(dialog))} == {*map(spoken_name, focusable(dialog))}


# While it goes on.


def test_start_begins_and_cancel_forgets(open_window: Opener, qtbot: QtBot, made: Made) -> None:
    library = made()
    _window, dialog = opened(open_window, qtbot, library)
    click(dialog, "Start")
    assert dialog.page is dialog.running
    qtbot.waitUntil(job_of(library).exists)
    assert nameless(dialog) == []
    click(dialog, "Cancel")
    qtbot.waitUntil(lambda: dialog.page is dialog.prospect)
    qtbot.waitUntil(lambda: not job_of(library).exists())
    assert dialog.message == ""


def test_it_is_paused_with_all_that_the_application_does_and_goes_on(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    window, dialog = opened(open_window, qtbot, made())
    running = dialog.running
    assert "It will take about " in dialog.prospect.text
    window.teach_acts.teach(QUICK)
    qtbot.waitUntil(lambda: "%" in running.text, timeout=TAUGHT_MS)
    click(dialog, "Pause")
    qtbot.waitUntil(lambda: running.text == "Paused")
    click(dialog, "Go on")
    qtbot.waitUntil(lambda: "%" in running.text, timeout=TAUGHT_MS)
    lines = running.curve.curves
    qtbot.waitUntil(lambda: any(len(each) > 3 for each in lines.values()), timeout=TAUGHT_MS)
    for curve in running.curve.curves.values():
        assert [epoch for epoch, _ in curve] == [*range(len(curve))]
    click(dialog, "Pause")
    qtbot.waitUntil(lambda: running.text == "Paused")
    click(dialog, "Cancel")
    qtbot.waitUntil(lambda: shows(dialog, dialog.prospect))
    assert dialog.message == ""


def test_where_no_label_can_be_kept_back_it_is_said_that_no_curve_will_come(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    window, dialog = opened(open_window, qtbot, made(labelled=5 * KINDS))
    window.teach_acts.teach(QUICK)
    qtbot.waitUntil(lambda: "%" in dialog.running.text, timeout=TAUGHT_MS)
    assert "too few labels to keep any back" in dialog.running.caption
    assert not dialog.running.curve.curves
    click(dialog, "Cancel")
    qtbot.waitUntil(lambda: shows(dialog, dialog.prospect))


def test_a_teaching_that_the_window_left_behind_is_gone_on_with_also_beside_other_codes(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    library = made()
    first = open_window(library, SETTINGS)
    first.teach_acts.teach(QUICK)
    qtbot.waitUntil((job_of(library) / "job").exists)
    with qtbot.waitSignal(first.ended, timeout=10_000):
        first.close()
    assert job_of(library).exists()
    aside, _report = outcome(library, None)
    with Library.open_writer(LibraryPaths(library)) as opened_library:
        opened_library.switch_to(aside, back=False)
    second = open_window(library, SETTINGS)
    qtbot.waitUntil(lambda: "interrupted" in second.notices.text)
    click(second.notices, "Go on")
    dialog = second.teach_acts.dialog
    assert dialog.isVisible()
    assert dialog.page is dialog.running
    click(dialog, "Cancel")
    qtbot.waitUntil(lambda: dialog.page is dialog.prospect)
    qtbot.waitUntil(lambda: not job_of(library).exists())


# What came of it.


@pytest.mark.timeout(300)
def test_examples_show_their_pictures_and_say_what_can_be_seen(
    open_window: Opener, qtbot: QtBot, indexed: Indexed
) -> None:
    window = open_window(indexed.library)
    look_for(qtbot, window, indexed.files[0])
    photo_ids = [hit.photo_id for hit in window.model.hits[:9]]
    dialog, albums = window.teach_acts.dialog, [TaughtAlbum(1, "Dogs", 20)]
    window.teach_acts.show()
    dialog.show_report(*made_up(albums, Finding.BETTER, photo_ids), switching=False)
    examples = dialog.report.examples
    empty = examples.grab().toImage()
    qtbot.waitUntil(lambda: all(map(examples.picture_of, photo_ids)))
    assert examples.grab().toImage() != empty
    assert examples.accessibleDescription().startswith(
        "Search 1: 2 photos of an album with it before, 4 photos taught, among the first 6; Search"
    )
    dialog.show_report(*made_up(albums, Finding.BETTER), switching=False)
    assert not examples.isVisible()


def test_taught_and_used_the_grid_follows_undone_and_used_again(
    open_window: Opener, qtbot: QtBot, made: Made, indexed: Indexed
) -> None:
    window, dialog = opened(open_window, qtbot, made())
    answers: list[SearchAnswer] = []
    window.searches.answered.connect(answers.append)
    look_for(qtbot, window, indexed.files[0])
    running, report = dialog.running, dialog.report
    phases: list[str] = []
    window.bridge.taught_further.connect(lambda _: phases.append(running.text))
    window.teach_acts.teach(QUICK)
    qtbot.waitUntil(lambda: dialog.page is report, timeout=TAUGHT_MS)
    assert phases[0] == "Learning and proving: 0 %"
    assert int(phases[-1].removeprefix("Learning and proving: ").removesuffix(" %")) > 90
    # Of what is learnt from every label nothing can be told before the proof.
    assert {lesson: len(curve) for lesson, curve in running.curve.curves.items()} == dict.fromkeys(
        range(1, 6), 9
    )
    assert running.curve.accessibleDescription().endswith("after epoch 8")
    assert len(report.examples.searches) == 3
    assert report.examples.isVisible()
    drawn = running.curve.grab().toImage()
    running.curve.clear()
    assert running.curve.grab().toImage() != drawn
    qtbot.waitUntil(lambda: "Search uses it now." in report.text)
    assert report.text.startswith("Better, judged by photos that were not learnt from: mAP +0.")
    assert "Supervised (SSDH), 32 bits, from 72 photos in albums" in report.text
    qtbot.waitUntil(lambda: answers[-1].code_bits == 32)
    assert answers[0].code_bits == 256
    cells = [report.table.item(row, 1) for row in range(4)]
    shown = [cell.text() for cell in cells if cell is not None]
    assert shown[1] > shown[0]
    assert [pair.name for pair in report.bars.pairs] == [f"kind {kind}" for kind in range(KINDS)]
    assert "kind 3: mAP 0." in report.bars.accessibleDescription()
    click(dialog, "Undo")
    qtbot.waitUntil(lambda: "kept aside" in report.text)
    qtbot.waitUntil(lambda: answers[-1].code_bits == 256)
    click(report, "Use it")
    qtbot.waitUntil(lambda: "Search uses it now." in report.text)
    qtbot.waitUntil(lambda: answers[-1].code_bits == 32)
    click(dialog, "Teach again")
    assert dialog.page is dialog.prospect


def outcome(
    library: Path, verdict: Verdict | None, kept: float = 0.9, fingerprint: str = ""
) -> tuple[Any, Any]:
    """A generation beside the active one, with a report of what it would have proven."""
    figures = {
        name: Figures(value, value)
        for name, value in zip(LAYERS, (0.4, 0.5, 0.3, 0.6), strict=True)
    }
    proof = Proof(verdict, figures, [AlbumProof(0, 20, figures)], 5) if verdict else None
    report = TeachingReport(
        "ddh",
        Reason.ASKED_FOR,
        256,
        [TaughtAlbum(1, "dogs", 20)],
        20,
        180,
        3,
        12.0,
        proof,
        0.9,
        kept,
    )
    with Library.open_writer(LibraryPaths(library)) as opened_library:
        own = opened_library.snapshot.generation
        with opened_library.database.write() as connection:
            generation = generations.add(
                connection,
                name="taught",
                model=own.model,
                fingerprint=fingerprint or own.fingerprint,
                bits=own.bits,
                hash_layer=own.hash_layer,
            )
            generations.keep_report(connection, generation.id, to_json(report))
    return generation, report


@pytest.mark.parametrize(
    ("verdict", "kept", "said"),
    [
        (Verdict(Finding.NOT_BETTER, 0.01, -0.02, 0.03, 60), 0.9, "Not shown to be better"),
        (Verdict(Finding.TOO_FEW, 0.1, -0.1, 0.3, 12), 0.9, "Photos to judge by: 12; 40 are"),
        (Verdict(Finding.BETTER, 0.1, 0.05, 0.2, 60), 0.1, "would be lost: of the nearest photos"),
        (None, 0.9, "so nothing is proven"),
    ],
)
def test_what_was_kept_aside_is_said_and_can_be_used_all_the_same(
    open_window: Opener, qtbot: QtBot, made: Made, verdict: Verdict | None, kept: float, said: str
) -> None:
    library = made(0)
    came = outcome(library, verdict, kept)
    window, dialog = opened(open_window, qtbot, library)
    window.teach_acts._on_outcome(came)
    report = dialog.report
    qtbot.waitUntil(lambda: dialog.page is report)
    assert said in report.text
    assert "It is kept aside" in report.text
    assert report.table.isVisible() is (verdict is not None)
    assert nameless(dialog) == []
    click(dialog, "Use it anyway")
    qtbot.waitUntil(lambda: "Search uses it now." in report.text)


# What was taught so far.


def test_the_history_lists_all_and_one_of_them_is_used_gone_back_from_and_deleted(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    library = made(0)
    came = outcome(library, Verdict(Finding.BETTER, 0.1, 0.05, 0.2, 60))
    window = open_window(library, SETTINGS)
    QTest.keyClick(
        window,
        Qt.Key.Key_T,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    dialog = window.teach_acts.dialog
    history = dialog.history
    assert shows(dialog, history)
    table = history.table
    qtbot.waitUntil(lambda: table.rowCount() == 2)
    assert cells_of(table, 0)[1:] == [
        "Without albums, by neighbours (DDH)",
        "dogs",
        "256",
        "0.400",
        "0.500",
        "+0.100",
        "",
    ]
    assert cells_of(table, 1)[1:] == ["Untaught: general-1", "", "256", "", "", "", "in use"]
    # What is in use is marked, and there is nothing before it.
    assert table.currentRow() == 1
    for text in ("Use it", "Show report", "Delete…", "Go back"):
        assert not button(history, text).isEnabled(), text
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Up)
    assert nameless(dialog) == []
    assert {*map(spoken_name, walk(dialog))} == {*map(spoken_name, focusable(dialog))}
    click(history, "Use it")
    qtbot.waitUntil(lambda: cells_of(table, 0)[-1] == "in use")
    qtbot.waitUntil(button(history, "Go back").isEnabled)
    assert not button(history, "Delete…").isEnabled()
    click(history, "Go back")
    qtbot.waitUntil(lambda: cells_of(table, 1)[-1] == "in use")
    qtbot.waitUntil(button(history, "Delete…").isEnabled)
    click(history, "Show report")
    qtbot.waitUntil(lambda: dialog.page is dialog.report)
    assert dialog.report.generation_id == came[0].id
    click(dialog, "What was taught…")
    click(history, "Delete…")
    [box] = dialog.findChildren(QMessageBox)
    click(box, "Delete")
    qtbot.waitUntil(lambda: table.rowCount() == 1)
    click(dialog, "Teach…")
    assert shows(dialog, dialog.prospect)
    assert dialog.message == ""
    click(dialog, "What was taught…")
    assert shows(dialog, history)
    click(dialog, "Close")
    assert not dialog.isVisible()


def test_what_was_made_for_a_model_that_is_gone_can_be_deleted_and_not_used(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    library = made(0)
    outcome(library, None, fingerprint="of another model")
    window = open_window(library, SETTINGS)
    window.teach_acts.show_history()
    dialog = window.teach_acts.dialog
    history = dialog.history
    qtbot.waitUntil(lambda: history.table.rowCount() == 2)
    history.table.setCurrentCell(0, 0)
    assert button(history, "Delete…").isEnabled()
    click(history, "Use it")
    qtbot.waitUntil(lambda: "is gone, damaged or another than it was" in dialog.message)
    assert cells_of(history.table, 1)[-1] == "in use"


def test_while_search_is_taught_nothing_else_is_used_or_deleted(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    library = made()
    came = outcome(library, None)
    window, dialog = opened(open_window, qtbot, library)
    history = dialog.history
    window.teach_acts.teach(QUICK)
    window.teach_acts.show_history()
    qtbot.waitUntil(lambda: history.table.rowCount() == 2)
    history.table.setCurrentCell(0, 0)
    assert history.text == "While search is taught, nothing else can be used or deleted."
    for text in ("Use it", "Delete…", "Go back"):
        assert not button(history, text).isEnabled(), text
    click(history, "Show report")
    qtbot.waitUntil(lambda: dialog.page is dialog.report)
    assert dialog.report.generation_id == came[0].id
    assert history.text in dialog.report.text
    assert not button(dialog.report, "Use it anyway").isEnabled()
    click(dialog, "What was taught…")
    # It leads back to what is going on.
    click(dialog, "Teach…")
    assert shows(dialog, dialog.running)
    click(dialog, "What was taught…")
    # Who wants to teach is not led to the list that was left open.
    click(window.panel, "Teach…")
    assert shows(dialog, dialog.running)
    click(dialog, "Cancel")
    qtbot.waitUntil(lambda: dialog.page is dialog.prospect)


def test_in_a_narrow_dialog_methods_and_albums_keep_their_room(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    library = made(0)
    outcome(library, None)
    window = open_window(library, SETTINGS)
    window.teach_acts.show_history()
    dialog = window.teach_acts.dialog
    table = dialog.history.table
    qtbot.waitUntil(lambda: table.rowCount() == 2)
    dialog.resize(dialog.minimumSizeHint())
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() > 0)
    assert min(table.columnWidth(1), table.columnWidth(2)) >= 96


def test_the_panel_has_a_menu_that_leads_to_the_history(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    window = open_window(made(0), SETTINGS)
    [more] = [
        each
        for each in window.panel.findChildren(QToolButton)
        if spoken_name(each) == "More about teaching"
    ]
    teach, taught = more.menu().actions()
    assert taught.text().startswith("Show what was taught")
    taught.trigger()
    dialog = window.teach_acts.dialog
    assert dialog.isVisible()
    assert shows(dialog, dialog.history)
    click(dialog, "Teach…")
    qtbot.waitUntil(lambda: "To learn from" in dialog.prospect.text)
    dialog.close()
    teach.trigger()
    assert dialog.isVisible()
    assert shows(dialog, dialog.prospect)


def test_whoever_has_closed_the_dialog_is_told_when_it_is_over(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    library = made(0)
    came = outcome(library, None)
    window = open_window(library, SETTINGS)
    window.teach_acts._on_outcome(came)
    assert window.notices.text.startswith("Teaching is over. This method does not")
    click(window.notices, "Show report")
    dialog = window.teach_acts.dialog
    qtbot.waitUntil(lambda: dialog.isVisible() and dialog.page is dialog.report)
