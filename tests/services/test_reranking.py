"""The second stage over a real library whose codes and embeddings are made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.library import FileStamp
from desktopsearch.domain.rankings import unit_rows
from desktopsearch.domain.search import RERANKED, Query
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.services.library import Library
from desktopsearch.services.ranking import Candidate, Shortlist
from desktopsearch.services.session import ReadingSession, WritingSession
from desktopsearch.storage import caches, codes, locations, photos, reconciling, roots
from tests.journeys.photographs import put, put_many
from tests.storage.fill import digest_of, new_photo

PHOTOS = RERANKED + 200
SETTINGS = Settings(decoder_processes=1, encoder_device="cpu")


@pytest.fixture(scope="module")
def embeddings() -> NDArray[np.float16]:
    """One for each photo, the second half not far from the first."""
    generator = np.random.default_rng(0)
    half = generator.standard_normal((PHOTOS // 2, 256))
    rows = np.concatenate([half, half + generator.standard_normal(half.shape)])
    return unit_rows(rows).astype(np.float16)


@pytest.fixture(scope="module")
def library(
    embeddings: NDArray[np.float16], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Library]:
    """Photo ``n`` has the row ``n - 1`` of the embeddings."""
    with Library.open_writer(LibraryPaths(tmp_path_factory.mktemp("library"))) as library:
        generation = library.snapshot.generation
        packed = library.snapshot.layer.codes(embeddings)
        with library.database.write() as connection:
            root = roots.add(connection, b"/photos")
            stamps = [
                FileStamp(b"%d.jpg" % number, 100, 5_000, number) for number in range(1, PHOTOS + 1)
            ]
            reconciling.reconcile_directory(connection, root.id, b"", stamps)
            for place in locations.next_pending(connection, [], PHOTOS):
                number = int(place.name.removesuffix(b".jpg"))
                added = photos.add(connection, new_photo(number))
                locations.settle(connection, place.id, added, 100, 5_000)
            ids = [photos.find(connection, digest_of(number)) for number in range(1, PHOTOS + 1)]
            assert ids == list(range(1, PHOTOS + 1))
            rows = zip(range(1, PHOTOS + 1), packed, strict=True)
            codes.write(
                connection, generation.id, [(number, row.tobytes()) for number, row in rows]
            )
            caches.write_embeddings(
                connection,
                generation.fingerprint,
                {digest_of(number): row for number, row in enumerate(embeddings, 1)},
            )
        library.resync_index()
        yield library


def shortlist(library: Library, query: Query, embedding: NDArray[np.float16]) -> list[Candidate]:
    found = Shortlist(library, query, embedding[None])
    while not found.is_ready:
        found.go_on()
    return found.candidates


def check(
    embeddings: NDArray[np.float16],
    embedding: NDArray[np.float16],
    found: list[Candidate],
    by_code: list[Candidate],
    lost: frozenset[int] = frozenset(),
) -> None:
    """Check an order by two stages against that of the first, without the product's rounding."""
    ids = [each.photo_id for each in found]
    before = [each.photo_id for each in by_code]
    assert set(ids[:RERANKED]) == set(before[:RERANKED])
    assert ids[RERANKED:] == before[RERANKED:]
    known = [photo_id for photo_id in ids[:RERANKED] if photo_id not in lost]
    unknown = [photo_id for photo_id in before[:RERANKED] if photo_id in lost]
    assert ids[:RERANKED] == known + unknown
    centre = load_model(bundled_model_folder()).layer.centre.astype(np.float64)
    rows = embeddings[np.array(known) - 1] - centre
    query = embedding - centre
    cosines = rows @ query / np.linalg.norm(rows, axis=1) / np.linalg.norm(query)
    assert (np.diff(cosines) < 2e-6).all()
    told = [each.cosine for each in found[: len(known)]]
    assert told == pytest.approx(cosines.tolist(), abs=2e-6)
    assert {each.cosine for each in found[len(known) :]} <= {None}


