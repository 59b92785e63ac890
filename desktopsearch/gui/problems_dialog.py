"""The list of files and folders that something is wrong with, and what can be done about them."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
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

_SIZE_PX = (760, 540)
_PROBLEM_ROLE = Qt.ItemDataRole.UserRole + 1


class ProblemsDialog(QDialog):
    """Shows problems; the window stays usable beside it."""

    retry_wanted = Signal(object)
    """A list of ``Problem``."""
    retry_all_wanted = Signal()
    ignore_wanted = Signal(object, bool)
    """A list of ``Problem``, and whether they are to be put aside or listed again."""
    export_wanted = Signal(object)
    """A list of ``Problem``: those that are listed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Problems"))
        self.resize(*_SIZE_PX)
        self._problems: Sequence[Problem] = ()
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        self._explanation = QLabel(
            _("These files could not be read and are not searched. Your files were not changed.")
        )
        self._explanation.setProperty("role", "muted")
        self._explanation.setWordWrap(True)
        self._aside = QCheckBox()
        self._aside.toggled.connect(self._list)
        self.model = ProblemsModel()
        self.view = QListView()
        self.view.setProperty("role", "lines")
        self.view.setModel(self.model)
        self.view.setItemDelegate(_ProblemDelegate(theme, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.view.setAccessibleName(_("Problems"))
        self.view.activated.connect(self._on_open)
        self.view.selectionModel().selectionChanged.connect(self._enable)
        self.model.modelReset.connect(self._enable)
        self._open = self._button(_("Open"), self._on_open)
        self._show = self._button(_("Show in folder"), self._on_show)
        self._ignore = self._button("", self._on_ignore)
        self._ignore.setToolTip(_("Put these aside until the files change."))
        self._retry = self._button(
            _("Try again"), lambda: self.retry_wanted.emit(self.model.chosen(self.view))
        )
        self._export = self._button(
            _("Export…"), lambda: self.export_wanted.emit(self.model.problems)
        )
        self._retry_all = self._button(_("Try all again"), self.retry_all_wanted.emit)
        self._retry_all.setProperty("role", "primary")
        close = self._button(_("Close"), self.close)
        self._lay_out(close)
        theme.changed.connect(self.view.viewport().update)
        self._list()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show what is wrong now."""
        self._problems = problems
        self._list()

    def _lay_out(self, close: QPushButton) -> None:
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self._aside)
        chosen = QHBoxLayout()
        chosen.setSpacing(SPACE_PX)
        for button in (self._open, self._show, self._ignore, self._retry):
            chosen.addWidget(button)
        chosen.addStretch()
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_PX)
        buttons.addWidget(self._export)
        buttons.addStretch()
        buttons.addWidget(self._retry_all)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        layout.addLayout(top)
        layout.addWidget(self._explanation)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(self.view, 1)
        layout.addLayout(chosen)
        layout.addSpacing(SPACE_PX)
        layout.addLayout(buttons)

    def _button(self, text: str, function: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: function())
        return button

    def _list(self) -> None:
        """List what was put aside only if that is wanted; keep the place in the list."""
        aside = sum(problem.ignored for problem in self._problems)
        left = len(self._problems) - aside
        self._heading.setText(
            plural("{n} problem", "{n} problems", left) if left else _("No problems")
        )
        self._explanation.setVisible(left > 0)
        self._aside.setText(plural("Show {n} put aside", "Show {n} put aside", aside))
        self._aside.setVisible(aside > 0)
        everything = self._aside.isChecked() and aside > 0
        self.model.set_problems([each for each in self._problems if everything or not each.ignored])

    def _enable(self) -> None:
        chosen = self.model.chosen(self.view)
        self._open.setEnabled(len(chosen) == 1)
        self._show.setEnabled(len(chosen) == 1)
        self._retry.setEnabled(bool(chosen))
        heed = bool(chosen) and all(problem.ignored for problem in chosen)
        self._ignore.setText(_("Do not ignore") if heed else _("Ignore"))
        # A folder that cannot be reached is no matter that goes away by not looking.
        self._ignore.setEnabled(any(problem.location_id is not None for problem in chosen))
        self._export.setEnabled(bool(self.model.problems))
        self._retry_all.setEnabled(bool(self._problems))

    def _on_open(self) -> None:
        for problem in self.model.chosen(self.view)[:1]:
            places.open_file(problem.path)

    def _on_show(self) -> None:
        for problem in self.model.chosen(self.view)[:1]:
            places.show_in_folder(problem.path)

    def _on_ignore(self) -> None:
        chosen = self.model.chosen(self.view)
        self.ignore_wanted.emit(chosen, not all(problem.ignored for problem in chosen))


class ProblemsModel(QAbstractListModel):
    """Problems as rows."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: Sequence[Problem] = ()
        """As they are listed."""

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Show others; what is chosen stays as long as the same are listed."""
        if problems != self.problems:
            self.beginResetModel()
            self.problems = problems
            self.endResetModel()

    def chosen(self, view: QListView) -> list[Problem]:
        """Those that are selected in a view, by their places."""
        rows = sorted(index.row() for index in view.selectionModel().selectedIndexes())
        return [self.problems[row] for row in rows]

    def rowCount(  # noqa: N802 - Qt's name
        self,
        parent: QModelIndex | QPersistentModelIndex = QModelIndex(),  # noqa: B008 - Qt's
    ) -> int:
        """All of them."""
        return 0 if parent.isValid() else len(self.problems)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Path and sentence."""
        problem = self.problems[index.row()]
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
