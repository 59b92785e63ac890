"""What is done to albums and to what is said of photos: each act at once, and to be undone.

Belongs to the thread of the library's writer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from desktopsearch.domain.albums import (
    Act,
    ActKind,
    Album,
    checked_colour,
    checked_name,
    folded,
    free_colour,
)
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.services.events import (
    AlbumsChanged,
    DifferencesChanged,
    Publish,
    SearchesChanged,
)
from desktopsearch.services.library import Library
from desktopsearch.storage import albums
from desktopsearch.storage.journal import NewAct, redo, undo


@dataclass(frozen=True, slots=True)
class NamedAlbum:
    """What is to be said of photos and the album of this name."""

    name: str
    """As ``checked_name`` returns it."""
    colour: str | None
    """For a new album; None for any."""
    photo_ids: Sequence[int]
    rejected_ids: Sequence[int]


class Labelling:
    """Acts on the albums of a library; None instead of an act where nothing had to change."""

    def __init__(self, library: Library, publish: Publish) -> None:
        """Prepare.

        Args:
            library: Open for writing.
            publish: Told of every change.
        """
        self._library = library
        self._publish = publish

    def create(self, name: str, colour: str | None = None) -> Album:
        """Make an album, in the colour that the fewest have unless one is given.

        Raises:
            DesktopSearchError: ALBUM_NAME_EMPTY, ALBUM_NAME_TOO_LONG, ALBUM_NAME_INVALID,
                ALBUM_NAME_TAKEN or ALBUM_COLOUR_UNKNOWN.
        """
        name = checked_name(name)
        chosen = None if colour is None else checked_colour(colour)
        with self._library.database.write() as connection:
            _refuse_taken(connection, name)
            taken = [each.colour for each in albums.every(connection)]
            act = NewAct(connection, ActKind.CREATE, name)
            album_id = act.create(name, chosen or free_colour(taken))
            done = act.finish()
            album = _known(connection, album_id)
        self._tell(done)
        return album

    def rename(self, album_id: int, name: str) -> Act | None:
        """Give an album another name.

        Raises:
            DesktopSearchError: ALBUM_GONE; as ``create``.
        """
        name = checked_name(name)
        with self._library.database.write() as connection:
            old = _known(connection, album_id)
            if folded(name) != folded(old.name):
                _refuse_taken(connection, name)
            act = NewAct(connection, ActKind.RENAME, old.name)
            act.change(old, name=name, colour=old.colour)
            done = act.finish()
        return self._tell(done)

    def recolour(self, album_id: int, colour: str) -> Act | None:
        """Give an album another colour.

        Raises:
            DesktopSearchError: ALBUM_GONE or ALBUM_COLOUR_UNKNOWN.
        """
        colour = checked_colour(colour)
        with self._library.database.write() as connection:
            old = _known(connection, album_id)
            act = NewAct(connection, ActKind.RECOLOUR, old.name)
            act.change(old, name=old.name, colour=colour)
            done = act.finish()
        return self._tell(done)

    def delete(self, album_id: int) -> Act | None:
        """Delete an album with all that is said of photos and it; no photo is touched.

        Raises:
            DesktopSearchError: ALBUM_GONE.
        """
        with self._library.database.write() as connection:
            old = _known(connection, album_id)
            act = NewAct(connection, ActKind.DELETE, old.name)
            act.delete(old)
            done = act.finish()
        return self._tell(done)

    def add(self, album_id: int, photo_ids: Sequence[int]) -> Act | None:
        """Say that photos are in an album.

        Raises:
            DesktopSearchError: ALBUM_GONE.
        """
        return self._label(ActKind.ADD, album_id, photo_ids, rejected=False)

    def remove(self, album_id: int, photo_ids: Sequence[int]) -> Act | None:
        """Say no more whether photos are in an album or not.

        Raises:
            DesktopSearchError: ALBUM_GONE.
        """
        return self._label(ActKind.REMOVE, album_id, photo_ids, rejected=None)

    def reject(self, album_id: int, photo_ids: Sequence[int]) -> Act | None:
        """Say that photos are not in an album; that is remembered.

        Raises:
            DesktopSearchError: ALBUM_GONE.
        """
        return self._label(ActKind.REJECT, album_id, photo_ids, rejected=True)

    def take_in(self, listed: Sequence[NamedAlbum]) -> Act | None:
        """Make what albums are missing and label photos, all in one act.

        Of a photo that is said to be in an album and not in it, the first counts.

        Raises:
            DesktopSearchError: ALBUM_COLOUR_UNKNOWN.
        """
        with self._library.database.write() as connection:
            act = NewAct(connection, ActKind.IMPORT)
            taken = [each.colour for each in albums.every(connection)]
            for each in listed:
                album = albums.find(connection, each.name)
                if album is None:
                    colour = checked_colour(each.colour) if each.colour else free_colour(taken)
                    taken.append(colour)
                    album_id = act.create(each.name, colour)
                else:
                    album_id = album.id
                act.label(album_id, each.photo_ids, rejected=False)
                act.label(album_id, sorted({*each.rejected_ids} - {*each.photo_ids}), rejected=True)
            done = act.finish()
        return self._tell(done)

    def undo(self) -> Act:
        """Undo the last act, also one of an earlier session.

        Raises:
            DesktopSearchError: NOTHING_TO_UNDO.
        """
        with self._library.database.write() as connection:
            done = undo(connection)
        if done is None:
            raise DesktopSearchError(ProblemCode.NOTHING_TO_UNDO)
        self._tell(done)
        return done

    def redo(self) -> Act:
        """Redo the act that was undone last.

        Raises:
            DesktopSearchError: NOTHING_TO_REDO.
        """
        with self._library.database.write() as connection:
            done = redo(connection)
        if done is None:
            raise DesktopSearchError(ProblemCode.NOTHING_TO_REDO)
        self._tell(done)
        return done

    def _label(
        self, kind: ActKind, album_id: int, photo_ids: Sequence[int], *, rejected: bool | None
    ) -> Act | None:
        with self._library.database.write() as connection:
            album = _known(connection, album_id)
            act = NewAct(connection, kind, album.name)
            act.label(album.id, photo_ids, rejected=rejected)
            done = act.finish()
        return self._tell(done)

    def _tell(self, done: Act | None) -> Act | None:
        if done is not None:
            self._publish(AlbumsChanged())
            if done.kind in (ActKind.DIFFERENT, ActKind.SAME):
                self._publish(DifferencesChanged())
            if done.kind in (ActKind.SAVE_SEARCH, ActKind.RENAME_SEARCH, ActKind.DELETE_SEARCH):
                self._publish(SearchesChanged())
        return done


def _known(connection: Connection, album_id: int) -> Album:
    album = albums.read(connection, album_id)
    if album is None:
        raise DesktopSearchError(ProblemCode.ALBUM_GONE)
    return album


def _refuse_taken(connection: Connection, name: str) -> None:
    taken = albums.find(connection, name)
    if taken is not None:
        raise DesktopSearchError(ProblemCode.ALBUM_NAME_TAKEN, name=taken.name)
