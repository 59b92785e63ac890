"""Which photos look like those with a label, and which are strangers to all of them. Numpy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.rankings import blocks, unit_rows

_STRANGER_SHARE = 0.05
_LARGEST_SAMPLE = 1_000
"""Of labelled photos: so many say enough about how alike those of a class are."""


def familiar(features: NDArray[np.float32], labels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which photos look as much like a labelled one as photos of one class usually do.

    Args:
        features: (N, D), centred.
        labels: (N, C).

    Returns:
        (N,): the best cosine with a labelled photo is at least the 5th percentile of those within
        classes; none where no class has two photos.
    """
    unit = unit_rows(features)
    labelled = np.flatnonzero(labels.any(axis=1))
    labelled = labelled[:: max(1, len(labelled) // _LARGEST_SAMPLE)]
    known, of_class = unit[labelled], labels[labelled].astype(np.float32)
    alike = of_class @ of_class.T > 0
    np.fill_diagonal(alike, val=False)
    if not alike.any():
        return np.zeros(len(unit), dtype=np.bool_)
    usual = np.quantile((known @ known.T)[alike], _STRANGER_SHARE)
    best = [(unit[block] @ known.T).max(axis=1) for block in blocks(len(unit), len(known))]
    found: NDArray[np.bool_] = np.concatenate(best) >= usual
    return found
