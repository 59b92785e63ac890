"""Principal components, whitened by degrees: from backbone features to short embeddings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import BugError
from desktopsearch.hashing.model import EmbeddingWeights


def fit_pca(features: NDArray[np.float32], dimensions: int, whitening: float) -> EmbeddingWeights:
    """Fit the map that centres features, keeps their strongest directions and evens them out.

    Args:
        features: (N, F) with N of at least ``dimensions``.
        dimensions: Directions to keep.
        whitening: 0 leaves the variances as they are, 1 makes them all equal; between them each
            direction is divided by its standard deviation to this power.

    Returns:
        The map, scaled so that embeddings have lengths near one before normalisation.
    """
    if dimensions > min(features.shape):
        raise BugError(f"{dimensions} dimensions cannot be found in {features.shape}")
    mean = features.mean(axis=0, dtype=np.float64)
    principal = _of_few if len(features) < features.shape[1] else _of_many
    variances, directions = principal(features, mean, dimensions)
    directions = _with_fixed_signs(directions)
    # A direction without variance carries rounding noise only; it must not be blown up.
    deviations = np.sqrt(np.maximum(variances, variances[0] * 1e-9))
    weight = directions * (deviations**-whitening)[:, None]
    weight /= np.sqrt(np.sum(deviations ** (2.0 - 2.0 * whitening)))
    stored = weight.astype(np.float16)
    bias = -(stored.astype(np.float64) @ mean)
    return EmbeddingWeights(stored, bias.astype(np.float32))


def _of_many(
    features: NDArray[np.float32], mean: NDArray[np.float64], dimensions: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest variances, (D,), and their directions, (D, F)."""
    variances, directions = np.linalg.eigh(_covariance(features, mean))
    return variances[::-1][:dimensions], directions[:, ::-1][:, :dimensions].T


def _of_few(
    features: NDArray[np.float32], mean: NDArray[np.float64], dimensions: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the same of fewer photos than features, by their inner products, which are fewer.

    A direction without variance comes back as next to nothing.
    """
    centred = features - mean
    variances, shares = np.linalg.eigh(centred @ centred.T / len(features))
    variances = variances[::-1][:dimensions]
    directions = shares[:, ::-1][:, :dimensions].T @ centred
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    return variances, directions / np.maximum(lengths, lengths[0] * 1e-6)


def _covariance(
    features: NDArray[np.float32], mean: NDArray[np.float64], chunk_rows: int = 4_096
) -> NDArray[np.float64]:
    total = np.zeros((features.shape[1], features.shape[1]))
    for start in range(0, len(features), chunk_rows):
        centred = features[start : start + chunk_rows] - mean
        total += centred.T @ centred
    covariance: NDArray[np.float64] = total / len(features)
    return covariance


def _with_fixed_signs(directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make the largest entry of each row positive: eigenvectors come with either sign."""
    largest = np.abs(directions).argmax(axis=1)
    signs = np.where(directions[np.arange(len(directions)), largest] < 0, -1.0, 1.0)
    turned: NDArray[np.float64] = directions * signs[:, None]
    return turned
