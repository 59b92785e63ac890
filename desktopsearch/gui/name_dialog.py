"""The dialog that asks for a name."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.albums import LONGEST_NAME
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX

_WIDTH_PX = 400


class NameDialog(QDialog):
    """Stays open until the name is taken; says what is wrong with one that is not."""

    given = Signal(str)
    """A name was entered; ``answer`` is to tell what became of it."""

    def __init__(self, title: str, label: str, name: str, verb: str, parent: QWidget) -> None:
        """Show a name.

        Args:
            title: Of the dialog.
            label: What the name is of.
            name: To begin with.
            verb: What the button says.
            parent: The window.
        """
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH_PX)
        self.finished.connect(self.deleteLater)
        self._is_open = True
        self.finished.connect(self._on_finished)
        heading = QLabel(label)
        self.name = QLineEdit(name)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(label)
        self.name.selectAll()
        self.name.textChanged.connect(self._on_changed)
        heading.setBuddy(self.name)
        self._problem = QLabel()
        self._problem.setProperty("role", "small")
        self._problem.setWordWrap(True)
        self._problem.hide()
        self.give = QPushButton(verb)
        self.give.setDefault(True)
        self.give.clicked.connect(self._on_give)
        cancel = QPushButton(_("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.give)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(heading)
        layout.addWidget(self.name)
        layout.addWidget(self._problem)
        layout.addSpacing(SPACE_PX)
        layout.addLayout(buttons)
        self._on_changed()

    @property
    def problem(self) -> str:
        """What is said to be wrong with the name."""
        return self._problem.text()

    def hint(self, text: str) -> None:
        """Say something of the name, until it is another one."""
        self._problem.setText(text)
        self._problem.show()

    def answer(self, problem: str) -> None:
        """Say what is wrong with the name that was given; without a text the dialog closes."""
        if not self._is_open:
            return
        if not problem:
            self.accept()
            return
        self._problem.setText(problem)
        self._problem.show()
        self.give.setEnabled(True)
        self.name.setFocus()

    def _on_changed(self) -> None:
        self._problem.hide()
        self.give.setEnabled(bool(self.name.text().strip()))

    def _on_give(self) -> None:
        self.give.setEnabled(False)
        self.given.emit(self.name.text())

    def _on_finished(self) -> None:
        self._is_open = False
