"""The training method that suits the labels there are."""

from __future__ import annotations

import numpy as np

from desktopsearch.domain.teaching import Choice, Reason, choose_objective


def _single(*counts: int) -> np.ndarray:
    return np.repeat(np.eye(len(counts), dtype=np.bool_), counts, axis=0)


def test_without_labels_the_number_of_photos_decides() -> None:
    none = np.zeros((0, 0), dtype=np.bool_)
    assert choose_objective(none, 500) == Choice("ddh", Reason.NO_LABELS)
    assert choose_objective(none, 499) == Choice("usdh", Reason.NO_LABELS_AND_FEW_PHOTOS)


def test_many_unlabelled_photos_are_learnt_from_too() -> None:
    assert choose_objective(_single(20, 20), 1_000).objective == "ssdh_semi"


def test_a_labelled_library_needs_no_unlabelled_photos() -> None:
    assert choose_objective(_single(20, 20), 50).objective == "ssdh_sup"
    # Only one album is large enough.
    assert choose_objective(_single(31, 9), 50).objective == "ssdh_semi"


def test_overlapping_albums_are_ranked() -> None:
    labels = _single(10, 10)
    labels[0] = True
    assert choose_objective(labels, 25).objective == "ssdh_sup"
    labels[1] = True
    assert choose_objective(labels, 25) == Choice("dsrh", Reason.OVERLAPPING_ALBUMS)
    # The others must not come among what is looked for.
    assert choose_objective(labels, 1_000) == Choice("ssdh_semi", Reason.MANY_UNLABELLED)
