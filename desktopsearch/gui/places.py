"""Paths of the file system and addresses of Qt, and what the desktop does with files.

A path is bytes here as everywhere in the application; Qt's own conversions would lose names that
are not valid UTF-8. Must never look at a file itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QCoreApplication, QProcess, QUrl
from PySide6.QtGui import QDesktopServices

from desktopsearch.domain.library import shown


def url_of(path: bytes) -> QUrl:
    """The ``file:`` address of a path."""
    return QUrl.fromEncoded(Path(os.fsdecode(path)).as_uri().encode("ascii"))


def path_of(url: QUrl) -> bytes | None:
    """The path behind a ``file:`` address, or None for every other."""
    if not url.isLocalFile():
        return None
    if os.name == "nt":
        return os.fsencode(os.path.normpath(url.toLocalFile()))
    encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    return bytes(QByteArray.fromPercentEncoding(encoded.encode("ascii")).data()) or None


def path_of_text(text: str) -> bytes | None:
    """The path that a copied text names, or None when it is some other text."""
    line = text.strip()
    if not line or "\n" in line or "\0" in line:
        return None
    if line.startswith("file:"):
        return path_of(QUrl(line))
    line = line.strip("\"'")
    path = Path(line).expanduser() if line.startswith("~/") else Path(line)
    return os.fsencode(path) if path.is_absolute() else None


def name_of(path: bytes) -> str:
    """The last part of a path, for people."""
    return shown(os.path.basename(path)) or shown(path)  # noqa: PTH119 - a path takes ten times as long


def folder_of(path: bytes) -> bytes:
    """The folder that holds a file."""
    return os.fsencode(Path(os.fsdecode(path)).parent)


def open_file(path: bytes) -> None:
    """Open a file with the program that the user has chosen for it."""
    QDesktopServices.openUrl(url_of(path))


def show_in_folder(path: bytes) -> None:
    """Show a file in the file manager, marked where the system can do that."""
    if sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", os.fsdecode(path)])
    elif sys.platform == "win32":
        QProcess.startDetached("explorer", ["/select,", os.fsdecode(path)])
    elif "DBUS_SESSION_BUS_ADDRESS" in os.environ:
        _ask_file_manager(path)
    else:
        QDesktopServices.openUrl(url_of(folder_of(path)))


def _ask_file_manager(path: bytes) -> None:
    # Imported here: the other systems have no such bus.
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

    name = "org.freedesktop.FileManager1"
    message = QDBusMessage.createMethodCall(
        name, "/org/freedesktop/FileManager1", name, "ShowItems"
    )
    address = bytes(url_of(path).toEncoded().data()).decode("ascii")
    message.setArguments([[address], ""])
    watcher = QDBusPendingCallWatcher(
        QDBusConnection.sessionBus().asyncCall(message), QCoreApplication.instance()
    )

    def finish() -> None:
        if watcher.isError():
            QDesktopServices.openUrl(url_of(folder_of(path)))
        watcher.deleteLater()

    watcher.finished.connect(finish)
    # A call that fails at once, for want of a bus, is finished before anybody can listen.
    if watcher.isFinished():
        finish()
