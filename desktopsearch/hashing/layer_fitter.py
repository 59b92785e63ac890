"""The layer-fitter role: a child process that fits a hash layer to the embeddings of a library.

Iterative quantisation, without any label. NumPy only: it is there in a moment.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from threadpoolctl import threadpool_limits

from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.messages import FitLayer, LayerFitted
from desktopsearch.hashing.training.validation import NeighbourPreservation
from desktopsearch.ipc.messages import Message

_JUDGED = 2_000
"""Photos among which the layers are compared, at most."""


def create(_options: bytes) -> LayerFitter:
    """Take one core; the factory of the role."""
    # On a busy machine the threads of a product spend minutes on waiting for each other.
    threadpool_limits(1, user_api="blas")
    return LayerFitter()


class LayerFitter:
    """Answers ``FitLayer``."""

    requests = FitLayer
    detail = ""

    def handle(self, request: FitLayer) -> Iterator[Message]:
        """Yield ``LayerFitted``.

        Raises:
            DesktopSearchError: BITS_INVALID.
        """
        embeddings = np.frombuffer(request.embeddings, "<f2").reshape(-1, request.dimensions)
        old = HashLayer.from_bytes(request.old_layer)
        layer = fit_itq(embeddings, old.bits)
        judged = np.random.default_rng(0).permutation(len(embeddings))[:_JUDGED]
        sample = embeddings[np.sort(judged)]
        measure = NeighbourPreservation(sample)
        before, kept = (measure(each.codes(sample)) or 0.0 for each in (old, layer))
        yield LayerFitted(layer.to_bytes(), before, kept)
