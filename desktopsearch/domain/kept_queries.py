"""Queries as they are kept: the recent ones, and those that were saved under a name. Pure.

What is kept is JSON, written and read by msgspec; a new field needs a default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from desktopsearch.domain.examples import Example
from desktopsearch.domain.filters import Lately
from desktopsearch.domain.framing import Framing
from desktopsearch.domain.search import Query


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A further picture of a query; as with ``KeptQuery``, it is given in one way."""

    name: str
    alike: bool
    path: bytes | None = None
    data: bytes | None = None
    """What was compared of a picture that is no file."""
    photo_id: int | None = None
    framing: Framing | None = None
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class KeptQuery:
    """The pictures of a query. As with ``Query``, one of path, data and photo id is given."""

    title: str
    picture: bytes
    """A small JPEG of what was looked for; empty where none was at hand."""
    path: bytes | None = None
    data: bytes | None = None
    """The proxy of a picture that is no file."""
    photo_id: int | None = None
    framing: Framing | None = None
    further: tuple[KeptPicture, ...] = ()
    digest: bytes | None = None
    """Of the content, where the library knows it: in the place of a photo's id, which a rebuilt
    library gives to no photo, and beside a path, which may be another one by then."""

    @property
    def query(self) -> Query:
        """The query to be asked again."""
        return Query(
            path=self.path,
            data=self.data,
            photo_id=self.photo_id,
            framing=self.framing,
            examples=tuple(
                Example(each.path, each.data, each.photo_id, each.framing, each.alike)
                for each in self.further
            ),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Of the further pictures."""
        return tuple(each.name for each in self.further)


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """All that makes up a search: what is looked for, how it is compared and narrowed."""

    how: Query
    """What is listed, if anything is, and all but pictures; made by ``circumstances``."""
    pictures: KeptQuery | None = None
    """None where photos are listed."""
    lately: Lately | None = None
    """Days that move on with the calendar; they stand for those of the filter."""

    def query(self, today: date) -> Query:
        """The query to be asked on a day."""
        wanted = self.how.filter
        if self.lately is not None:
            first, last = self.lately.days(today)
            wanted = replace(wanted, first_day=first, last_day=last)
        how = replace(self.how, filter=wanted)
        if self.pictures is None:
            return how
        asked = self.pictures.query
        return replace(
            how,
            path=asked.path,
            data=asked.data,
            photo_id=asked.photo_id,
            framing=asked.framing,
            examples=asked.examples,
        )


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that was saved under a name."""

    id: int
    name: str
    query: SavedQuery


def circumstances(query: Query) -> Query:
    """A query without its pictures, and as many photos as are usual."""
    usual = Query()
    return replace(
        query,
        path=None,
        data=None,
        photo_id=None,
        framing=None,
        examples=(),
        limit=usual.limit,
        counted=usual.counted,
    )


def to_json(query: SavedQuery) -> str:
    """A search as text, to be kept."""
    return msgspec.json.encode(query).decode("utf-8")


def of_json(text: str) -> SavedQuery:
    """A search that was kept.

    Raises:
        msgspec.DecodeError: The text is none of ``to_json``.
    """
    return msgspec.json.decode(text, type=SavedQuery)


def decode_recent(data: bytes) -> tuple[KeptQuery, ...]:
    """The recent queries of a file.

    Raises:
        msgspec.DecodeError: It holds something else.
    """
    return msgspec.json.decode(data, type=tuple[KeptQuery, ...])


def encode_recent(entries: Sequence[KeptQuery]) -> bytes:
    """Recent queries for a file."""
    return msgspec.json.encode(entries)
