"""A list view whose cells are all alike, so that places are reckoned and never looked up.

Qt's own wrapped list keeps a place for every row and walks all of them for a selection, which takes
seconds for half a million. Here nothing depends on the number of rows. Owns the geometry, the
moves of the keyboard and the rubber band; what a cell shows is its delegate's business.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QRubberBand,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

Action = QAbstractItemView.CursorAction
Hint = QAbstractItemView.ScrollHint


class TileGrid(QListView):
    """Cells of one size in lines as long as the view is wide; scrolls up and down only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell = QSize(192, 192)
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def cell(self) -> QSize:
        """The size of every cell."""
        return self._cell

    @property
    def columns(self) -> int:
        """Cells in a line."""
        return max(1, self.viewport().width() // self._cell.width())

    def set_cell(self, cell: QSize) -> None:
        """Give every cell another size."""
        self._cell = cell
        self.updateGeometries()
        self.viewport().update()

    def visible_rows(self) -> range:
        """The rows that can be seen, in part at least."""
        return self._rows_between(0, self.viewport().height() - 1)

    def visualRect(  # noqa: N802 - Qt's name
        self, index: QModelIndex | QPersistentModelIndex
    ) -> QRect:
        """Where a cell lies in the viewport, or would if it were scrolled there."""
        if not index.isValid():
            return QRect()
        line, column = divmod(index.row(), self.columns)
        left = column * self._cell.width()
        if self.isRightToLeft():
            left = self.viewport().width() - left - self._cell.width()
        return QRect(QPoint(left, line * self._cell.height() - self.verticalOffset()), self._cell)

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802 - Qt's name
        """The cell at a point of the viewport."""
        column = self._column_at(point.x())
        line = (point.y() + self.verticalOffset()) // self._cell.height()
        row = line * self.columns + column
        inside = 0 <= column < self.columns and 0 <= row < self._count()
        return self.model().index(row, 0) if inside else QModelIndex()

    def scrollTo(  # noqa: N802 - Qt's name
        self, index: QModelIndex | QPersistentModelIndex, hint: Hint = Hint.EnsureVisible
    ) -> None:
        """Bring a cell in sight."""
        if not index.isValid():
            return
        place, height = self.visualRect(index), self.viewport().height()
        bar = self.verticalScrollBar()
        above, below = place.top(), place.bottom() + 1 - height
        if hint is Hint.PositionAtCenter:
            bar.setValue(bar.value() + (above + below) // 2)
        elif hint is Hint.PositionAtTop or above < 0:
            bar.setValue(bar.value() + above)
        elif hint is Hint.PositionAtBottom or below > 0:
            bar.setValue(bar.value() + min(below, above))

    def moveCursor(  # noqa: N802 - Qt's name
        self, action: Action, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """The cell that a key leads to from the current one."""
        last = self._count() - 1
        if last < 0:
            return QModelIndex()
        if not self.currentIndex().isValid():
            return self.model().index(0, 0)
        row = self.currentIndex().row()
        columns = self.columns
        page = max(1, self.viewport().height() // self._cell.height()) * columns
        ahead = -1 if self.isRightToLeft() else 1
        step = {
            Action.MoveLeft: -ahead,
            Action.MoveRight: ahead,
            Action.MovePrevious: -1,
            Action.MoveNext: 1,
            Action.MoveUp: -columns,
            Action.MoveDown: columns,
            Action.MovePageUp: -page,
            Action.MovePageDown: page,
            Action.MoveHome: -row,
            Action.MoveEnd: last - row,
        }[action]
        first_line, last_line = row < columns, row // columns == last // columns
        if (action is Action.MoveUp and first_line) or (action is Action.MoveDown and last_line):
            step = 0
        return self.model().index(min(max(row + step, 0), last), 0)

    def setSelection(  # noqa: N802 - Qt's name
        self, rect: QRect, command: QItemSelectionModel.SelectionFlag
    ) -> None:
        """Select what a rubber band touches, or all from one end of a range to the other."""
        selection = QItemSelection()
        if self.state() is QAbstractItemView.State.DragSelectingState:
            rect = rect.normalized()
            self._band.setGeometry(rect)
            self._band.show()
            for first, last in self._runs_in(rect):
                selection.select(self.model().index(first, 0), self.model().index(last, 0))
        else:
            ends = (self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight()))
            if all(end.isValid() for end in ends):
                first, last = sorted(end.row() for end in ends)
                selection.select(self.model().index(first, 0), self.model().index(last, 0))
        self.selectionModel().select(selection, command)

    def selectAll(self) -> None:  # noqa: N802 - Qt's name
        """Select every row as one range; Qt's own way asks for each of them."""
        if self._count():
            ends = self.model().index(0, 0), self.model().index(self._count() - 1, 0)
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().select(QItemSelection(*ends), flags.ClearAndSelect)

    def visualRegionForSelection(  # noqa: N802 - Qt's name
        self, _selection: QItemSelection
    ) -> QRegion:
        """All that can be seen: drawing a page is cheaper than walking a long selection."""
        return QRegion(self.viewport().rect())

    def verticalOffset(self) -> int:  # noqa: N802 - Qt's name
        """Pixels that are scrolled away above."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:  # noqa: N802 - Qt's name
        """Nothing: lines are never longer than the view is wide."""
        return 0

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 - Qt's name
        """Move what is drawn already."""
        self.viewport().scroll(dx, dy)

    def doItemsLayout(self) -> None:  # noqa: N802 - Qt's name
        """There is nothing to lay out but the length of the scroll bar."""
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:  # noqa: N802 - Qt's name
        """Fit the scroll bar to the number of lines."""
        height = self.viewport().height()
        lines = -(-self._count() // self.columns)
        bar = self.verticalScrollBar()
        bar.setPageStep(height)
        bar.setRange(0, max(0, lines * self._cell.height() - height))
        QAbstractItemView.updateGeometries(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the rubber band away."""
        super().mouseReleaseEvent(event)
        self._band.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the cells that are to be drawn again."""
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        usual = option.state & ~QStyle.StateFlag.State_MouseOver
        selection, delegate = self.selectionModel(), self.itemDelegate()
        current = self.currentIndex() if self.hasFocus() else QModelIndex()
        hovered = self._hovered()
        for row in self._rows_between(event.rect().top(), event.rect().bottom()):
            index = self.model().index(row, 0)
            option.rect = self.visualRect(index)
            state = usual
            if selection.isSelected(index):
                state |= QStyle.StateFlag.State_Selected
            if index == current:
                state |= QStyle.StateFlag.State_HasFocus
            if index == hovered:
                state |= QStyle.StateFlag.State_MouseOver
            option.state = state
            delegate.paint(painter, option, index)
        painter.end()

    def _count(self) -> int:
        return self.model().rowCount() if self.model() is not None else 0

    def _column_at(self, x: int) -> int:
        if self.isRightToLeft():
            x = self.viewport().width() - 1 - x
        return x // self._cell.width()

    def _rows_between(self, top: int, bottom: int) -> range:
        height, offset = self._cell.height(), self.verticalOffset()
        first = max(0, (top + offset) // height * self.columns)
        last = ((bottom + offset) // height + 1) * self.columns
        return range(first, max(first, min(last, self._count())))

    def _runs_in(self, rect: QRect) -> list[tuple[int, int]]:
        """The first and the last row of each run of cells that an area touches."""
        columns = self.columns
        sides = sorted(self._column_at(x) for x in (rect.left(), rect.right()))
        first, last = max(0, sides[0]), min(columns - 1, sides[1])
        rows = self._rows_between(max(rect.top(), -self.verticalOffset()), rect.bottom())
        if first > last or not rows:
            return []
        if (first, last) == (0, columns - 1):
            return [(rows.start, rows.stop - 1)]
        starts = range(rows.start + first, rows.stop, columns)
        return [(start, min(start + last - first, rows.stop - 1)) for start in starts]

    def _hovered(self) -> QModelIndex:
        viewport = self.viewport()
        if not viewport.underMouse():
            return QModelIndex()
        return self.indexAt(viewport.mapFromGlobal(viewport.cursor().pos()))
