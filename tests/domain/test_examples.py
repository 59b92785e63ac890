"""Distances to several pictures, and what they come to."""

from __future__ import annotations

import numpy as np
import pytest

from desktopsearch.domain.combining import combined
from desktopsearch.domain.examples import Example
from desktopsearch.domain.framing import Framing
from desktopsearch.domain.search import Query


def test_one_picture_leaves_the_distances_as_they_are() -> None:
    distances = np.array([[0, 7, 256]])
    assert combined(distances, np.array([True])).tolist() == [0, 7, 256]


def test_several_that_are_meant_come_to_their_mean() -> None:
    distances = np.array([[0, 10, 31], [20, 10, 32]])
    assert combined(distances, np.array([True, True])).tolist() == [10, 10, 31.5]


def test_one_that_is_not_meant_puts_back_only_what_lies_nearer_to_it() -> None:
    distances = np.array([[10, 10, 10], [20, 10, 4], [30, 9, 12]])
    alike = np.array([True, False, False])
    # 20 and 30 are farther than 10; 9 is nearer by 1; of 4 and 12 the nearest is nearer by 6.
    assert combined(distances, alike).tolist() == [10, 11, 16]


def test_it_does_not_matter_in_which_order_pictures_are_given() -> None:
    distances = np.random.default_rng(0).integers(0, 256, (4, 50))
    alike = np.array([True, False, True, False])
    turned = combined(distances[::-1], alike[::-1])
    assert combined(distances, alike).tolist() == turned.tolist()


def test_cosines_are_combined_by_their_negatives() -> None:
    cosines = np.array([[0.8, 0.8], [0.6, 0.6], [0.9, 0.1]], dtype=np.float32)
    found = -combined(-cosines, np.array([True, True, False]))
    assert found.tolist() == pytest.approx([0.7 - 0.2, 0.7])


def test_a_query_knows_all_its_pictures_and_takes_others() -> None:
    crop = Framing((0.0, 0.0, 0.5, 1.0))
    first, second, third = (
        Example(path=b"/a.jpg", framing=crop),
        Example(photo_id=3, alike=False),
        Example(data=b"jpeg"),
    )
    query = Query(limit=7).with_pictures((first, second, third))
    assert (query.path, query.framing, query.limit) == (b"/a.jpg", crop, 7)
    assert query.pictures == (first, second, third)
    left = query.with_pictures((second, third))
    assert (left.path, left.photo_id, left.data, left.framing) == (None, None, b"jpeg", None)
    assert left.examples == (second,), "what is not meant never leads"
