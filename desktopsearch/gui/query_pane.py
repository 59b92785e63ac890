"""The query above the photos: what is looked for, how close, and where."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.search import RERANKED
from desktopsearch.gui import shortcuts
from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.places import name_of
from desktopsearch.gui.results_delegate import draw_rounded
from desktopsearch.gui.results_view import LARGEST_PX, SMALLEST_PX, USUAL_PX, ZOOM_STEP_PX
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.texts import _, figure
from desktopsearch.gui.theme import SPACE_PX, Theme

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import FolderStatus

_PREVIEW_PX = 104
FARTHEST = 128
"""The slider's end, in bits: half of a code, where photos have nothing in common."""


class QueryPane(QFrame):
    """Shows the query and its controls; says what the user wants by signals."""

    cut_changed = Signal(object)
    """The largest distance, or None for any."""
    folder_changed = Signal(object)
    """A path as bytes, or None for all folders."""
    finer_changed = Signal(bool)
    """Whether the nearest are to be ordered by the second stage."""
    zoom_changed = Signal(int)
    back_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queryPane")
        self._preview = _Preview(theme)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._summary = QLabel()
        self._summary.setProperty("role", "muted")
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self.back = _tool(icons, "back", Act.BACK)
        self.back.clicked.connect(self.back_wanted)
        clear = _tool(icons, "close", Act.CLEAR)
        clear.clicked.connect(self.clear_wanted)
        self._cut = QSlider(Qt.Orientation.Horizontal)
        self._cut.setRange(0, FARTHEST)
        self._cut.setValue(FARTHEST)
        self._cut.setMinimumWidth(80)
        self._cut.setMaximumWidth(180)
        self._cut.setAccessibleName(_("Largest distance"))
        self._cut_text = QLabel()
        self._cut_text.setMinimumWidth(132)
        self._cut.valueChanged.connect(self._on_cut_changed)
        self._finer = QToolButton()
        self._finer.setText(_("Finer order"))
        self._finer.setCheckable(True)
        self._finer.setProperty("role", "switch")
        self._finer.setToolTip(
            _(
                "Compare the {n} nearest photos in full, not only by their short codes, and show"
                " the most similar of them first. The distances stay as they are."
            ).format(n=figure(RERANKED))
        )
        self._finer.toggled.connect(self.finer_changed)
        self._folder = QComboBox()
        self._folder.setAccessibleName(_("Where to look"))
        self._folder.addItem(_("All folders"), None)
        self._folder.currentIndexChanged.connect(
            lambda: self.folder_changed.emit(self._folder.currentData())
        )
        self._zoom = QSlider(Qt.Orientation.Horizontal)
        self._zoom.setRange(SMALLEST_PX, LARGEST_PX)
        self._zoom.setSingleStep(ZOOM_STEP_PX)
        self._zoom.setPageStep(2 * ZOOM_STEP_PX)
        self._zoom.setValue(USUAL_PX)
        self._zoom.setMinimumWidth(60)
        self._zoom.setMaximumWidth(120)
        self._zoom.setAccessibleName(_("Size of the photos"))
        self._zoom.valueChanged.connect(self.zoom_changed)
        self._lay_out(icons, clear)
        self._show_cut()

    @property
    def summary(self) -> str:
        """The line below the query's name."""
        return self._summary.text()

    @property
    def cut(self) -> int | None:
        """The largest distance, or None for any."""
        value = self._cut.value()
        return None if value == FARTHEST else value

    def set_cut(self, distance: int | None) -> None:
        """Move the slider."""
        self._cut.setValue(FARTHEST if distance is None else distance)

    @property
    def finer(self) -> bool:
        """Whether the nearest are ordered by the second stage."""
        return self._finer.isChecked()

    def set_finer(self, finer: bool) -> None:
        """Set the switch."""
        self._finer.setChecked(finer)

    def show_query(self, title: str) -> None:
        """Show that a new query is being answered."""
        self._title.setText(title)
        self._title.setToolTip("")
        self._preview.show_pixmap(None)
        self._summary.setText(_("Looking…"))

    def show_preview(self, proxy: bytes) -> None:
        """Show the query as the decoder saw it.

        Args:
            proxy: A JPEG that the application made itself.
        """
        pixmap = QPixmap()
        pixmap.loadFromData(proxy)
        self._preview.show_pixmap(pixmap)

    def show_summary(self, text: str) -> None:
        """Say how the search went."""
        self._summary.setText(text)

    def show_zoom(self, edge_px: int) -> None:
        """Follow a zoom that was made elsewhere."""
        with QSignalBlocker(self._zoom):
            self._zoom.setValue(edge_px)

    def show_folders(self, folders: Sequence[FolderStatus]) -> None:
        """Offer the folders of the library as places to look in."""
        paths = [folder.path for folder in folders]
        known = [self._folder.itemData(row) for row in range(1, self._folder.count())]
        if paths == known:
            return
        chosen = self._folder.currentData()
        with QSignalBlocker(self._folder):
            while self._folder.count() > 1:
                self._folder.removeItem(1)
            for path in paths:
                self._folder.addItem(name_of(path), path)
                tip = os.fsdecode(path).encode("utf-8", "replace").decode("utf-8")
                self._folder.setItemData(
                    self._folder.count() - 1, tip, Qt.ItemDataRole.AccessibleDescriptionRole
                )
            self._folder.setCurrentIndex(paths.index(chosen) + 1 if chosen in paths else 0)
        if chosen is not None and chosen not in paths:
            self.folder_changed.emit(None)

    def _on_cut_changed(self) -> None:
        self._show_cut()
        self.cut_changed.emit(self.cut)

    def _show_cut(self) -> None:
        cut = self.cut
        self._cut_text.setText(
            _("Any distance") if cut is None else _("Up to distance {n}").format(n=figure(cut))
        )

    def _lay_out(self, icons: Icons, clear: QToolButton) -> None:
        first = QHBoxLayout()
        first.setSpacing(SPACE_PX)
        first.addWidget(self.back)
        first.addWidget(self._title, 1)
        first.addWidget(clear)
        second = QHBoxLayout()
        second.setSpacing(SPACE_PX)
        second.addWidget(self._summary, 1)
        second.addWidget(self._finer)
        controls = QHBoxLayout()
        controls.setSpacing(SPACE_PX)
        controls.addWidget(self._cut, 2)
        controls.addWidget(self._cut_text)
        controls.addSpacing(SPACE_PX)
        controls.addWidget(self._folder)
        controls.addStretch(1)
        controls.addWidget(IconLabel(icons, "tiles-small", 18, "muted"))
        controls.addWidget(self._zoom, 1)
        controls.addWidget(IconLabel(icons, "tiles-large", 18, "muted"))
        lines = QVBoxLayout()
        lines.setSpacing(4)
        lines.addLayout(first)
        lines.addLayout(second)
        lines.addStretch()
        lines.addLayout(controls)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        layout.setSpacing(2 * SPACE_PX)
        layout.addWidget(self._preview)
        layout.addLayout(lines, 1)


class _Preview(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pixmap: QPixmap | None = None
        self.setFixedSize(QSize(_PREVIEW_PX, _PREVIEW_PX))
        self.setAccessibleName(_("The picture that is looked for"))

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        self._pixmap = pixmap
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        place = QRectF(self.rect())
        if self._pixmap is None or self._pixmap.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("hover"))
            painter.drawRoundedRect(place, SPACE_PX, SPACE_PX)
        else:
            draw_rounded(painter, _filling(self._pixmap, self.devicePixelRatioF()), place)
        painter.end()


def _filling(pixmap: QPixmap, ratio: float) -> QPixmap:
    """The middle of a picture as a square of the preview's size."""
    edge = min(pixmap.width(), pixmap.height())
    square = pixmap.copy((pixmap.width() - edge) // 2, (pixmap.height() - edge) // 2, edge, edge)
    wanted = round(_PREVIEW_PX * ratio)
    return square.scaled(
        wanted,
        wanted,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def _tool(icons: Icons, icon: str, act: Act) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.get(icon))
    button.setToolTip(shortcuts.tool_tip(act))
    button.setAccessibleName(shortcuts.describe(act))
    return button
