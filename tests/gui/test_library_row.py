"""A folder in the panel: what belongs to it stays in sight, however much there is to say of it."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from desktopsearch.gui.folder_row import FolderRow
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.theme import Theme
from desktopsearch.services.status import FolderStatus


def test_a_long_name_and_state_leave_room_for_the_menu(theme: Theme, qtbot: QtBot) -> None:
    row = FolderRow(Icons(theme))
    qtbot.addWidget(row)
    row.show_folder(
        FolderStatus(
            path=b"/home/somebody/" + b"a long name " * 9,
            locations=1_234_567,
            scanned_at=None,
            problems=1_234,
            offline=False,
            scanning=True,
        )
    )
    row.show()
    row.resize(215, row.sizeHint().height())
    qtbot.wait(0)
    more = row.findChild(QToolButton)
    assert more is not None
    assert more.mapTo(row, QPoint(more.width(), 0)).x() <= 215
    assert row.minimumSizeHint().width() <= 215
    assert row.detail == "1,234,567 files · looking… · 1,234 problems"
