"""The few questions and messages that stand before the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.gui.bridge import Failure
from desktopsearch.gui.texts import _, failure_sentence, plural


def show_error(parent: QWidget, failure: Failure, on_closed: Callable[[], object]) -> None:
    """Say why the library cannot be opened; nothing waits for the answer."""
    text = failure_sentence(failure)
    if not isinstance(failure, DesktopSearchError):
        text += f"\n\n{failure}"
    box = _box(parent, QMessageBox.Icon.Critical, _("Desktopsearch cannot open the library"), text)
    box.addButton(_("Close"), QMessageBox.ButtonRole.AcceptRole)
    box.finished.connect(on_closed)
    box.open()


def ask_before_removal(parent: QWidget, folder: Path, on_yes: Callable[[], object]) -> None:
    """Ask whether a folder is to leave the library."""
    box = _box(
        parent,
        QMessageBox.Icon.NoIcon,
        _("Remove “{folder}” from the library?").format(folder=folder.name),
        _(
            "Its photos are no longer searched. The files themselves stay where they are and are"
            " not changed."
        ),
    )
    remove = box.addButton(_("Remove"), QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton(_("Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    remove.clicked.connect(on_yes)
    box.open()


def ask_before_trash(
    parent: QWidget, count: int, *, copied: bool, on_yes: Callable[[], object]
) -> None:
    """Ask whether files are to be moved to the trash.

    Args:
        parent: The window.
        count: How many.
        copied: Whether copies of them lie elsewhere.
        on_yes: Called if they are.
    """
    text = plural(
        "It can be taken out of the trash again as long as that is not emptied.",
        "They can be taken out of the trash again as long as it is not emptied.",
        count,
    )
    if copied:
        text += " " + _("Copies of these photos in other places stay where they are.")
    box = _box(
        parent,
        QMessageBox.Icon.NoIcon,
        plural("Move {n} file to the trash?", "Move {n} files to the trash?", count),
        text,
    )
    move = box.addButton(_("Move to trash"), QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton(_("Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    move.clicked.connect(on_yes)
    box.open()


def ask_before_album_is_deleted(parent: QWidget, album: str, on_yes: Callable[[], object]) -> None:
    """Ask whether an album is to be deleted."""
    box = _box(
        parent,
        QMessageBox.Icon.NoIcon,
        _("Delete the album “{album}”?").format(album=album),
        _("Its photos stay where they are and are not changed. This can be undone."),
    )
    delete = box.addButton(_("Delete"), QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton(_("Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    delete.clicked.connect(on_yes)
    box.open()


def ask_before_generation_is_deleted(parent: QWidget, on_yes: Callable[[], object]) -> None:
    """Ask whether something that was taught is to be deleted."""
    box = _box(
        parent,
        QMessageBox.Icon.NoIcon,
        _("Delete what was taught?"),
        _(
            "Photos and albums stay as they are. This cannot be undone; it would have to be taught"
            " anew."
        ),
    )
    delete = box.addButton(_("Delete"), QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton(_("Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    delete.clicked.connect(on_yes)
    box.open()


def ask_before_index_is_deleted(parent: QWidget, on_yes: Callable[[bool], object]) -> None:
    """Ask whether all that is known of photos is to be deleted.

    Args:
        parent: The window.
        on_yes: Called if it is, with whether albums go as well.
    """
    box = _box(
        parent,
        QMessageBox.Icon.NoIcon,
        _("Delete the index?"),
        _(
            "All folders leave the library, and what was found out about their photos is deleted,"
            " with the small copies and the recent queries. Whatever is under way ends. This"
            " cannot be undone; the folders can be added and read again.\n\nThe photos themselves"
            " are never touched."
        ),
    )
    albums = QCheckBox(
        _("Also delete albums, saved searches, patterns, what was taught and what was told apart")
    )
    box.setCheckBox(albums)
    delete = box.addButton(_("Delete"), QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton(_("Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    delete.clicked.connect(lambda: on_yes(albums.isChecked()))
    box.open()


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def _box(parent: QWidget, icon: QMessageBox.Icon, title: str, text: str) -> QMessageBox:
    box = _Box(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(icon)
    box.setWindowTitle("Desktopsearch")
    box.setText(title)
    box.setInformativeText(text)
    return box


class _Box(QMessageBox):
    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            # Qt is about to put the buttons in anew, and would mark the first of them.
            QTimer.singleShot(0, self, self._mark_default)

    def _mark_default(self) -> None:
        default = self.defaultButton()
        if default is not None:
            default.setDefault(True)
            default.setFocus()
