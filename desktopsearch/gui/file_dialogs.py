"""The system's dialogs for a folder or a picture; nothing waits for them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktopsearch.gui.bridge import picture_patterns
from desktopsearch.gui.texts import _


def choose_folder(parent: QWidget, on_chosen: Callable[[Path], object]) -> None:
    """Ask for a folder to add."""
    dialog = QFileDialog(parent, _("Add a folder to the library"))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.fileSelected.connect(lambda name: on_chosen(Path(name)))
    _open_once(dialog)


def choose_picture(parent: QWidget, on_chosen: Callable[[bytes], object]) -> None:
    """Ask for a picture to look for; hands out its path."""
    dialog = QFileDialog(parent, _("Choose a picture to look for"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(
        [
            _("Pictures ({patterns})").format(patterns=picture_patterns()),
            _("All files (*)"),
        ]
    )
    dialog.fileSelected.connect(lambda name: on_chosen(os.fsencode(name)))
    _open_once(dialog)


def choose_table(
    parent: QWidget, title: str, name: str, on_chosen: Callable[[Path], object]
) -> None:
    """Ask for a file to write a table into, as CSV or JSON by its suffix."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([_("Table (*.csv)"), _("JSON (*.json)")])
    dialog.setDefaultSuffix("csv")
    dialog.filterSelected.connect(
        lambda chosen: dialog.setDefaultSuffix("json" if "json" in chosen else "csv")
    )
    dialog.selectFile(f"{name}.csv")
    dialog.fileSelected.connect(lambda chosen: on_chosen(Path(chosen)))
    _open_once(dialog)


def _open_once(dialog: QFileDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
