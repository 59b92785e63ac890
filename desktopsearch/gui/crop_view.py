"""The query large, to be cropped, turned and mirrored; the results follow while it is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap, QTransform
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktopsearch.domain.framing import WHOLE, Box, Framing
from desktopsearch.gui import shortcuts
from desktopsearch.gui.crop_editor import CropEditor
from desktopsearch.gui.crop_handle import HANDLE_PX
from desktopsearch.gui.icons import Icons
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _
from desktopsearch.gui.theme import SPACE_PX, Theme

_HEIGHT_PX = 264
_AS_IT_IS: Final = Framing()


class CropView(QFrame):
    """An editor with what can be done beside it; hidden until it is opened."""

    framing_changed = Signal(object)
    """A ``Framing``, or None for the picture as it is."""
    closed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT_PX)
        self._whole = QPixmap()
        self._framing = _AS_IT_IS
        self.editor = CropEditor(theme)
        self.editor.box_changed.connect(self._on_box_changed)
        buttons = QVBoxLayout()
        buttons.setSpacing(SPACE_PX)
        buttons.addStretch()
        for icon, text, act in (
            ("turn", _("Turn"), self._turn),
            ("mirror", _("Mirror"), self._mirror),
        ):
            buttons.addWidget(_button(icons, icon, text, act))
        self._reset = _button(icons, "whole", _("Reset"), self._on_reset)
        self._reset.setToolTip(_("Look for the whole picture as it is"))
        buttons.addWidget(self._reset)
        buttons.addSpacing(SPACE_PX)
        buttons.addWidget(_button(icons, "done", _("Done"), self.close))
        buttons.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_PX)
        layout.addStretch(1)
        layout.addWidget(self.editor, 100)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.hide()

    def open(self, whole: bytes, framing: Framing | None) -> None:
        """Begin.

        Args:
            whole: The picture before any framing: a JPEG that the application made itself.
            framing: What counts of it so far.
        """
        self._whole = QPixmap()
        self._whole.loadFromData(whole)
        self._framing = framing or _AS_IT_IS
        self._show()
        self.show()
        self.editor.setFocus()

    def event(self, event: QEvent) -> bool:
        """Take Escape before the window's shortcut does."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and shortcuts.act_of(event, shortcuts.CROP) is Act.CLOSE_CROP
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Close, or do what a button does."""
        match shortcuts.act_of(event, shortcuts.CROP):
            case Act.CLOSE_CROP:
                self.close()
            case Act.TURN:
                self._turn()
            case Act.MIRROR:
                self._mirror()
            case Act.RESET_CROP:
                self._on_reset()
            case _:
                super().keyPressEvent(event)

    def close(self) -> bool:
        """End; what was cropped stays."""
        was_open = not self.isHidden()
        done = super().close()
        if was_open:
            self.closed.emit()
        return done

    def _turn(self) -> None:
        self._change(self._framing.turned_right())

    def _mirror(self) -> None:
        self._change(self._framing.mirrored())

    def _on_reset(self) -> None:
        self._change(_AS_IT_IS)

    def _on_box_changed(self, box: Box) -> None:
        # By way of fractions the whole picture could miss an edge by a hair.
        framing = self._framing
        framing = replace(framing, crop=WHOLE) if box == WHOLE else framing.with_shown_box(box)
        self._tell(framing)

    def _change(self, framing: Framing) -> None:
        if framing != self._framing:
            self._tell(framing)
            self._show()

    def _tell(self, framing: Framing) -> None:
        self._framing = framing
        self._reset.setEnabled(framing != _AS_IT_IS)
        self.framing_changed.emit(None if framing == _AS_IT_IS else framing)

    def _show(self) -> None:
        framing = self._framing
        way = QTransform().scale(-1 if framing.mirror else 1, 1).rotate(framing.turn)
        shown = self._whole.transformed(way)
        # No wider than the picture in it, so that the buttons stand beside that.
        height = _HEIGHT_PX - HANDLE_PX
        self.editor.setMaximumWidth(HANDLE_PX + round(height * shown.width() / shown.height()))
        self.editor.show_picture(shown, framing.shown_box)
        self._reset.setEnabled(framing != _AS_IT_IS)


def _button(icons: Icons, icon: str, text: str, on_click: Callable[[], object]) -> QPushButton:
    button = QPushButton(icons.get(icon), text)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.clicked.connect(lambda: on_click())
    return button
