"""The figures on queries of several pictures, over photos that are made up."""

from __future__ import annotations

import numpy as np

from benchmarks.steering_trials import LEAST, PRODUCT, SUBTRACTED, measure, rows_of
from benchmarks.teaching_protocol import PhotoLibrary

KINDS, PHOTOS = 4, 240


def test_more_pictures_of_a_kind_find_more_of_it() -> None:
    generator = np.random.default_rng(0)
    centres = generator.standard_normal((KINDS, 256))
    rows = centres[np.arange(PHOTOS) % KINDS] + 4.0 * generator.standard_normal((PHOTOS, 256))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = np.arange(PHOTOS)[:, None] % KINDS == np.arange(KINDS)
    library = PhotoLibrary("made up", rows.astype(np.float16), labels, np.arange(PHOTOS))
    measured = measure(library, 10)
    queries = {len(figures) for figures in measured.values()}
    assert len(queries) == 1, "all sets are judged by the same queries"
    assert queries.pop() > 30
    means = {key: np.mean(figures, axis=0)[0] for key, figures in measured.items()}
    assert (
        means["1 like", PRODUCT] < means["2 like, drawn", PRODUCT] < means["5 like, drawn", PRODUCT]
    )
    assert means["1 like", PRODUCT] < means["1 like, 4 unlike", PRODUCT]
    assert ("3 like, drawn", LEAST) in means
    assert ("1 like, 2 unlike", SUBTRACTED) in means
    assert [row[0] for row in rows_of("made up", measured)] == ["made up"] * len(measured)
