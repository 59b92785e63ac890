"""Distances mixed of taught codes and the model's own, over a real library with made-up codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import delete

from desktopsearch.config import LibraryPaths
from desktopsearch.domain.codes import unpack
from desktopsearch.domain.examples import Example
from desktopsearch.domain.search import Query
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.services import own_codes
from desktopsearch.services.library import Library
from desktopsearch.services.ranking import Shortlist
from desktopsearch.storage import codes, generations
from desktopsearch.storage.cache_schema import embedding
from desktopsearch.storage.schema import code
from tests.services.made_up_library import (
    embeddings_of_kinds,
    make_library,
    teach_at_random,
)

PHOTOS, BITS = 400, 64


@pytest.fixture(scope="module")
def embeddings() -> NDArray[np.float16]:
    return embeddings_of_kinds(PHOTOS, 10, 2.0)


@pytest.fixture
def library(embeddings: NDArray[np.float16], tmp_path: Path) -> Iterator[Library]:
    """Photo ``n`` has row ``n - 1``; searches use 64 bits that were taught."""
    paths = LibraryPaths(tmp_path)
    assert make_library(paths, embeddings) == list(range(1, PHOTOS + 1))
    with Library.open_writer(paths) as library:
        library.switch_to(teach_at_random(library, BITS, 1), back=False)
        yield library


def found(
    library: Library, embeddings: NDArray[np.float16], query: Query, *rows: int
) -> dict[int, int]:
    """The distance of each photo, nearest first."""
    return distances(Shortlist(library, query, embeddings[list(rows)]))


def distances(shortlist: Shortlist) -> dict[int, int]:
    while not shortlist.is_ready:
        shortlist.go_on()
    return {each.photo_id: each.distance for each in shortlist.candidates}


def apart(layer: HashLayer, embeddings: NDArray[np.float16], row: int) -> NDArray[np.int64]:
    bits = unpack(layer.codes(embeddings))
    differing: NDArray[np.int64] = (bits != bits[row]).sum(axis=1)
    return differing


def query(taste: float) -> Query:
    return Query(photo_id=1, limit=PHOTOS, taste=taste, counted=True)


@pytest.mark.parametrize("taste", [0.0, 0.25, 0.5, 0.75])
def test_each_distance_counts_as_a_share_of_its_own_bits(
    library: Library, embeddings: NDArray[np.float16], taste: float
) -> None:
    snapshot = library.snapshot
    assert snapshot.own.generation is not None
    assert snapshot.own.generation.bits == 256
    by_taught = apart(snapshot.layer, embeddings, 0) / BITS
    by_model = apart(snapshot.own.layer, embeddings, 0) / 256
    wanted = np.floor(BITS * (taste * by_taught + (1 - taste) * by_model) + 0.5).astype(int)
    shortlist = Shortlist(library, query(taste), embeddings[[0]])
    told = distances(shortlist)
    assert told == dict(enumerate(wanted.tolist(), 1))
    assert list(told.values()) == sorted(told.values())
    assert shortlist.counts == tuple(np.bincount(wanted, minlength=BITS + 1).tolist())


def test_the_ends_are_the_orders_of_either_codes_alone(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    by_taught = list(found(library, embeddings, query(1.0), 0))
    by_model = list(found(library, embeddings, query(0.0), 0))
    own = library.snapshot.own.generation
    assert own is not None
    library.switch_to(own, back=True)
    assert list(found(library, embeddings, query(1.0), 0)) == by_model
    assert by_taught != by_model


def test_photos_that_came_after_the_teaching_are_encoded_on_the_way(
    library: Library, embeddings: NDArray[np.float16], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = found(library, embeddings, query(0.5), 0)
    later = [1, 7, 200, 398, 399, 400]
    snapshot = library.snapshot
    assert snapshot.own.generation is not None
    with library.database.write() as connection:
        connection.execute(
            delete(code).where(
                code.c.generation_id == snapshot.own.generation.id, code.c.photo_id.in_(later)
            )
        )
    # In pieces, as with many photos.
    monkeypatch.setattr(own_codes, "_READ_AT_ONCE", 50)
    monkeypatch.setattr(own_codes, "_MADE_AT_ONCE", 2)
    anew = replace(snapshot, own=own_codes.OwnCodes(library.database, snapshot.generation))
    monkeypatch.setattr(library, "_snapshot", anew)
    assert found(library, embeddings, query(0.5), 0) == wanted
    assert anew.own.of(np.array(later))[0].all()
    with library.database.read() as connection:
        stored = codes.read_some(connection, snapshot.own.generation.id, later)
    assert stored == {}, "they are kept in memory alone"


def test_where_the_embedding_is_lost_the_taught_distance_stands_alone(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    snapshot = library.snapshot
    assert snapshot.own.generation is not None
    with library.database.write() as connection:
        connection.execute(delete(code).where(code.c.generation_id == snapshot.own.generation.id))
        connection.execute(delete(embedding))
    by_taught = apart(snapshot.layer, embeddings, 0)
    assert found(library, embeddings, query(0.0), 0) == dict(enumerate(by_taught.tolist(), 1))


def test_a_query_ends_with_the_generations_that_it_began_with(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    wanted = found(library, embeddings, query(0.5), 0)
    under_way = Shortlist(library, query(0.5), embeddings[[0]])
    other = teach_at_random(library, BITS, 2)
    before = library.snapshot
    library.switch_to(other, back=False)
    assert library.snapshot.own is not before.own, "what was loaded goes with the snapshot"
    assert distances(under_way) == wanted
    assert found(library, embeddings, query(0.5), 0) != wanted


def test_without_taught_codes_there_is_nothing_to_mix(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    own = library.snapshot.own.generation
    assert own is not None
    library.switch_to(own, back=True)
    assert library.snapshot.own.generation is None
    alone = found(library, embeddings, query(1.0), 0)
    assert found(library, embeddings, query(0.25), 0) == alone


def test_codes_of_another_model_are_none_of_its_own(library: Library) -> None:
    made = teach_at_random(library, BITS, 3)
    deep = replace(made, model="taught-1", fingerprint="of another network")
    with library.database.read() as connection:
        assert generations.untaught(connection, deep) is None
        assert generations.untaught(connection, made) is not None


def test_several_pictures_are_mixed_alike(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    pictures = [Example(photo_id=1), Example(photo_id=2), Example(photo_id=3, alike=False)]
    told = found(library, embeddings, query(0.5).with_pictures(pictures), 0, 1, 2)
    shares = []
    for layer in (library.snapshot.layer, library.snapshot.own.layer):
        one, other, unlike = (apart(layer, embeddings, row) for row in (0, 1, 2))
        meant = (one + other) / 2
        shares.append((meant + np.maximum(0, meant - unlike)) / layer.bits)
    mixed = BITS * (shares[0] + shares[1]) / 2
    # What is far beyond all bits is shown as all of them.
    wanted = np.minimum(np.floor(mixed + 0.5), BITS).astype(int)
    assert told == dict(enumerate(wanted.tolist(), 1))
