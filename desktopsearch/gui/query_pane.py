"""The query above the photos: what is looked for, how close, and where."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.search import RERANKED, SearchAnswer
from desktopsearch.gui import shortcuts
from desktopsearch.gui.crop_view import CropView
from desktopsearch.gui.filter_button import FilterButton
from desktopsearch.gui.focus_order import follow_layout
from desktopsearch.gui.icons import IconLabel, Icons
from desktopsearch.gui.narrow import ElidedLabel, Foldable
from desktopsearch.gui.query_chips import QueryChips
from desktopsearch.gui.query_picture import QueryPicture
from desktopsearch.gui.radius import Radius
from desktopsearch.gui.recent_menu import RecentButton
from desktopsearch.gui.results_view import LARGEST_PX, SMALLEST_PX, USUAL_PX, ZOOM_STEP_PX
from desktopsearch.gui.saved_menu import SavedButton
from desktopsearch.gui.shortcuts import Act
from desktopsearch.gui.taste import Taste
from desktopsearch.gui.texts import _, figure
from desktopsearch.gui.theme import SPACE_PX, Theme


class QueryPane(QFrame):
    """Shows the query and its controls; says what the user wants by signals."""

    finer_changed = Signal(bool)
    """Whether the nearest are to be ordered by the second stage."""
    zoom_changed = Signal(int)
    back_wanted = Signal()
    forward_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queryPane")
        self._answer: SearchAnswer | None = None
        self._picture = QueryPicture(theme, icons)
        self._picture.clicked.connect(self.toggle_crop)
        self.crop = CropView(theme, icons)
        self.crop.closed.connect(lambda: self._picture.setFocus())
        self._title = ElidedLabel()
        self._title.setProperty("role", "heading")
        self._summary = ElidedLabel()
        self._summary.setProperty("role", "muted")
        self.back = _tool(icons, "back", Act.BACK)
        self.back.clicked.connect(self.back_wanted)
        self.forward = _tool(icons, "forward", Act.FORWARD)
        self.forward.clicked.connect(self.forward_wanted)
        self.screen_part = _tool(icons, "screen", Act.SCREEN)
        self.recent = RecentButton(icons)
        self.saved = SavedButton(icons)
        self.add = _tool(icons, "add", Act.CHOOSE_TOO)
        self.chips = QueryChips(theme, icons)
        self.chips.arranged.connect(lambda: follow_layout(self))
        self._clear = _tool(icons, "close", Act.CLEAR)
        self._clear.clicked.connect(self.clear_wanted)
        self.radius = Radius()
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
        self.taste = Taste()
        self._mixable = self._listing = False
        self.suggestions = QPushButton(_("Suggestions…"))
        self.suggestions.setToolTip(shortcuts.describe(Act.SUGGEST))
        self.suggestions.hide()
        self.filters = FilterButton(icons)
        self._zoom = QSlider(Qt.Orientation.Horizontal)
        self._zoom.setRange(SMALLEST_PX, LARGEST_PX)
        self._zoom.setSingleStep(ZOOM_STEP_PX)
        self._zoom.setPageStep(2 * ZOOM_STEP_PX)
        self._zoom.setValue(USUAL_PX)
        self._zoom.setMinimumWidth(60)
        self._zoom.setMaximumWidth(120)
        self._zoom.setAccessibleName(_("Size of the photos"))
        self._zoom.valueChanged.connect(self.zoom_changed)
        self._lay_out(icons)

    @property
    def title(self) -> str:
        """The query's name."""
        return self._title.text()

    @property
    def summary(self) -> str:
        """The line below the query's name."""
        return self._summary.text()

    @property
    def finer(self) -> bool:
        """Whether the nearest are ordered by the second stage."""
        return self._finer.isChecked()

    def set_finer(self, finer: bool) -> None:
        """Set the switch."""
        self._finer.setChecked(finer)

    def show_query(
        self, title: str, *, back: bool, forward: bool, listing: bool, album: bool
    ) -> None:
        """Show that a new query is being answered.

        Args:
            title: Its name.
            back: Whether there is one before it.
            forward: Whether there is one after it.
            listing: Whether photos are listed, so that there is nothing to compare.
            album: Whether they are those of an album.
        """
        self.show_answer(None)
        self.crop.close()
        self.show_title(title)
        for each in (self._picture, self.add, self.radius, self._finer):
            each.setVisible(not listing)
        self.suggestions.setVisible(album)
        self._listing = listing
        self.taste.setVisible(self._mixable and not listing)
        self._summary.setText(_("Looking…"))
        self.back.setVisible(back or forward)
        self.back.setEnabled(back)
        self.forward.setVisible(forward)

    def offer_taste(self, mixable: bool) -> None:
        """Show the slider between what looks alike and what was taught, or hide it."""
        self._mixable = mixable
        self.taste.setVisible(mixable and not self._listing)

    def show_title(self, title: str) -> None:
        """Call the query by another name."""
        self._title.setText(title)

    def show_answer(self, answer: SearchAnswer | None) -> None:
        """Show the query as it was compared, or that there is no answer."""
        self._answer = answer
        pixmap = None
        if answer is not None and answer.proxy:
            pixmap = QPixmap()
            pixmap.loadFromData(answer.proxy)
        self._picture.show_pixmap(pixmap)
        if answer is not None:
            self.chips.show_proxies((answer.proxy, *answer.examples))
        self.radius.show_counts(() if answer is None else answer.counts)

    def toggle_crop(self) -> None:
        """Open the query to be cropped, or end that."""
        if not self.crop.isHidden():
            self.crop.close()
        elif self._answer is not None and self._answer.whole:
            self.crop.open(self._answer.whole, self._answer.query.framing)

    def show_summary(self, text: str) -> None:
        """Say how the search went."""
        self._summary.setText(text)

    def show_zoom(self, edge_px: int) -> None:
        """Follow a zoom that was made elsewhere."""
        with QSignalBlocker(self._zoom):
            self._zoom.setValue(edge_px)

    def _lay_out(self, icons: Icons) -> None:
        first = _row(
            self.back,
            self.forward,
            self._title,
            self.add,
            self.screen_part,
            self.recent,
            self.saved,
            self._clear,
        )
        second = _row(self._summary, self._finer, self.suggestions)
        for row, stretched in ((first, self._title), (second, self._summary)):
            row.setStretchFactor(stretched, 1)
        place = QWidget()
        controls = _row(
            self.filters,
            IconLabel(icons, "tiles-small", 18, "muted"),
            self._zoom,
            IconLabel(icons, "tiles-large", 18, "muted"),
        )
        controls.insertStretch(1, 1)
        controls.setStretchFactor(self._zoom, 2)
        place.setLayout(controls)
        lines = QVBoxLayout()
        lines.setSpacing(4)
        lines.addLayout(first)
        lines.addLayout(second)
        lines.addWidget(self.chips)
        lines.addWidget(self.taste)
        # Also where nothing else keeps the lines apart.
        lines.addSpacing(4)
        lines.addStretch()
        lines.addWidget(Foldable(self.radius, place))
        upper = QHBoxLayout()
        upper.setSpacing(2 * SPACE_PX)
        upper.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        upper.addLayout(lines, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        layout.setSpacing(2 * SPACE_PX)
        layout.addLayout(upper)
        layout.addWidget(self.crop)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_PX)
    for widget in widgets:
        row.addWidget(widget)
    return row


def _tool(icons: Icons, icon: str, act: Act) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.get(icon))
    button.setToolTip(shortcuts.tool_tip(act))
    button.setAccessibleName(shortcuts.describe(act))
    return button
