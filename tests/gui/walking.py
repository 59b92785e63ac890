"""Ways through a window: its controls as Tab reaches them, and what a screen reader calls them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QWidget,
)

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
)


def spoken_name(widget: QWidget) -> str:
    """What a screen reader calls a widget."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def controls(top: QWidget) -> Iterator[QWidget]:
    """Yield everything that a person can act upon, hidden or not; Qt's own inner parts apart."""
    for widget in top.findChildren(QWidget):
        of_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if (of_tab or isinstance(widget, CONTROLS)) and not _is_inner(widget):
            yield widget


def _is_inner(widget: QWidget) -> bool:
    if isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QComboBox | QAbstractSpinBox):
        above = above.parentWidget()
    return above is not None


def focusable(top: QWidget) -> list[QWidget]:
    """Everything that Tab must reach now."""
    return [
        widget
        for widget in top.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(top)
        and widget.isEnabledTo(top)
        and widget.focusProxy() is None
        and widget.window() is top
        and not _is_inner(widget)
    ]


def walk(top: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Press Tab (or Backtab) until it comes round; returns what had the focus, in order."""
    start = QApplication.focusWidget() or top
    QTest.keyClick(start, key)
    first = QApplication.focusWidget()
    assert first is not None
    steps = [first]
    for _step in range(300):
        QTest.keyClick(steps[-1], key)
        now = QApplication.focusWidget()
        assert now is not None
        if now is first:
            return steps
        steps.append(now)
    raise AssertionError([spoken_name(each) for each in steps[:40]])


def place_in(top: QWidget, widget: QWidget) -> QRect:
    """Where a widget lies in a window."""
    return QRect(widget.mapTo(top, QPoint(0, 0)), widget.size())


def look_of(top: QWidget, widget: QWidget) -> QImage:
    """How a widget looks now, with a little around it."""
    return top.grab(place_in(top, widget).adjusted(-4, -4, 4, 4)).toImage()


def reads_on(before: QRect, after: QRect) -> bool:
    """Whether the eye goes from one place to the other: along the line, or on to a lower one."""
    same_line = min(before.bottom(), after.bottom()) - max(before.top(), after.top()) > 4
    return after.center().x() > before.center().x() if same_line else after.top() > before.top()
