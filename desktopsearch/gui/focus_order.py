"""Tab goes through a part of the window as the eye does: in the order of the layouts.

Qt's own order is that in which widgets were made, so what comes later, such as the row of a new
folder, would come last.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def follow_layout(top: QWidget) -> None:
    """Put everything that lies in the layouts of a widget into their order."""
    chain = [each for each in _laid_out(top) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for before, after in pairwise(chain):
        QWidget.setTabOrder(before, after)


def _laid_out(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    layout = widget.layout()
    if layout is not None:
        yield from _in(layout)
    elif isinstance(widget, QScrollArea) and (content := widget.widget()) is not None:
        yield from _laid_out(content)


def _in(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        assert item is not None
        if (widget := item.widget()) is not None:
            yield from _laid_out(widget)
        elif (inner := item.layout()) is not None:
            yield from _in(inner)
