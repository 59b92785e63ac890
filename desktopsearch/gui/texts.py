"""Every text that the window shows goes through here, to be translated.

Owns how figures are written. Must never hold a text itself, but for what is said of a bug.
"""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Problem
from desktopsearch.domain.problems import Parameters, ProblemCode, sentence
from desktopsearch.translation import _ as _
from desktopsearch.translation import form as form


def plural(singular: str, several: str, count: int) -> str:
    """The form that fits the count, with ``{n}`` filled in."""
    return form(singular, several, count).format(n=figure(count))


def figure(count: int) -> str:
    """A whole number with the user's digit groups."""
    return QLocale().toString(count)


def decimal(value: float, places: int = 2) -> str:
    """A number with some decimal places, as the user writes it."""
    return QLocale().toString(value, "f", places)


def day(moment: datetime) -> str:
    """The day of a moment, as the user writes it in full."""
    date = QDate(moment.year, moment.month, moment.day)
    return QLocale().toString(date, QLocale.FormatType.LongFormat)


def short_day(at: date) -> str:
    """A day, as the user writes it in short."""
    return QLocale().toString(QDate(at.year, at.month, at.day), day_format())


def day_format() -> str:
    """How the user writes a day in short, for Qt; the year whole, since photos may be old."""
    form = QLocale().dateFormat(QLocale.FormatType.ShortFormat)
    return form if "yyyy" in form else form.replace("yy", "yyyy")


def moment(at: datetime) -> str:
    """A day and a time of it, as the user writes them in short."""
    time = QTime(at.hour, at.minute, at.second)
    return QLocale().toString(
        QDateTime(QDate(at.year, at.month, at.day), time), QLocale.FormatType.ShortFormat
    )


def clock(at: datetime) -> str:
    """A time of today on the clock of this machine, or of another day with that day."""
    here = at.astimezone()
    if here.date() != datetime.now().astimezone().date():
        return moment(here)
    return QLocale().toString(QTime(here.hour, here.minute), QLocale.FormatType.ShortFormat)


def file_size(size_bytes: int) -> str:
    """The size of a file, in the unit that suits it."""
    return QLocale().formattedDataSize(size_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def said(code: ProblemCode, parameters: Parameters) -> str:
    """The sentence of a problem in the user's language."""
    return sentence(code, parameters, _)


def error_sentence(error: DesktopSearchError) -> str:
    """The sentence of an error in the user's language."""
    return said(error.code, error.parameters)


def our_mistake() -> str:
    """What is said of a bug."""
    return _("Something went wrong in Desktopsearch. This is our mistake, not yours.")


def failure_sentence(failure: Exception) -> str:
    """What is said of an error, whosever mistake it is."""
    return error_sentence(failure) if isinstance(failure, DesktopSearchError) else our_mistake()


def problem_sentence(problem: Problem) -> str:
    """The sentence of a stored problem in the user's language."""
    return said(problem.code, problem.parameters)
