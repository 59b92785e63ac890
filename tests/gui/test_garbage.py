"""Cycles end on the GUI thread, whoever made them, and without a pause that is felt."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopsearch.gui import garbage


class Knot:
    """In a cycle with an object of Qt; notes on which thread it dies."""

    def __init__(self, ends: list[int]) -> None:
        self.ends = ends
        self.qt_object = QObject()
        self.itself = self

    def __del__(self) -> None:
        self.ends.append(threading.get_ident())


class Hit:
    """Without a cycle."""


@pytest.fixture
def clean() -> Iterator[None]:
    """Nothing to look through before and after."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    gc.collect()


@pytest.mark.usefixtures("clean")
def test_cycles_of_another_thread_end_on_the_gui_thread(qtbot: QtBot) -> None:
    ends: list[int] = []

    def work() -> None:
        kept = []
        for _number in range(2_000):
            Knot(ends)
            kept.append([object()])

    assert not gc.isenabled()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ends == []
    qtbot.waitUntil(lambda: len(ends) == 2_000)
    assert set(ends) == {threading.get_ident()}


@pytest.mark.usefixtures("clean")
def test_cycles_that_got_old_are_collected_too() -> None:
    ends: list[int] = []
    knots = [Knot(ends) for _number in range(10)]
    gc.collect(0)
    gc.collect(1)
    assert ends == []
    knots.clear()
    older = gc.get_threshold()[1] + 1
    for _round in range((older + 1) ** 2):
        kept = [[number] for number in range(2 * gc.get_threshold()[0])]
        garbage.collect()
        del kept
    assert len(ends) == 10


@pytest.mark.usefixtures("clean")
def test_a_very_large_answer_is_not_looked_through() -> None:
    hits = [Hit() for _number in range(10 * garbage.MOST_OBJECTS)]
    before = gc.get_freeze_count()
    started_s = time.thread_time()
    garbage.collect()
    spent_s = time.thread_time() - started_s
    assert gc.get_freeze_count() - before >= len(hits)
    assert spent_s < 0.050
    hits.clear()
    assert gc.get_freeze_count() - before < garbage.MOST_OBJECTS, "it went without a collection"


@pytest.mark.usefixtures("clean")
def test_the_most_that_is_looked_through_takes_no_time_that_is_felt() -> None:
    hits = [Hit() for _number in range(garbage.MOST_OBJECTS - 5_000)]
    before = gc.get_freeze_count()
    started_s = time.thread_time()
    garbage.collect()
    spent_s = time.thread_time() - started_s
    assert gc.get_freeze_count() == before
    assert gc.get_count()[0] < len(hits), "it was looked through"
    assert spent_s < 0.050


def test_python_collects_by_itself_again_in_the_end(qapp: QApplication) -> None:
    parent = QObject(qapp)
    collection = garbage.GarbageCollection(parent)
    collection.settle()
    assert gc.get_freeze_count()
    collection.stop()
    assert gc.isenabled()
    assert not gc.get_freeze_count()
    # The other tests of the window go on without.
    gc.disable()
    parent.deleteLater()
