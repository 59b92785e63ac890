"""The list of files and folders that something is wrong with, and what can be done about them."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.library import Problem, shown
from desktopsearch.gui import places
from desktopsearch.gui.texts import _, plural, problem_sentence
from desktopsearch.gui.theme import SPACE_PX, Theme

_PROBLEM_ROLE = Qt.ItemDataRole.UserRole + 1


class ProblemsDialog(QDialog):
    """Shows problems; the window stays usable beside it."""

    retry_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Problems"))
        self.resize(720, 480)
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        explanation = QLabel(
            _("These files could not be read and are not searched. Your files were not changed.")
        )
        explanation.setProperty("role", "muted")
        explanation.setWordWrap(True)
        self.model = ProblemsModel()
        self.view = QListView()
        self.view.setProperty("role", "lines")
        self.view.setModel(self.model)
        self.view.setItemDelegate(_ProblemDelegate(theme, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setAccessibleName(_("Problems"))
        self.view.doubleClicked.connect(self._on_open)
        self.view.selectionModel().currentChanged.connect(self._enable)
        self.model.modelReset.connect(self._enable)
        self._open = QPushButton(_("Open"))
        self._open.clicked.connect(self._on_open)
        self._show = QPushButton(_("Show in folder"))
        self._show.clicked.connect(self._on_show)
        self._retry = QPushButton(_("Try again"))
        self._retry.setProperty("role", "primary")
        self._retry.clicked.connect(self.retry_wanted)
        close = QPushButton(_("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_PX)
        buttons.addWidget(self._open)
        buttons.addWidget(self._show)
        buttons.addStretch()
        buttons.addWidget(self._retry)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(self._heading)
        layout.addWidget(explanation)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(self.view, 1)
        layout.addSpacing(SPACE_PX)
        layout.addLayout(buttons)
        theme.changed.connect(self.view.viewport().update)
        self._enable()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show what is wrong now."""
        self.model.set_problems(problems)
        self._heading.setText(plural("{n} problem", "{n} problems", len(problems)))

    def _enable(self) -> None:
        chosen = self.view.currentIndex().isValid()
        self._open.setEnabled(chosen)
        self._show.setEnabled(chosen)

    def _on_open(self) -> None:
        places.open_file(self._chosen().path)

    def _on_show(self) -> None:
        places.show_in_folder(self._chosen().path)

    def _chosen(self) -> Problem:
        problem: Problem = self.view.currentIndex().data(_PROBLEM_ROLE)
        return problem


class ProblemsModel(QAbstractListModel):
    """Problems as rows."""

    def __init__(self) -> None:
        super().__init__()
        self._problems: Sequence[Problem] = ()

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Show others."""
        self.beginResetModel()
        self._problems = problems
        self.endResetModel()

    def rowCount(  # noqa: N802 - Qt's name
        self,
        parent: QModelIndex | QPersistentModelIndex = QModelIndex(),  # noqa: B008 - Qt's
    ) -> int:
        """All of them."""
        return 0 if parent.isValid() else len(self._problems)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Path and sentence."""
        problem = self._problems[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{shown(problem.path)}\n{problem_sentence(problem)}"
            case Qt.ItemDataRole.ToolTipRole:
                return f"<p style='white-space:pre'>{html.escape(shown(problem.path))}</p>"
            case _ if role == _PROBLEM_ROLE:
                return problem
        return None


class _ProblemDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name_font = theme.font(theme.scale.body, QFont.Weight.Medium)
        self._small_font = theme.font(theme.scale.small)
        self._name_metrics = QFontMetricsF(self._name_font)
        self._small_metrics = QFontMetricsF(self._small_font)
        self._height = round(self._name_metrics.height() + 2 * self._small_metrics.height()) + 20

    def sizeHint(  # noqa: N802 - Qt's name
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(200, self._height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        problem: Problem = index.data(_PROBLEM_ROLE)
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._theme.colour("accent_soft"))
        area = rect.adjusted(12, 8, -12, -8)
        lines = (
            (self._name_font, self._name_metrics, "text", places.name_of(problem.path)),
            (self._small_font, self._small_metrics, "danger", problem_sentence(problem)),
            (
                self._small_font,
                self._small_metrics,
                "muted",
                shown(places.folder_of(problem.path)),
            ),
        )
        top = float(area.top())
        for font, metrics, role, text in lines:
            painter.setFont(font)
            painter.setPen(self._theme.colour(role))
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
            painter.drawText(area.left(), round(top + metrics.ascent()), elided)
            top += metrics.height() + 2
        painter.restore()
