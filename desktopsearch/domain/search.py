"""A question to the library and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktopsearch.domain.examples import Example
from desktopsearch.domain.filters import EVERYTHING, Filter
from desktopsearch.domain.framing import Framing

RERANKED: Final = 1_000
"""How many of the nearest photos the second stage orders anew."""

NEAR_COPY_BITS: Final = 20
"""In how many bits codes of near copies may differ. Measured by ``benchmarks.near_copies``: most
photos that were saved again lie within it, fewer than one in a hundred other photos do."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: a picture by ``path``, ``data`` or ``photo_id``, or one listing."""

    path: bytes | None = None
    """An image file, anywhere."""
    data: bytes | None = None
    """The bytes of an image file, such as from the clipboard."""
    photo_id: int | None = None
    """A photo of the library."""
    album_id: int | None = None
    """An album, to be listed whole, the latest photo first; nothing is compared."""
    folder: bytes | None = None
    """A folder of the library, to be listed in the same way, with all that is below it."""
    all_photos: bool = False
    """Whether all of the library is to be listed in the same way."""
    duplicates: bool = False
    """Whether groups of near copies and copies are to be listed, of all the library."""
    framing: Framing | None = None
    """The part of the picture that counts and how it is held; None for the picture as it is."""
    examples: tuple[Example, ...] = ()
    """Further pictures that photos are to be like or unlike."""
    limit: int = 100
    """Most photos of the answer; an album is listed whole all the same."""
    max_distance: int | None = None
    """In bits; None for no limit."""
    filter: Filter = EVERYTHING
    """Which photos may be found."""
    rerank: bool = False
    """Whether the second stage orders the first ``RERANKED`` anew, by the cosine of embeddings."""
    taste: float = 1.0
    """Where codes were taught: from 0, for distances by the model's own codes, to 1, for those that
    were taught; between them distances are mixed, each as a share of its bits."""
    folded: bool = False
    """Whether near copies among the hits are to name the hit that they fold behind."""
    near_copies: bool = False
    """Whether only near copies of a photo of the library are wanted: what was told apart from it as
    no duplicate is left out. How far they may be is said by ``max_distance``."""
    counted: bool = False
    """Whether the answer is to say how many photos lie at each distance."""

    @property
    def is_listing(self) -> bool:
        """Whether photos are listed and nothing is compared."""
        return (
            self.album_id is not None
            or self.folder is not None
            or self.all_photos
            or self.duplicates
        )

    @property
    def pictures(self) -> tuple[Example, ...]:
        """All pictures: the first, which is always one that is meant, and the further ones."""
        return (Example(self.path, self.data, self.photo_id, self.framing), *self.examples)

    def with_pictures(self, pictures: Sequence[Example]) -> Query:
        """The same with other pictures, of which one at least is meant; the first such leads."""
        first = next(each for each in pictures if each.alike)
        return replace(
            self,
            path=first.path,
            data=first.data,
            photo_id=first.photo_id,
            framing=first.framing,
            examples=tuple(each for each in pictures if each is not first),
        )


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A photo of the answer, with all copies of its content."""

    photo_id: int
    distance: int
    """Bits in which its code differs from the query's; with several pictures as ``combining`` has
    it, rounded."""
    path: bytes
    copies: tuple[bytes, ...]
    """Where else the same content lies."""
    offline: bool
    """Whether its folder cannot be reached now."""
    cosine: float | None = None
    """Of its embedding and the query's, from -1 to 1; None where the second stage had no say."""
    compared: bool = True
    """Whether there was a picture to compare it with; without one, its distance is 0."""
    lead: int | None = None
    """The photo of a hit before it that it is a near copy of; see ``Query.folded``. Among
    duplicates the first of its group."""
    from_lead: int | None = None
    """Among duplicates, bits between its code and that of the first of its group."""


def grouped(hits: Sequence[SearchHit]) -> list[tuple[SearchHit, list[SearchHit]]]:
    """Each hit that is no near copy, in order, with the near copies that fold behind it."""
    groups: dict[int, tuple[SearchHit, list[SearchHit]]] = {}
    for hit in hits:
        if hit.lead is None:
            groups[hit.photo_id] = (hit, [])
        else:
            groups[hit.lead][1].append(hit)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Where the time went, in milliseconds."""

    decode_ms: float
    encode_ms: float
    search_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Hits, nearest first, all from one generation; of a listing, the latest first, or by group.

    Nearest by Hamming distance; with ``query.rerank`` the first are in the order of their cosines.
    """

    query: Query
    generation_id: int
    code_bits: int
    hits: tuple[SearchHit, ...]
    searched: int
    """How many photos had a code to compare with."""
    proxy: bytes
    """The query as it was compared: a small JPEG; empty for a listing."""
    whole: bytes
    """The picture of the query before it was framed, upright, in the same form."""
    elapsed: Elapsed
    counts: tuple[int, ...] = ()
    """How many photos lie at each distance, from 0 to ``code_bits``, found among the hits or not;
    empty unless the query asked for it."""
    examples: tuple[bytes, ...] = ()
    """The further pictures of the query as they were compared: small JPEGs."""
    codes: tuple[bytes, ...] = ()
    """Of all pictures of the query, in the generation of the answer."""
    listed: int = 0
    """How many photos a listing has, also those beyond the limit."""
    told_apart: bool = False
    """Whether some photos are known as no duplicates, where that was heeded."""


@dataclass(frozen=True, slots=True)
class DuplicateMember:
    """One copy, or one near copy, in a group."""

    photo_id: int
    path: bytes
    distance: int
    """Bits between its code and that of the group's first member."""


DuplicateGroup = tuple[DuplicateMember, ...]
