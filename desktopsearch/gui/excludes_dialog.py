"""The patterns of what is left out: which there are, what a new one would hide, a path to try."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.errors import BugError, Cancelled, DesktopSearchError
from desktopsearch.domain.excludes import DEFAULT_PATTERNS, checked_pattern
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.library_bridge import LibraryBridge
from desktopsearch.gui.pattern_table import PatternTable
from desktopsearch.gui.places import name_of, path_of_text
from desktopsearch.gui.texts import _, error_sentence, failure_sentence, plural
from desktopsearch.gui.theme import SPACE_PX

if TYPE_CHECKING:
    from desktopsearch.gui.library_bridge import Tested

_SIZE_PX = (560, 620)
_TYPING_MS = 200


class ExcludesDialog(QDialog):
    """Changes the patterns at once; the library is looked through again in the background."""

    def __init__(self, bridge: LibraryBridge, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("What is left out"))
        self.resize(*_SIZE_PX)
        self._bridge = bridge
        self._open = True
        self.finished.connect(self._on_finished)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(_("A name such as drafts or *.gif, or a path: holiday/raw"))
        self.typed.setAccessibleName(_("A new pattern"))
        self.typed.returnPressed.connect(self._on_add)
        self._add = QPushButton(_("Add"))
        self._add.setAutoDefault(False)
        self._add.clicked.connect(self._on_add)
        self._effect = _small()
        self.table = PatternTable()
        self.table.itemSelectionChanged.connect(self._enable)
        self._remove = QPushButton(_("Remove"))
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self._on_remove)
        defaults = QPushButton(_("Defaults"))
        defaults.setAutoDefault(False)
        defaults.setToolTip(_("Put back the patterns that a new library begins with."))
        defaults.clicked.connect(self._on_defaults)
        self.tried = QLineEdit()
        self.tried.setPlaceholderText(_("A path to try"))
        self.tried.setAccessibleName(_("A path to try"))
        self._verdict = _small()
        close = QPushButton(_("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        self._lay_out(defaults, close)
        self._counting = _after_typing(self, self.typed, self._count)
        self._trying = _after_typing(self, self.tried, self._try)
        self._fetch()

    @property
    def effect(self) -> str:
        """What is said of the pattern that is being typed."""
        return self._effect.text()

    @property
    def verdict(self) -> str:
        """What is said of the path that is tried."""
        return self._verdict.text()

    def _lay_out(self, defaults: QPushButton, close: QPushButton) -> None:
        explanation = _small(
            _(
                "Files and folders that match one of these patterns are not searched. * stands for"
                " anything. The files themselves stay as they are."
            )
        )
        adding = QHBoxLayout()
        adding.addWidget(self.typed, 1)
        adding.addWidget(self._add)
        changing = QHBoxLayout()
        changing.addWidget(self._remove)
        changing.addWidget(defaults)
        changing.addStretch()
        closing = QHBoxLayout()
        closing.addStretch()
        closing.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(explanation)
        layout.addLayout(adding)
        layout.addWidget(self._effect)
        layout.addWidget(self.table, 1)
        layout.addLayout(changing)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(self.tried)
        layout.addWidget(self._verdict)
        layout.addSpacing(SPACE_PX)
        layout.addLayout(closing)

    def _fetch(self) -> None:
        self._bridge.fetch_excludes(self._if_open(self._on_fetched))

    def _on_fetched(self, patterns: list[str] | Failure) -> None:
        if not isinstance(patterns, list):
            self._effect.setText(failure_sentence(patterns))
            return
        self.table.show_patterns(patterns)
        self._enable()
        self._count()
        self._try()

    def _count(self) -> None:
        """Ask what each pattern hides, the one that is being typed among them."""
        typed, error = self._checked()
        asked = [*self.table.patterns, *([typed] if typed else [])]
        self._effect.setText(error)
        self._bridge.count_hidden(
            asked, self._if_open(lambda counts: self._on_counted(typed, counts))
        )

    def _checked(self) -> tuple[str, str]:
        """The typed pattern as it would be kept, or why it cannot be one."""
        if not self.typed.text().strip():
            return "", ""
        try:
            return checked_pattern(self.typed.text()), ""
        except DesktopSearchError as error:
            return "", error_sentence(error)

    def _on_counted(self, typed: str, counts: dict[str, int] | Failure) -> None:
        if isinstance(counts, DesktopSearchError | BugError | Cancelled):
            return  # a newer count is on its way
        self.table.show_counts(counts)
        if typed in self.table.patterns:
            self._effect.setText(_("This pattern is there already."))
        elif typed:
            self._effect.setText(
                plural("Would hide {n} file.", "Would hide {n} files.", counts.get(typed, 0))
            )

    def _try(self) -> None:
        text = self.tried.text().strip()
        path = path_of_text(text)
        if path is None:
            self._verdict.setText(_("Give a whole path, from the top.") if text else "")
            return
        self._bridge.test_excludes(Path(os.fsdecode(path)), self._if_open(self._on_tested))

    def _on_tested(self, tested: Tested | Failure) -> None:
        if isinstance(tested, DesktopSearchError | BugError | Cancelled):
            self._verdict.setText(failure_sentence(tested))
            return
        if tested.patterns:
            text = _("Left out by {patterns}.").format(patterns=", ".join(tested.patterns))
        else:
            text = _("No pattern leaves out {name}.").format(name=name_of(tested.path))
        if tested.root is None:
            text += " " + _("It lies in none of the library's folders.")
        self._verdict.setText(text)

    def _on_add(self) -> None:
        pattern, _error = self._checked()
        if pattern and pattern not in self.table.patterns:
            self.typed.clear()
            self._change([pattern], [])

    def _on_remove(self) -> None:
        self._change([], self.table.chosen)

    def _on_defaults(self) -> None:
        gone = [pattern for pattern in self.table.patterns if pattern not in DEFAULT_PATTERNS]
        self._change(DEFAULT_PATTERNS, gone)

    def _change(self, new: Sequence[str], gone: Sequence[str]) -> None:
        self._bridge.change_excludes(new, gone, self._if_open(self._on_changed))

    def _on_changed(self, result: Failure | None) -> None:
        if result is not None:
            self._effect.setText(failure_sentence(result))
        self._fetch()

    def _enable(self) -> None:
        self._remove.setEnabled(bool(self.table.chosen))

    def _on_finished(self) -> None:
        self._open = False

    def _if_open(self, function: Callable[..., None]) -> Callable[..., None]:
        """An answer may come when the dialog is gone."""

        def answer(result: object) -> None:
            if self._open:
                function(result)

        return answer


def _after_typing(owner: QDialog, field: QLineEdit, function: Callable[[], None]) -> QTimer:
    timer = QTimer(owner, singleShot=True, interval=_TYPING_MS)
    timer.timeout.connect(function)
    field.textChanged.connect(lambda: timer.start())
    return timer


def _small(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "small")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
