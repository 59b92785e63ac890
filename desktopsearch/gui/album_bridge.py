"""The part of the way to the services that concerns albums; see ``bridge``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopsearch.domain.albums import Act, Album, History, LabelCount
from desktopsearch.domain.suggesting import Suggestions
from desktopsearch.gui.bridge import Bridge, Failure

if TYPE_CHECKING:
    from desktopsearch.services.session import WritingSession

Answer = Callable[[Act | Failure | None], None]
"""Gets what was done; None where nothing had to change."""


@dataclass(frozen=True, slots=True)
class AlbumsState:
    """All albums in the order of their names, and what would be undone and redone next."""

    albums: Sequence[Album]
    history: History


class AlbumBridge:
    """What the window asks of the services about albums; answers come on the GUI thread."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def fetch(self, answer: Callable[[AlbumsState | Failure], None]) -> None:
        """The albums as they stand."""

        def work(session: WritingSession) -> AlbumsState:
            from desktopsearch.services import albums

            return AlbumsState(albums.every(session.library), albums.history(session.library))

        self._bridge.ask(work, answer)

    def fetch_label_counts(
        self, photo_ids: Sequence[int], answer: Callable[[list[LabelCount] | Failure], None]
    ) -> None:
        """What is said of photos, album by album."""

        def work(session: WritingSession) -> list[LabelCount]:
            from desktopsearch.services import albums

            return albums.label_counts(session.library, photo_ids)

        self._bridge.ask(work, answer)

    def fetch_albums_of(
        self,
        photo_ids: Sequence[int],
        answer: Callable[[dict[int, tuple[int, ...]] | Failure], None],
    ) -> None:
        """The ids of the albums that photos are in; those in none are left out."""

        def work(session: WritingSession) -> dict[int, tuple[int, ...]]:
            from desktopsearch.services import albums

            return albums.albums_of(session.library, photo_ids)

        self._bridge.ask(work, answer)

    def create(self, name: str, answer: Callable[[Album | Failure], None]) -> None:
        """Make an album."""
        self._bridge.ask(lambda session: session.labelling.create(name), answer)

    def rename(self, album_id: int, name: str, answer: Answer) -> None:
        """Give an album another name."""
        self._bridge.ask(lambda session: session.labelling.rename(album_id, name), answer)

    def recolour(self, album_id: int, colour: str, answer: Answer) -> None:
        """Give an album another colour."""
        self._bridge.ask(lambda session: session.labelling.recolour(album_id, colour), answer)

    def delete(self, album_id: int, answer: Answer) -> None:
        """Delete an album; no photo is touched."""
        self._bridge.ask(lambda session: session.labelling.delete(album_id), answer)

    def add(self, album_id: int, photo_ids: Sequence[int], answer: Answer) -> None:
        """Say that photos are in an album."""
        self._bridge.ask(lambda session: session.labelling.add(album_id, photo_ids), answer)

    def remove(self, album_id: int, photo_ids: Sequence[int], answer: Answer) -> None:
        """Say no more whether photos are in an album or not."""
        self._bridge.ask(lambda session: session.labelling.remove(album_id, photo_ids), answer)

    def reject(self, album_id: int, photo_ids: Sequence[int], answer: Answer) -> None:
        """Say that photos are not in an album; that is remembered."""
        self._bridge.ask(lambda session: session.labelling.reject(album_id, photo_ids), answer)

    def suggest(
        self, album_id: int, limit: int, answer: Callable[[Suggestions | Failure], None]
    ) -> None:
        """Ask for photos that may belong to an album; ``Cancelled`` when asked again meanwhile."""
        self._bridge.begin(
            lambda session, reply: session.suggesting.suggest(album_id, limit, reply), answer
        )

    def forget_suggestions(self) -> None:
        """Let go of what was kept to suggest more."""
        self._bridge.ask(lambda session: session.suggesting.forget(), lambda _result: None)

    def undo(self, answer: Answer) -> None:
        """Undo the last act, also one of an earlier session."""
        self._bridge.ask(lambda session: session.labelling.undo(), answer)

    def redo(self, answer: Answer) -> None:
        """Redo the act that was undone last."""
        self._bridge.ask(lambda session: session.labelling.redo(), answer)
