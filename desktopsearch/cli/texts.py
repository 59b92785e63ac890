"""Every text that the command line shows goes through here, to be translated.

Owns how figures are written in it. JSON stays as it is, whatever the language.
"""

from __future__ import annotations

from typing import Final

from desktopsearch import translation
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import Parameters, ProblemCode, sentence
from desktopsearch.translation import _ as _
from desktopsearch.translation import form as form

_SEPARATORS: Final = {"de": str.maketrans(",.", ".,")}


def plural(singular: str, several: str, count: int) -> str:
    """The form that fits the count, with ``{n}`` filled in."""
    return form(singular, several, count).format(n=figure(count))


def figure(count: int) -> str:
    """A whole number with digit groups."""
    return _localised(f"{count:,}")


def decimal(value: float, places: int = 1) -> str:
    """A number with some decimal places."""
    return _localised(f"{value:,.{places}f}")


def said(code: ProblemCode, parameters: Parameters) -> str:
    """The sentence of a problem."""
    return sentence(code, parameters, _)


def error_sentence(error: DesktopSearchError) -> str:
    """The sentence of an error."""
    return said(error.code, error.parameters)


def _localised(number: str) -> str:
    return number.translate(_SEPARATORS.get(translation.language(), {}))
