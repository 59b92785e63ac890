"""What exclude patterns do: which of them leave out a path, how many files each would hide."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopsearch.domain.errors import Cancelled
from desktopsearch.domain.excludes import Excludes, blamed
from desktopsearch.services.library import Library
from desktopsearch.services.loop import ServiceLoop
from desktopsearch.storage import locations, roots

# Takes some ten milliseconds a turn.
_FILES_A_TURN = 2_000


@dataclass(frozen=True, slots=True)
class Tested:
    """What the patterns say of a path."""

    path: bytes
    root: bytes | None
    """The library's folder that it lies in; without one it is judged from the top."""
    patterns: tuple[str, ...]
    """Those that leave it out."""


def test(library: Library, path: Path) -> Tested:
    """Find the patterns that leave out a file or folder, which need not be there."""
    place = os.fsencode(path.absolute())
    with library.database.read() as connection:
        root = roots.covering(connection, place)
        patterns = roots.exclusions(connection)
    below = roots.relative(root.path if root else b"", place)
    return Tested(
        place,
        root.path if root else None,
        tuple(blamed(patterns, os.fsdecode(below))) if below else (),
    )


class HiddenCount:
    """Counts in small steps on the loop, so that nothing waits for it."""

    def __init__(
        self,
        library: Library,
        loop: ServiceLoop,
        patterns: Sequence[str],
        answer: Callable[[dict[str, int] | Cancelled], None],
    ) -> None:
        """Begin to count.

        Args:
            library: What it holds now is what could be hidden.
            loop: Where the steps are taken.
            patterns: In the form in which they are kept.
            answer: Called on the loop's thread with the files that each pattern would hide.
        """
        self._library = library
        self._loop = loop
        self._answer = answer
        self._excludes = {pattern: Excludes([pattern]) for pattern in patterns}
        self._any = Excludes(patterns)
        self._folders: dict[bytes, bool] = {}
        self._counts = dict.fromkeys(patterns, 0)
        self._after = 0
        self._cancelled = False
        loop.call(self._step)

    def cancel(self) -> None:
        """Count no further."""
        self._cancelled = True

    def _step(self) -> None:
        if self._cancelled:
            self._answer(Cancelled())
            return
        with self._library.database.read() as connection:
            files = locations.places_after(connection, self._after, _FILES_A_TURN)
        for self._after, directory, name in files:
            self._count(directory, name)
        if files:
            self._loop.call(self._step)
        else:
            self._cancelled = True
            self._answer(self._counts)

    def _count(self, directory: bytes, name: bytes) -> None:
        path = os.fsdecode(directory + b"/" + name if directory else name)
        if directory not in self._folders:
            folder = os.fsdecode(directory)
            self._folders[directory] = bool(folder) and self._any.leaves_out(folder)
        # Hardly any file is hidden: each pattern by itself is asked for these few alone.
        if self._folders[directory] or self._any.matches(path):
            for pattern, excludes in self._excludes.items():
                self._counts[pattern] += excludes.leaves_out(path)
