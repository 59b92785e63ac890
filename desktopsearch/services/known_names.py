"""What to say where nothing has the name that was given."""

from __future__ import annotations

from collections.abc import Sequence

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

_MOST_NAMED = 10


def unknown(
    name: str, known: Sequence[str], *, none_yet: ProblemCode, otherwise: ProblemCode
) -> DesktopSearchError:
    """Return an error that names some of those that there are.

    Args:
        name: That was given, perhaps not text.
        known: The names that there are.
        none_yet: To say where there are none.
        otherwise: To say with the first of them.
    """
    name = name.encode("utf-8", "replace").decode("utf-8")
    if not known:
        return DesktopSearchError(none_yet, name=name)
    more = [f"{len(known) - _MOST_NAMED} more"] if len(known) > _MOST_NAMED else []
    return DesktopSearchError(otherwise, name=name, known=", ".join([*known[:_MOST_NAMED], *more]))
