"""Searches that are saved under a name: listed, changed by acts that can be undone, asked again.

A photo of the library is kept by its content, so that it is found wherever it lies, also when the
index was deleted and made anew. The acts belong to the thread of the library's writer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection

from desktopsearch.domain.albums import Act, ActKind, checked_name, folded
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.kept_queries import KeptPicture, KeptQuery, SavedQuery, SavedSearch
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.search import Query
from desktopsearch.services.events import AlbumsChanged, Publish, SearchesChanged
from desktopsearch.services.known_names import unknown
from desktopsearch.services.library import Library
from desktopsearch.storage import albums, photos, saved_searches
from desktopsearch.storage.journal import NewAct
from desktopsearch.storage.paths import photos_at

_Picture = TypeVar("_Picture", KeptQuery, KeptPicture)


def every(library: Library) -> list[SavedSearch]:
    """All of them, in the order of their names."""
    with library.database.read() as connection:
        return saved_searches.every(connection)


def named(library: Library, name: str) -> SavedSearch:
    """The search of this name, whatever its case.

    Raises:
        DesktopSearchError: SEARCH_UNKNOWN or SEARCH_NONE_YET.
    """
    with library.database.read() as connection:
        found = saved_searches.find(connection, name)
        if found is not None:
            return found
        known = [each.name for each in saved_searches.every(connection)]
    raise unknown(
        name,
        known,
        none_yet=ProblemCode.SEARCH_NONE_YET,
        otherwise=ProblemCode.SEARCH_UNKNOWN,
    )


def ready(library: Library, search: SavedSearch) -> SavedQuery:
    """What is to be asked now: photos of the library by their ids of today.

    Raises:
        DesktopSearchError: SEARCH_PHOTO_GONE or SEARCH_ALBUM_GONE. Whether a file or a folder is
            there shows when the search is asked.
    """
    saved = search.query
    with library.database.read() as connection:
        _check_albums(connection, search)
        if saved.pictures is None:
            return saved
        first = _placed(connection, search.name, saved.pictures, saved.pictures.title)
        further = tuple(
            _placed(connection, search.name, each, each.name) for each in saved.pictures.further
        )
    return replace(saved, pictures=replace(first, further=further))


def query_of(library: Library, search: SavedSearch) -> Query:
    """The query that a search asks today.

    Raises:
        DesktopSearchError: As ``ready``.
    """
    today = date.today()  # noqa: DTZ011 - the day of the person at this machine
    return ready(library, search).query(today)


class SavedSearches:
    """Acts on the saved searches of a library; None instead of an act where nothing changes."""

    def __init__(self, library: Library, publish: Publish) -> None:
        """Prepare.

        Args:
            library: Open for writing.
            publish: Told of every change.
        """
        self._library = library
        self._publish = publish

    def save(self, name: str, query: SavedQuery, *, replacing: bool = False) -> Act | None:
        """Keep a search under a name.

        Args:
            name: As a person gave it.
            query: What it is made of; photos by their ids.
            replacing: Whether a search of that name becomes this one.

        Raises:
            DesktopSearchError: SEARCH_NAME_TAKEN, SEARCH_NAME_EMPTY, SEARCH_NAME_TOO_LONG or
                SEARCH_NAME_INVALID.
        """
        name = _checked(name)
        with self._library.database.write() as connection:
            query = _by_content(connection, query)
            old = saved_searches.find(connection, name)
            if old is not None and not replacing:
                raise DesktopSearchError(ProblemCode.SEARCH_NAME_TAKEN, name=old.name)
            act = NewAct(connection, ActKind.SAVE_SEARCH, name)
            if old is None:
                saved_searches.note_new(connection, act.id, name, query)
            else:
                saved_searches.note_change(connection, act.id, old, name, query)
            done = act.finish()
        return self._tell(done)

    def rename(self, search_id: int, name: str) -> Act | None:
        """Give a search another name.

        Raises:
            DesktopSearchError: SEARCH_GONE; as ``save``.
        """
        name = _checked(name)
        with self._library.database.write() as connection:
            old = _known(connection, search_id)
            taken = saved_searches.find(connection, name)
            if taken is not None and folded(name) != folded(old.name):
                raise DesktopSearchError(ProblemCode.SEARCH_NAME_TAKEN, name=taken.name)
            act = NewAct(connection, ActKind.RENAME_SEARCH, old.name)
            saved_searches.note_change(connection, act.id, old, name, old.query)
            done = act.finish()
        return self._tell(done)

    def delete(self, search_id: int) -> Act | None:
        """Forget a search; no photo is touched.

        Raises:
            DesktopSearchError: SEARCH_GONE.
        """
        with self._library.database.write() as connection:
            old = _known(connection, search_id)
            act = NewAct(connection, ActKind.DELETE_SEARCH, old.name)
            saved_searches.note_deletion(connection, act.id, old)
            done = act.finish()
        return self._tell(done)

    def _tell(self, done: Act | None) -> Act | None:
        if done is not None:
            self._publish(AlbumsChanged())
            self._publish(SearchesChanged())
        return done


def _checked(name: str) -> str:
    try:
        return checked_name(name)
    except DesktopSearchError as error:
        # What is wrong with a name is the same for albums; the sentences speak of them.
        code = ProblemCode[error.code.name.replace("ALBUM_", "SEARCH_")]
        raise DesktopSearchError(code, **error.parameters) from error


def _known(connection: Connection, search_id: int) -> SavedSearch:
    found = saved_searches.read(connection, search_id)
    if found is None:
        raise DesktopSearchError(ProblemCode.SEARCH_GONE)
    return found


def _check_albums(connection: Connection, search: SavedSearch) -> None:
    how = search.query.how
    wanted = how.filter.album_ids | ({how.album_id} if how.album_id is not None else set())
    if any(albums.read(connection, each) is None for each in wanted):
        raise DesktopSearchError(ProblemCode.SEARCH_ALBUM_GONE, name=search.name)


def _by_content(connection: Connection, query: SavedQuery) -> SavedQuery:
    if query.pictures is None:
        return query
    further = tuple(_known_by_content(connection, each) for each in query.pictures.further)
    first = _known_by_content(connection, query.pictures)
    return replace(query, pictures=replace(first, further=further))


def _known_by_content(connection: Connection, picture: _Picture) -> _Picture:
    photo_id = picture.photo_id
    if picture.path is not None:
        photo_id = photos_at(connection, [picture.path]).get(picture.path)
    if photo_id is None:
        return picture
    digest = photos.digests_of(connection, [photo_id]).get(photo_id)
    return replace(picture, photo_id=None, digest=digest)


def _placed(connection: Connection, search_name: str, picture: _Picture, name: str) -> _Picture:
    if picture.digest is not None:
        photo_id = photos.find(connection, picture.digest)
        if photo_id is not None:
            return replace(picture, photo_id=photo_id, path=None)
    if picture.path is None and picture.data is None:
        raise DesktopSearchError(ProblemCode.SEARCH_PHOTO_GONE, name=search_name, picture=name)
    return picture
