"""The pictures that a query is made of. The command line's help imports it, so it has no NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktopsearch.domain.framing import Framing

MOST_PICTURES: Final = 12
"""Of one query, so that it is answered soon."""


@dataclass(frozen=True, slots=True)
class Example:
    """A picture of a query; as in ``Query``, one of ``path``, ``data``, ``photo_id`` is given."""

    path: bytes | None = None
    data: bytes | None = None
    photo_id: int | None = None
    framing: Framing | None = None
    alike: bool = True
    """Whether photos are to be like it, or unlike it."""
