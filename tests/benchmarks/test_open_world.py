"""Albums that cover a small part of a library."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.open_world import few_albums
from benchmarks.teaching_protocol import PhotoLibrary


def _library() -> PhotoLibrary:
    sizes = (50, 40, 39, 60)
    labels = np.repeat(np.eye(len(sizes), dtype=np.bool_), sizes, axis=0)
    count = len(labels)
    return PhotoLibrary("made up", np.zeros((count, 2), np.float16), labels, np.arange(count))


def test_all_photos_stay_and_few_albums_of_those_that_are_large_enough() -> None:
    library = _library()
    drawn = set()
    for seed in range(20):
        few = few_albums(library, 2, 20, np.random.default_rng(seed))
        assert few.labels.shape == (len(library.labels), 2)
        assert few.embeddings is library.embeddings
        drawn |= set(few.labels.sum(axis=0).tolist())
    assert drawn == {50, 40, 60}


def test_too_few_large_albums_are_refused() -> None:
    with pytest.raises(ValueError, match="3 albums are large enough"):
        few_albums(_library(), 4, 20, np.random.default_rng(0))
