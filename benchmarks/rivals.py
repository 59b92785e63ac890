"""Hash layers that need no training: what an objective has to beat on the same embeddings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer

Fit = Callable[[NDArray[np.float16], int, int], HashLayer]
"""From (N, D) embeddings, a number of bits and a seed to a layer."""

ITQ = "ITQ"


def random_projections(embeddings: NDArray[np.float16], bits: int, seed: int) -> HashLayer:
    """Cut the space along random planes through the mean (Charikar, STOC 2002)."""
    generator = np.random.default_rng(seed)
    directions = generator.standard_normal((bits, embeddings.shape[1])).astype(np.float32)
    return _through_the_mean(directions, embeddings)


def pca_signs(embeddings: NDArray[np.float16], bits: int, _seed: int) -> HashLayer:
    """Take the signs of the strongest principal components."""
    covariance = np.cov(embeddings.astype(np.float64), rowvar=False)
    _, directions = np.linalg.eigh(covariance)
    return _through_the_mean(directions[:, ::-1].T[:bits].astype(np.float32), embeddings)


RIVALS: Mapping[str, Fit] = {
    "random projections": random_projections,
    "PCA signs": pca_signs,
    ITQ: fit_itq,
}


def _through_the_mean(
    directions: NDArray[np.float32], embeddings: NDArray[np.float16]
) -> HashLayer:
    weight = np.ascontiguousarray(directions)
    mean = embeddings.mean(axis=0, dtype=np.float64).astype(np.float32)
    return HashLayer(weight, -(weight @ mean))
