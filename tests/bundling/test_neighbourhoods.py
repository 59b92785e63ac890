"""The bundled hash layer: neighbours by embedding are neighbours by code, the same each time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from desktopsearch.bundling.neighbourhoods import (
    AT_LARGE,
    NEAREST,
    _nearest,
    _scattered,
    keep_neighbourhoods,
)
from desktopsearch.domain.codes import hamming_distances
from desktopsearch.domain.metrics import average_precision
from desktopsearch.domain.rankings import rank_codes, unit_rows
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer

BITS = 16
SUBJECT = 80
STEPS = 250


@pytest.fixture(scope="module")
def embeddings() -> NDArray[np.float16]:
    """Collections, each about one subject, whose photos differ in directions of their own.

    Those directions vary too little over all for ITQ to give them bits.
    """
    generator = np.random.default_rng(0)
    subjects = generator.standard_normal((30, 1, 24)) * np.repeat([1.0, 0.0], [16, 8])
    inside = generator.standard_normal((30, SUBJECT, 24)) * np.repeat([0.2, 0.6], [16, 8])
    photos = subjects + inside
    return unit_rows(photos.reshape(-1, 24).astype(np.float32)).astype(np.float16)


def _neighbours_kept(layer: HashLayer, embeddings: NDArray[np.float16]) -> float:
    """Mean average precision of codes at finding the ten nearest by cosine within a subject."""
    vectors = unit_rows(embeddings)
    codes = layer.codes(embeddings)
    found = []
    for start in range(0, len(vectors), SUBJECT):
        inside = slice(start, start + SUBJECT)
        cosines = vectors[inside] @ vectors[inside].T
        itself = np.eye(SUBJECT, dtype=np.bool_)
        cosines[itself] = -np.inf
        levels = (cosines >= np.sort(cosines, axis=1)[:, -10:-9]).astype(np.int64)
        rankings = rank_codes(codes[inside], codes[inside], levels, itself)
        found.append(average_precision(rankings).mean())
    return float(np.mean(found))


def _none(embeddings: NDArray[np.float16]) -> NDArray[np.bool_]:
    return np.zeros((len(embeddings), 0), dtype=np.bool_)


def test_neighbours_within_a_subject_are_kept_better_than_by_itq(
    embeddings: NDArray[np.float16],
) -> None:
    start = fit_itq(embeddings, BITS)
    trained = keep_neighbourhoods(embeddings, embeddings, _none(embeddings), start, steps=STEPS)
    kept = _neighbours_kept(trained, embeddings)
    assert kept > 1.06 * _neighbours_kept(start, embeddings)


def test_equal_seeds_give_equal_layers(embeddings: NDArray[np.float16]) -> None:
    few = embeddings[:200]
    start = fit_itq(few, BITS)
    first, second, other = (
        keep_neighbourhoods(few, few, _none(few), start, seed=seed, steps=20) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.weight, second.weight)
    np.testing.assert_array_equal(first.bias, second.bias)
    assert not np.array_equal(first.weight, other.weight)


def test_nearest_begin_with_the_photo_itself_and_are_the_nearest(
    embeddings: NDArray[np.float16],
) -> None:
    unit = unit_rows(embeddings)
    found = _nearest(torch.from_numpy(unit)).numpy()
    cosines = unit @ unit.T
    expected = np.sort(cosines, axis=1)[:, ::-1][:, :NEAREST]
    np.testing.assert_allclose(np.take_along_axis(cosines, found, axis=1), expected, atol=1e-6)


@pytest.mark.parametrize("count", [40, AT_LARGE, 700])
def test_no_photo_at_large_is_beside_itself(count: int) -> None:
    draws = torch.Generator().manual_seed(0)
    first, second = (_scattered(count, draws).tolist() for _ in range(2))
    for found in (first, second):
        assert len(set(found)) == len(found) == min(count, AT_LARGE)
        assert set(found) <= set(range(count))
    assert first != second


def test_photos_that_share_a_label_come_nearer(embeddings: NDArray[np.float16]) -> None:
    generator = np.random.default_rng(1)
    labels = np.zeros((len(embeddings), 2), dtype=np.bool_)
    # What the label follows is one direction within the subjects, which ITQ does not see.
    labels[np.arange(len(labels)), (embeddings[:, 20] > 0).astype(int)] = True
    labels[generator.random(len(labels)) < 0.2] = False
    start = fit_itq(embeddings, BITS)
    with_labels = keep_neighbourhoods(embeddings, embeddings, labels, start, steps=STEPS)
    without = keep_neighbourhoods(embeddings, embeddings, _none(embeddings), start, steps=STEPS)
    assert _parted(with_labels, embeddings) > _parted(without, embeddings) + 0.006


def _parted(layer: HashLayer, embeddings: NDArray[np.float16]) -> float:
    """How much farther, in bits per bit, photos of two classes are than those of one."""
    codes = layer.codes(embeddings[:800])
    of_class = embeddings[:800, 20] > 0
    distances = np.stack([hamming_distances(code, codes) for code in codes]) / BITS
    same = of_class[:, None] == of_class[None]
    return float(distances[~same].mean() - distances[same].mean())
