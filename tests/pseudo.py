"""A language that nobody speaks: English with accents, 40 % longer, to see what is cut off."""

from __future__ import annotations

import gettext
import re

_ACCENTED = str.maketrans("aeiouAEIOUcnsyz", "áéíóúÁÉÍÓÚçñšýž")
_KEPT = re.compile(r"(\{[^{}]*\}|%\(\w+\)\w|%s|\*\S*|\s)")
_LONGER = 0.4
_FILLER = "łôřëm ìpšûm "


class Pseudo(gettext.NullTranslations):
    """Translates everything, so that what stays plain English was never given to it."""

    def gettext(self, message: str) -> str:
        """Lengthen a text and accent its letters; placeholders stay."""
        words = "".join(
            part if _KEPT.fullmatch(part) else part.translate(_ACCENTED)
            for part in _KEPT.split(message)
        )
        room = round(len(message) * _LONGER)
        filler = (_FILLER * (room // len(_FILLER) + 1))[:room].strip()
        body, end = words.rstrip(), words[len(words.rstrip()) :]
        return f"{body} {filler}{end}" if filler else words

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """As English, then the same."""
        return self.gettext(msgid1 if n == 1 else msgid2)
