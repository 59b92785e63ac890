"""What can be chosen to narrow a search: folder, album, days, formats; and whether copies fold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopsearch.domain.albums import Album
from desktopsearch.domain.filters import EVERYTHING, Filter
from desktopsearch.domain.library import shown
from desktopsearch.gui.kept_choice import Entry, KeptChoice
from desktopsearch.gui.places import name_of
from desktopsearch.gui.texts import _, day_format, short_day
from desktopsearch.gui.theme import SPACE_PX

if TYPE_CHECKING:
    from desktopsearch.gui.bridge import FolderStatus

_FORMATS_IN_A_ROW: Final = 3
_NONE: Final = "none"


class Span(Enum):
    """A choice of days."""

    ANY = auto()
    TODAY = auto()
    WEEK = auto()
    MONTH = auto()
    YEAR = auto()
    OWN = auto()


class FilterPopup(QFrame):
    """Opens below its button; every change counts at once."""

    changed = Signal()
    folding_changed = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("filterPopup")
        self.setAccessibleName(_("Filters"))
        self._formats: dict[str, QCheckBox] = {}
        self._folder = KeptChoice([Entry(_("All folders"), None)])
        self._folder.setAccessibleName(_("Where to look"))
        self._album = KeptChoice([Entry(_("All photos"), None), Entry(_("In no album"), _NONE)])
        self._album.setAccessibleName(_("In which album"))
        for choice in (self._folder, self._album):
            choice.currentIndexChanged.connect(self.changed)
        self._span = QComboBox()
        self._span.setAccessibleName(_("When the photos were taken"))
        for span in Span:
            self._span.addItem(_span_name(span), span)
        self._days = QWidget()
        self._first, self._last = QDateEdit(), QDateEdit()
        self._first.setAccessibleName(_("First day"))
        self._last.setAccessibleName(_("Last day"))
        own = QHBoxLayout(self._days)
        own.setContentsMargins(0, 0, 0, 0)
        own.setSpacing(SPACE_PX)
        for edit in (self._first, self._last):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat(day_format())
            edit.setDate(QDate.currentDate())
            edit.dateChanged.connect(self.changed)
            own.addWidget(edit, 1)
        own.insertWidget(1, QLabel("–"))  # noqa: RUF001 - the sign for a span
        self._span.currentIndexChanged.connect(self._on_span_chosen)
        self._folding = QCheckBox(_("Fold near copies into one"))
        self._folding.toggled.connect(self.folding_changed)
        self._clear = QPushButton(_("Clear filters"))
        self._clear.clicked.connect(self.clear)
        self.changed.connect(self._enable)
        self._lay_out()
        self._on_span_chosen()

    @property
    def filter(self) -> Filter:
        """What is chosen now."""
        first, last = self._chosen_days()
        folder, album = self._folder.value, self._album.value
        return Filter(
            folder=folder if isinstance(folder, bytes) else None,
            first_day=first,
            last_day=last,
            formats=frozenset(name for name, box in self._formats.items() if box.isChecked()),
            album_ids=frozenset([album]) if isinstance(album, int) else frozenset(),
            without_album=album == _NONE,
        )

    @property
    def folding(self) -> bool:
        """Whether near copies are to fold into one."""
        return self._folding.isChecked()

    def set_folding(self, folding: bool) -> None:
        """Set the switch."""
        self._folding.setChecked(folding)

    def describe(self) -> str:
        """What is chosen now, in short; empty if nothing is left out."""
        parts = [
            choice.currentText()
            for choice in (self._folder, self._album)
            if choice.value is not None
        ]
        span = self._span.currentData()
        if span is Span.OWN:
            first, last = self._chosen_days()
            assert first is not None
            assert last is not None
            parts.append(f"{short_day(first)} – {short_day(last)}")  # noqa: RUF001
        elif span is not Span.ANY:
            parts.append(self._span.currentText())
        parts += [box.text() for box in self._formats.values() if box.isChecked()]
        return " · ".join(parts)

    def clear(self) -> None:
        """Leave nothing out any more."""
        with QSignalBlocker(self):
            self._folder.setCurrentIndex(0)
            self._album.setCurrentIndex(0)
            self._span.setCurrentIndex(0)
            for box in self._formats.values():
                box.setChecked(False)
        self.changed.emit()

    def show_folders(self, folders: Sequence[FolderStatus]) -> None:
        """Offer the folders of the library as places to look in."""
        self._folder.offer(
            [Entry(name_of(each.path), each.path, shown(each.path)) for each in folders]
        )

    def show_albums(self, albums: Sequence[Album]) -> None:
        """Offer the albums of the library."""
        self._album.offer([Entry(album.name, album.id) for album in albums])

    def show_formats(self, names: Sequence[str]) -> None:
        """Offer formats of ``domain.filters``; those that are chosen stay."""
        for name in names:
            if name not in self._formats:
                box = QCheckBox(name.upper())
                box.toggled.connect(self.changed)
                row, column = divmod(len(self._formats), _FORMATS_IN_A_ROW)
                self._format_grid.addWidget(box, row, column)
                self._formats[name] = box
        self._format_title.setVisible(bool(self._formats))
        self.adjustSize()

    def _chosen_days(self) -> tuple[date | None, date | None]:
        today = date.today()  # noqa: DTZ011 - the day of the person at this machine
        match self._span.currentData():
            case Span.TODAY:
                return today, today
            case Span.WEEK:
                return today - timedelta(days=6), today
            case Span.MONTH:
                return today - timedelta(days=29), today
            case Span.YEAR:
                return today.replace(month=1, day=1), today
            case Span.OWN:
                first, last = (_day_of(edit.date()) for edit in (self._first, self._last))
                return min(first, last), max(first, last)
        return None, None

    def _on_span_chosen(self) -> None:
        self._days.setVisible(self._span.currentData() is Span.OWN)
        self.adjustSize()
        self.changed.emit()

    def _enable(self) -> None:
        self._clear.setEnabled(self.filter != EVERYTHING)

    def _lay_out(self) -> None:
        self._format_grid = QGridLayout()
        self._format_title = _title(_("Format"))
        self._format_title.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * SPACE_PX] * 4)
        layout.setSpacing(SPACE_PX)
        for title, widget in (
            (_("Folder"), self._folder),
            (_("Album"), self._album),
            (_("Taken"), self._span),
        ):
            layout.addWidget(_title(title))
            layout.addWidget(widget)
        layout.addWidget(self._days)
        layout.addWidget(self._format_title)
        layout.addLayout(self._format_grid)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(self._folding)
        layout.addSpacing(SPACE_PX)
        layout.addWidget(self._clear)


def _span_name(span: Span) -> str:
    return {
        Span.ANY: _("Any time"),
        Span.TODAY: _("Today"),
        Span.WEEK: _("The last 7 days"),
        Span.MONTH: _("The last 30 days"),
        Span.YEAR: _("This year"),
        Span.OWN: _("From … to …"),
    }[span]


def _day_of(chosen: QDate) -> date:
    return date(chosen.year(), chosen.month(), chosen.day())


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "small")
    return label
