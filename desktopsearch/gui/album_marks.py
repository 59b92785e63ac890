"""Which albums the photos of the grid are in: fetched for what is in sight, and kept in bounds.

What is shown stays until it is known how things are now, so that nothing flickers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktopsearch.domain.albums import Album
from desktopsearch.gui.album_acts import AlbumActs
from desktopsearch.gui.bridge import Failure

MOST_KEPT: Final = 20_000
"""Photos; many times what is in sight, and a few megabytes."""


class AlbumMarks(QObject):
    """Knows it for one window; asks on the service thread, one question at a time."""

    changed = Signal()
    """What ``of`` returns is not what it was for some photos."""

    def __init__(self, acts: AlbumActs, most_kept: int = MOST_KEPT) -> None:
        super().__init__(acts)
        self._acts = acts
        self._most_kept = most_kept
        self._albums: dict[int, Album] = {}
        self._kept: OrderedDict[int, tuple[int, tuple[int, ...]]] = OrderedDict()
        """For each photo, of which state of the labels it is known, and its albums."""
        self._state = 0
        self._wanted: Sequence[int] = ()
        self._asking = False
        acts.changed.connect(self._on_changed)

    def of(self, photo_id: int) -> tuple[Album, ...]:
        """The albums that a photo is in, as far as is known, in the order of their names."""
        kept = self._kept.get(photo_id)
        if kept is None:
            return ()
        return tuple(self._albums[each] for each in kept[1] if each in self._albums)

    def want(self, photo_ids: Sequence[int]) -> None:
        """Fetch it for these photos, and forget earlier wishes."""
        self._wanted = photo_ids
        self._ask()

    def _on_changed(self) -> None:
        self._albums = {album.id: album for album in self._acts.albums}
        self._state += 1
        self.changed.emit()
        self._ask()

    def _ask(self) -> None:
        if self._asking or not self._albums:
            return
        state = self._state
        unknown = [each for each in self._wanted if self._kept.get(each, (0,))[0] != state]
        if not unknown:
            return
        self._asking = True

        def answer(found: dict[int, tuple[int, ...]] | Failure) -> None:
            self._asking = False
            # A failure is told by whatever failed; the next page or change asks again.
            if isinstance(found, dict):
                self._keep(state, unknown, found)
                self._ask()

        self._acts.fetch_albums_of(unknown, answer)

    def _keep(
        self, state: int, photo_ids: Sequence[int], found: dict[int, tuple[int, ...]]
    ) -> None:
        for photo_id in photo_ids:
            self._kept[photo_id] = (state, found.get(photo_id, ()))
            self._kept.move_to_end(photo_id)
        while len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)
        self.changed.emit()
