"""What is said of photos that look alike and are no duplicates; each act can be undone.

Belongs to the thread of the library's writer.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktopsearch.domain.albums import Act, ActKind
from desktopsearch.domain.differences import Apart, Pair, apart
from desktopsearch.services.events import AlbumsChanged, DifferencesChanged, Publish
from desktopsearch.services.library import Library
from desktopsearch.storage import differences
from desktopsearch.storage.journal import NewAct


def told_apart(library: Library) -> Apart:
    """Which photos were told apart from which."""
    with library.database.read() as connection:
        return apart(differences.every(connection))


class Differing:
    """Acts on the differences of a library; None instead of an act where nothing changes."""

    def __init__(self, library: Library, publish: Publish) -> None:
        """Prepare.

        Args:
            library: Open for writing.
            publish: Told of every change.
        """
        self._library = library
        self._publish = publish

    def tell_apart(self, pairs: Sequence[Pair]) -> Act | None:
        """Say that photos are no duplicates of each other."""
        return self._note(ActKind.DIFFERENT, pairs)

    def forget(self, pairs: Sequence[Pair]) -> Act | None:
        """Say no more that photos are no duplicates of each other."""
        return self._note(ActKind.SAME, pairs)

    def _note(self, kind: ActKind, pairs: Sequence[Pair]) -> Act | None:
        with self._library.database.write() as connection:
            act = NewAct(connection, kind)
            differences.note(connection, act.id, pairs, different=kind is ActKind.DIFFERENT)
            done = act.finish()
        if done is not None:
            self._publish(AlbumsChanged())
            self._publish(DifferencesChanged())
        return done
