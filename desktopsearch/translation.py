"""The catalogue of the language that people read, for both shells.

English is the source of all texts and needs no catalogue. Must never hold a text itself, nor say
how figures look, which is the shells' business.
"""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from desktopsearch.config import resources_folder

SOURCE: Final = "en"
_DOMAIN: Final = "desktopsearch"

_catalogue = gettext.NullTranslations()
_language = SOURCE


def _(text: str) -> str:
    """The text in the language that is used."""
    return _catalogue.gettext(text)


def form(singular: str, several: str, count: int) -> str:
    """The form of a text that fits a count, still with its placeholders."""
    return _catalogue.ngettext(singular, several, count)


def language() -> str:
    """The language that is used, such as ``de``."""
    return _language


def choose(wanted: Sequence[str]) -> str:
    """The first of these languages that there are texts in, or English.

    Args:
        wanted: The best first, such as ``de-AT``, ``de_AT.UTF-8`` or ``de``.
    """
    for each in wanted:
        name = each.replace("-", "_").partition(".")[0].partition("_")[0].lower()
        if name == SOURCE or _catalogue_file(name) is not None:
            return name
    return SOURCE


def use(name: str) -> None:
    """Say everything in this language from now on; English where it has no text."""
    found = _catalogue_file(name)
    if found is None:
        use_catalogue(gettext.NullTranslations(), SOURCE)
        return
    with open(found, "rb") as file:  # noqa: PTH123 - gettext gives the name as a text
        use_catalogue(gettext.GNUTranslations(file), name)


def use_catalogue(catalogue: gettext.NullTranslations, name: str) -> None:
    """Take the texts out of this catalogue from now on."""
    global _catalogue, _language
    _catalogue, _language = catalogue, name


@contextmanager
def argparse_following() -> Iterator[None]:
    """Have argparse's own words in the same language: it asks gettext, and that the environment.

    Not for longer: Qt asks the environment, too, for whose figures it is to write.
    """
    gettext.bindtextdomain(_DOMAIN, str(resources_folder() / "locale"))
    gettext.textdomain(_DOMAIN)
    before = os.environ.get("LANGUAGE")
    os.environ["LANGUAGE"] = _language
    try:
        yield
    finally:
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def of_the_environment(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The languages that a terminal asks for, the best first, as gettext looks for them."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(variable):
            return value.split(":")
    if sys.platform == "win32":
        import ctypes
        import locale

        return [locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")]
    return []


def _catalogue_file(name: str) -> str | None:
    return gettext.find(_DOMAIN, str(resources_folder() / "locale"), [name])
