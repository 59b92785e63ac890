"""PCA and iterative quantisation: what they promise, on data with known structure."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.domain.codes import hamming_distances, unpack
from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.hashing.itq import LARGEST_SAMPLE, fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import EmbeddingWeights
from desktopsearch.hashing.pca import fit_pca


def _features(count: int = 4_000) -> NDArray[np.float32]:
    generator = np.random.default_rng(0)
    mixing = generator.standard_normal((40, 40)) * np.linspace(3, 0.1, 40)[:, None]
    return (generator.standard_normal((count, 40)) @ mixing + 5.0).astype(np.float32)


def _projected(features: NDArray[np.float32], embedding: EmbeddingWeights) -> NDArray[np.float64]:
    projected: NDArray[np.float64] = (
        features.astype(np.float64) @ embedding.weight.T.astype(np.float64) + embedding.bias
    )
    return projected


@pytest.mark.parametrize(("whitening", "power"), [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)])
def test_whitening_evens_out_the_variances_by_its_degree(whitening: float, power: float) -> None:
    features = _features()
    projected = _projected(features, fit_pca(features, 20, whitening))
    covariance = np.cov(projected.T)
    spectrum = np.linalg.eigvalsh(np.cov(features.T))[::-1][:20]
    expected = spectrum**power
    np.testing.assert_allclose(
        np.diag(covariance) / covariance[0, 0], expected / expected[0], rtol=0.02
    )
    np.testing.assert_allclose(projected.mean(axis=0), 0, atol=2e-2)
    off_diagonal = covariance - np.diag(np.diag(covariance))
    assert np.abs(off_diagonal).max() < 0.02 * covariance.max()
    assert (projected**2).sum(axis=1).mean() == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize("count", [24, 39, 40])
def test_few_photos_have_the_directions_of_their_singular_vectors(count: int) -> None:
    features = _features(count)
    embedding = fit_pca(features, 20, 0.0)
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    _, deviations, expected = np.linalg.svd(centred, full_matrices=False)
    found = embedding.weight.astype(np.float64)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    np.testing.assert_allclose(np.abs((found * expected[:20]).sum(axis=1)), 1, atol=1e-4)
    projected = _projected(features, embedding)
    np.testing.assert_allclose(
        projected.std(axis=0) / projected[:, 0].std(), deviations[:20] / deviations[0], rtol=0.01
    )


def test_as_many_directions_as_photos_leave_one_without_meaning() -> None:
    features = _features(30)
    embedding = fit_pca(features, 30, 1.0)
    projected = _projected(features, embedding)
    assert np.isfinite(projected).all()
    spread = projected.std(axis=0)
    np.testing.assert_allclose(spread[:29], spread[0], rtol=0.02)
    assert spread[29] < spread[0]


def test_many_features_of_few_photos_take_no_time() -> None:
    features = np.random.default_rng(0).standard_normal((50, 4_000)).astype(np.float32)
    began = time.process_time()
    fit_pca(features, 16, 0.5)
    assert time.process_time() - began < 5  # the covariance alone has sixteen million entries


def test_directions_without_variance_stay_harmless() -> None:
    features = _features()
    features[:, 30:] = 1.0
    embedding = fit_pca(features, 36, 1.0)
    assert np.isfinite(embedding.weight).all()
    assert np.isfinite(embedding.bias).all()


def test_more_dimensions_than_photos_cannot_be_found() -> None:
    with pytest.raises(BugError):
        fit_pca(_features(10), 20, 0.5)


def _clustered(count: int, dimensions: int = 64, seed: int = 3) -> NDArray[np.float16]:
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(9).standard_normal((60, dimensions))
    spread = np.linspace(2, 0.2, dimensions)
    values = (
        centres[np.arange(count) % 60] + generator.normal(0, 0.9, (count, dimensions))
    ) * spread
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    embeddings: NDArray[np.float16] = values.astype(np.float16)
    return embeddings


def _neighbours_kept(layer: HashLayer, embeddings: NDArray[np.float16]) -> float:
    """Share of the true ten nearest photos among the thirty nearest codes."""
    values = embeddings.astype(np.float32)
    scores = values @ values.T
    codes = layer.codes(embeddings)
    kept = []
    for query in range(100):
        near = set(np.argsort(-scores[query])[:10].tolist())
        found = np.argsort(hamming_distances(codes[query], codes), kind="stable")[:30]
        kept.append(len(near & set(found.tolist())) / 10)
    return float(np.mean(kept))


def test_itq_is_deterministic_by_its_seed() -> None:
    embeddings = _clustered(500)
    first, again, other = (fit_itq(embeddings, 32, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.weight, again.weight)
    np.testing.assert_array_equal(first.bias, again.bias)
    assert not np.array_equal(first.weight, other.weight)


def test_itq_keeps_neighbours_better_than_random_directions() -> None:
    embeddings = _clustered(3_000)
    fitted = _neighbours_kept(fit_itq(embeddings[:2_000], 32), embeddings[2_000:])
    directions = np.random.default_rng(0).standard_normal((32, 64)).astype(np.float32)
    mean = embeddings.astype(np.float32).mean(axis=0)
    random = HashLayer(directions, -(directions @ mean))
    assert fitted > _neighbours_kept(random, embeddings[2_000:]) + 0.05


def test_itq_bits_are_balanced_and_its_directions_orthonormal() -> None:
    embeddings = _clustered(3_000)
    layer = fit_itq(embeddings, 48)
    shares = unpack(layer.codes(embeddings)).mean(axis=0)
    assert shares.min() > 0.3
    assert shares.max() < 0.7
    np.testing.assert_allclose(layer.weight @ layer.weight.T, np.eye(48), atol=1e-4)


def test_itq_takes_a_sample_of_many_and_copes_with_few() -> None:
    many = np.resize(_clustered(3_000), (LARGEST_SAMPLE + 500, 64))
    assert fit_itq(many, 16).bits == 16
    few = fit_itq(_clustered(5), 64)
    assert np.isfinite(few.weight).all()
    assert len(np.unique(few.codes(_clustered(5)), axis=0)) == 5


def test_impossible_code_lengths_are_refused() -> None:
    with pytest.raises(DesktopSearchError, match="from 16 to 64"):
        fit_itq(_clustered(100), 72)