def test_the_first_thousand_are_ordered_by_cosine_and_the_rest_stays(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    for query in (embeddings[7], np.roll(embeddings[3], 1)):
        by_code = shortlist(library, Query(photo_id=8, limit=PHOTOS), query)
        found = shortlist(library, Query(photo_id=8, limit=PHOTOS, rerank=True), query)
        check(embeddings, query, found, by_code)
        assert [each.photo_id for each in found] != [each.photo_id for each in by_code]
        assert {each.photo_id: each.distance for each in found} == {
            each.photo_id: each.distance for each in by_code
        }
        assert {each.cosine for each in by_code} == {None}


def test_few_hits_are_the_first_of_many(library: Library, embeddings: NDArray[np.float16]) -> None:
    everything = shortlist(library, Query(limit=PHOTOS, rerank=True), embeddings[5])
    few = shortlist(library, Query(limit=3, rerank=True), embeddings[5])
    assert few == everything[: len(few)]
    assert 3 <= len(few) < 100


def test_a_distance_cuts_before_the_second_stage(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    by_code = shortlist(library, Query(limit=PHOTOS), embeddings[5])
    radius = by_code[40].distance
    near = [each for each in by_code if each.distance <= radius]
    found = shortlist(library, Query(limit=PHOTOS, max_distance=radius, rerank=True), embeddings[5])
    check(embeddings, embeddings[5], found, near)
    assert shortlist(library, Query(max_distance=-1, rerank=True), embeddings[5]) == []


def test_photos_without_an_embedding_stay_in_order_behind_the_others(
    library: Library, embeddings: NDArray[np.float16]
) -> None:
    query = embeddings[11]
    by_code = shortlist(library, Query(limit=PHOTOS), query)
    lost = frozenset(each.photo_id for each in by_code[:RERANKED:3])
    generation = library.snapshot.generation
    with library.database.write() as connection:
        caches.delete_embeddings(connection)
        kept = {
            digest_of(number): row for number, row in enumerate(embeddings, 1) if number not in lost
        }
        caches.write_embeddings(connection, generation.fingerprint, kept)
        # Those of another network are as good as none.
        strangers = {digest_of(number): embeddings[0] for number in lost}
        caches.write_embeddings(connection, "another", strangers)
    found = shortlist(library, Query(limit=PHOTOS, rerank=True), query)
    with library.database.write() as connection:
        caches.write_embeddings(
            connection,
            generation.fingerprint,
            {digest_of(number): embeddings[number - 1] for number in lost},
        )
    check(embeddings, query, found, by_code, lost)


def test_the_thread_is_given_back_between_steps(
    library: Library, embeddings: NDArray[np.float16], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shortlist(library, Query(rerank=True), embeddings[2])
    ticks = iter(range(10_000))
    monkeypatch.setattr("time.perf_counter", lambda: 0.01 * next(ticks))
    found = Shortlist(library, Query(rerank=True), embeddings[2][None])
    steps = 0
    while not found.is_ready:
        assert found.candidates == []
        found.go_on()
        steps += 1
    # By that clock every look takes 10 ms, so that two batches of a hundred fill a step of 20 ms.
    assert steps >= RERANKED // 200
    assert found.candidates == whole


def test_embeddings_are_found_by_photo(library: Library, embeddings: NDArray[np.float16]) -> None:
    fingerprint = library.snapshot.generation.fingerprint
    with library.database.read() as connection:
        positions, vectors = caches.embeddings_of(connection, fingerprint, [9, 5_000, 3, 9])
        none = caches.embeddings_of(connection, "another network", [9])
    order = np.argsort(positions)
    assert positions[order].tolist() == [0, 2, 3]
    np.testing.assert_array_equal(vectors[order], embeddings[[8, 2, 8]])
    assert (none[0].shape, none[1].shape) == ((0,), (0, 0))


def test_the_same_picture_is_not_encoded_again(tmp_path: Path) -> None:
    put_many(tmp_path / "photos", range(5))
    paths = LibraryPaths(tmp_path / "library")
    with WritingSession.open(paths, SETTINGS, lambda _: None) as writing:
        from desktopsearch.services import folders

        folders.add(writing.library, [tmp_path / "photos"])
        writing.bring_up_to_date()
    image = put(tmp_path / "query.jpg", 3, quality=40)
    with ReadingSession.open(paths, SETTINGS, lambda _: None) as session:
        first = session.search(Query(path=str(image).encode()))
        again = session.search(Query(path=str(image).encode(), rerank=True))
        put(tmp_path / "query.jpg", 100)
        other = session.search(Query(path=str(image).encode(), rerank=True))
    assert first.elapsed.encode_ms > 0
    assert again.elapsed.encode_ms == 0
    assert (again.proxy, len(again.hits)) == (first.proxy, 5)
    assert other.elapsed.encode_ms > 0
    assert other.proxy != first.proxy
