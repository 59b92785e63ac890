"""Teaching the network in the window: what is said of it, and codes of another model in use."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.library import Generation
from desktopsearch.domain.teaching import Depth, Reason
from desktopsearch.gui.teach_dialog import TeachDialog
from desktopsearch.hashing.model import load_model
from desktopsearch.hashing.teaching.proof import Figures, Proof
from desktopsearch.hashing.teaching.verdict import Finding, Verdict
from desktopsearch.services.events import GenerationFilling, TeachingForetold, TeachingPrepared
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_material import TaughtAlbum
from desktopsearch.services.teaching_report import TeachingReport, to_json
from desktopsearch.storage import caches, generations
from tests.gui.conftest import Opener
from tests.gui.test_teaching import (
    LAYERS,
    SETTINGS,
    Made,
    button,
    cells_of,
    choose,
    click,
    opened,
    shows,
)
from tests.gui.test_teaching import made as made
from tests.services.made_up_library import embeddings_of_kinds, make_library
from tests.small_model import BITS, OTHER, proxy_of_kind, put_model
from tests.storage.fill import digest_of

PHOTOS = 24
REPORT = TeachingReport(
    objective="ssdh_sup",
    reason=Reason.ASKED_FOR,
    bits=BITS,
    albums=[TaughtAlbum(1, "dogs", 60)],
    labelled=60,
    unlabelled=0,
    epoch=3,
    seconds=7_000.0,
    proof=Proof(
        Verdict(Finding.BETTER, 0.1, 0.05, 0.2, 60),
        {name: Figures(0.4, 0.5) for name in LAYERS},
        [],
        2,
    ),
    kept_before=0.9,
    kept=0.9,
    depth=Depth.DEEP,
    stages=4,
)


@pytest.fixture
def library(tmp_path: Path) -> tuple[Path, Generation]:
    """A library with proxies, and a generation of a model that was taught."""
    paths = LibraryPaths(tmp_path / "library")
    make_library(paths, embeddings_of_kinds(PHOTOS, 3, 1.0))
    model = load_model(put_model(paths.folder, 64))
    with (
        Library.open_writer(paths) as own,
        own.database.write() as connection,
    ):
        for number in range(PHOTOS):
            caches.write_proxy(connection, digest_of(number), proxy_of_kind(number))
        generation = generations.add(
            connection,
            name="taught",
            model=OTHER,
            fingerprint=model.manifest.fingerprint,
            bits=BITS,
            hash_layer=model.layer.to_bytes(),
        )
        generations.keep_report(connection, generation.id, to_json(REPORT))
    return paths.folder, generation


def test_it_is_said_beforehand_that_its_time_is_measured(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    _window, dialog = opened(open_window, qtbot, made())
    assert "It will take about " in dialog.prospect.text
    choose(dialog, Depth.DEEP)
    said = dialog.prospect.text
    assert "It will take about " not in said
    assert "How long it will take is measured before it begins; it may be hours." in said
    assert "Then all photos are encoded again" in said
    # These photos have no small pictures that a network could learn from.
    click(dialog, "Start")
    qtbot.waitUntil(lambda: "at least 2 such albums are needed" in dialog.message, timeout=100_000)
    assert shows(dialog, dialog.prospect)


def test_it_says_how_long_it_will_take_and_how_far_it_is(
    open_window: Opener, qtbot: QtBot, made: Made
) -> None:
    window, dialog = opened(open_window, qtbot, made())
    dialog.show_beginning()
    window.bridge.taught_further.emit(TeachingForetold(4 * 3_600, 9 * 3_600))
    assert dialog.running.detail == "It will take about 4 to 9 hours on this computer."
    window.bridge.taught_further.emit(TeachingPrepared(512, 1_500, "CPU"))
    assert dialog.running.text == "Looking at photos: 512 of 1,500"


@pytest.mark.usefixtures("cold_children")  # a fast one is over before it is told of
def test_another_network_is_used_gone_back_from_and_deleted_with_its_codes(
    open_window: Opener, qtbot: QtBot, library: tuple[Path, Generation]
) -> None:
    folder, generation = library
    window = open_window(folder, SETTINGS)
    window.teach_acts.show_history()
    dialog: TeachDialog = window.teach_acts.dialog
    history = dialog.history
    qtbot.waitUntil(lambda: history.table.rowCount() == 2)
    assert cells_of(history.table, 0)[1] == "Supervised (SSDH), deep"
    history.table.setCurrentCell(0, 0)
    click(history, "Show report")
    qtbot.waitUntil(lambda: shows(dialog, dialog.report))
    said = dialog.report.text
    assert "The last 4 stages of the network were taught too." in said
    assert "parted the labelled photos into 2" in said
    told: list[GenerationFilling] = []
    window.bridge.generation_filling.connect(told.append)
    states: list[str] = []
    window.bridge.generation_filling.connect(lambda _: states.append(dialog.report.text))
    click(dialog.report, "Use it")
    qtbot.waitUntil(lambda: "Search uses it now." in dialog.report.text, timeout=100_000)
    assert {each.total for each in told} == {PHOTOS}
    assert any(f"encoded with another model: 0 of {PHOTOS}" in each for each in states)
    click(dialog, "What was taught…")
    qtbot.waitUntil(lambda: cells_of(history.table, 0)[-1] == "in use")
    qtbot.waitUntil(button(history, "Go back").isEnabled)
    click(history, "Go back")
    qtbot.waitUntil(lambda: cells_of(history.table, 1)[-1] == "in use", timeout=100_000)
    history.table.setCurrentCell(0, 0)
    qtbot.waitUntil(button(history, "Delete…").isEnabled)
    click(history, "Delete…")
    [box] = dialog.findChildren(QMessageBox)
    click(box, "Delete")
    qtbot.waitUntil(lambda: history.table.rowCount() == 1)
    assert not (folder / "models" / generation.model).exists()
    assert dialog.message == ""
