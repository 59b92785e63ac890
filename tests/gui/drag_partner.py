"""Another program on the screen: offers one file to be dragged away, and says what is dropped.

Run as a process by the test of real drags: ``python -m tests.gui.drag_partner FILE``.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


class Partner(QWidget):
    def __init__(self, path: str) -> None:
        super().__init__(None, Qt.WindowType.X11BypassWindowManagerHint)
        self._path = path
        self.setGeometry(0, 0, 200, 200)
        self.setAcceptDrops(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons():
            mime = QMimeData()
            mime.setUrls([QUrl.fromLocalFile(self._path)])
            drag = QDrag(self)
            drag.setMimeData(mime)
            drag.exec(Qt.DropAction.CopyAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        print("dropped", *[url.toLocalFile() for url in event.mimeData().urls()], flush=True)  # noqa: T201


if __name__ == "__main__":
    application = QApplication([])
    partner = Partner(sys.argv[1])
    partner.show()
    print("ready", flush=True)  # noqa: T201
    application.exec()
