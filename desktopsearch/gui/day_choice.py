"""A choice of days on which photos were taken: lately, since or until a day, or between two."""

from __future__ import annotations

from datetime import date
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktopsearch.domain.filters import Lately
from desktopsearch.gui.texts import _, day_format, short_day
from desktopsearch.gui.theme import SPACE_PX


class Span(Enum):
    """What can be chosen."""

    ANY = auto()
    TODAY = auto()
    WEEK = auto()
    MONTH = auto()
    YEAR = auto()
    SINCE = auto()
    UNTIL = auto()
    OWN = auto()


_LATELY: Final = {
    Span.TODAY: Lately.TODAY,
    Span.WEEK: Lately.WEEK,
    Span.MONTH: Lately.MONTH,
    Span.YEAR: Lately.YEAR,
}


class DayChoice(QWidget):
    """A box, and below it the days that it asks for."""

    changed = Signal()
    folded_out = Signal()
    """It needs more room than before, or less."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        self._dash = QLabel("–")  # noqa: RUF001 - the sign for a span
        own.insertWidget(1, self._dash)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(self._span)
        layout.addWidget(self._days)
        self._show_days()
        self._span.currentIndexChanged.connect(self._on_span_chosen)

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last of them; None for any."""
        if self.lately is not None:
            return self.lately.days(date.today())  # noqa: DTZ011 - as the person sees it
        first, last = (_day_of(edit.date()) for edit in (self._first, self._last))
        match self._span.currentData():
            case Span.SINCE:
                return first, None
            case Span.UNTIL:
                return None, last
            case Span.OWN:
                return min(first, last), max(first, last)
        return None, None

    @property
    def lately(self) -> Lately | None:
        """Days that move on with the calendar, if such are chosen."""
        return _LATELY.get(self._span.currentData())

    def set_days(self, first: date | None, last: date | None, lately: Lately | None) -> None:
        """Choose days; says so once, if at all."""
        before = (self._span.currentData(), self.days)
        if lately is not None:
            span = next(each for each, stands_for in _LATELY.items() if stands_for is lately)
        elif first is not None:
            span = Span.SINCE if last is None else Span.OWN
        else:
            span = Span.ANY if last is None else Span.UNTIL
        with QSignalBlocker(self), QSignalBlocker(self._span):
            if lately is None:
                for edit, chosen in ((self._first, first), (self._last, last)):
                    if chosen is not None:
                        edit.setDate(QDate(chosen.year, chosen.month, chosen.day))
            self._span.setCurrentIndex(self._span.findData(span))
        self._show_days()
        if (span, self.days) != before:
            self.changed.emit()

    def describe(self) -> str:
        """What is chosen, in short; empty for any day."""
        first, last = self.days
        match self._span.currentData():
            case Span.ANY:
                return ""
            case Span.SINCE if first is not None:
                return _("since {day}").format(day=short_day(first))
            case Span.UNTIL if last is not None:
                return _("until {day}").format(day=short_day(last))
            case Span.OWN if first is not None and last is not None:
                return f"{short_day(first)} – {short_day(last)}"  # noqa: RUF001
        return self._span.currentText()

    def _on_span_chosen(self) -> None:
        self._show_days()
        self.changed.emit()

    def _show_days(self) -> None:
        span = self._span.currentData()
        self._first.setVisible(span in (Span.SINCE, Span.OWN))
        self._last.setVisible(span in (Span.UNTIL, Span.OWN))
        self._dash.setVisible(span is Span.OWN)
        self._days.setVisible(span in (Span.SINCE, Span.UNTIL, Span.OWN))
        self.folded_out.emit()


def _span_name(span: Span) -> str:
    return {
        Span.ANY: _("Any time"),
        Span.TODAY: _("Today"),
        Span.WEEK: _("The last 7 days"),
        Span.MONTH: _("The last 30 days"),
        Span.YEAR: _("This year"),
        Span.SINCE: _("Since …"),
        Span.UNTIL: _("Until …"),
        Span.OWN: _("From … to …"),
    }[span]


def _day_of(chosen: QDate) -> date:
    return date(chosen.year(), chosen.month(), chosen.day())
