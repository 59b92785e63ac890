"""Iterative quantisation: a hash layer from embeddings alone, without labels.

Source: Gong and Lazebnik, Iterative Quantization (CVPR 2011): alternate between the bits of the
rotated data and the rotation that brings the data closest to these bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.codes import check_bits
from desktopsearch.hashing.layer import HashLayer

ITERATIONS = 50
LARGEST_SAMPLE = 20_000


def fit_itq(embeddings: NDArray[np.float16], bits: int, seed: int = 0) -> HashLayer:
    """Fit a hash layer whose bits are balanced and keep neighbours together.

    Args:
        embeddings: (N, D); of more than 20,000 a random sample is used.
        bits: Length of the codes.
        seed: Equal seeds give equal layers on the same machine.

    Raises:
        DesktopSearchError: BITS_INVALID when ``bits`` does not suit D.
    """
    check_bits(bits, embeddings.shape[1])
    generator = np.random.default_rng(seed)
    if len(embeddings) > LARGEST_SAMPLE:
        chosen = generator.choice(len(embeddings), LARGEST_SAMPLE, replace=False)
        embeddings = embeddings[np.sort(chosen)]
    sample = embeddings.astype(np.float32)
    mean = sample.mean(axis=0)
    sample -= mean
    directions = _strongest_directions(sample, bits)
    rotation = _rotate(sample @ directions, generator)
    weight = (directions @ rotation).T
    return HashLayer(np.ascontiguousarray(weight), -(weight @ mean))


def _strongest_directions(centred: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    return directions[:, ::-1][:, :count].astype(np.float32)


def _rotate(projected: NDArray[np.float32], generator: np.random.Generator) -> NDArray[np.float32]:
    bits = projected.shape[1]
    start, _ = np.linalg.qr(generator.standard_normal((bits, bits)))
    rotation = start.astype(np.float32)
    for _ in range(ITERATIONS):
        signs = np.where(projected @ rotation > 0, np.float32(1), np.float32(-1))
        left, _, right = np.linalg.svd(projected.T @ signs)
        rotation = left @ right
    return rotation
