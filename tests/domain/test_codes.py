"""Packing, distances and their order, against plain definitions."""

from __future__ import annotations

import numpy as np
import pytest

from desktopsearch.domain.codes import (
    check_bits,
    finer_distances,
    hamming_distances,
    pack,
    unpack,
)
from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode


def test_bit_order_is_fixed() -> None:
    outputs = np.full(16, -1.0)
    outputs[[0, 9]] = 1.0
    assert pack(outputs).tolist() == [0b0000_0001, 0b0000_0010]


def test_zero_and_nan_are_unset_bits() -> None:
    assert pack(np.array([0.0, -0.0, np.nan, -1, 1e-30, 1, np.inf, -np.inf])).tolist() == [
        0b0111_0000
    ]


def test_unpack_undoes_pack() -> None:
    outputs = np.random.default_rng(0).standard_normal((7, 5, 40))
    np.testing.assert_array_equal(unpack(pack(outputs)), outputs > 0)


def test_half_bytes_are_refused() -> None:
    with pytest.raises(BugError):
        pack(np.zeros((2, 12)))


@pytest.mark.parametrize("width", [2, 3, 8, 32])
@pytest.mark.parametrize("rows", [0, 1, 5, 70_000])
def test_hamming_distances_count_differing_bits(width: int, rows: int) -> None:
    generator = np.random.default_rng(width)
    codes = generator.integers(0, 256, (rows, width), dtype=np.uint8)
    query = generator.integers(0, 256, width, dtype=np.uint8)
    found = hamming_distances(query, codes)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, (unpack(codes) != unpack(query)).sum(axis=1))


def test_hamming_distances_take_views_that_are_not_contiguous() -> None:
    codes = np.random.default_rng(1).integers(0, 256, (50, 32), dtype=np.uint8)
    np.testing.assert_array_equal(
        hamming_distances(codes[0, ::2], codes[::3, ::2]),
        hamming_distances(codes[0, ::2].copy(), codes[::3, ::2].copy()),
    )


def test_other_widths_are_refused() -> None:
    with pytest.raises(BugError):
        hamming_distances(np.zeros(2, dtype=np.uint8), np.zeros((3, 4), dtype=np.uint8))
    with pytest.raises(BugError):
        finer_distances(np.zeros(16, dtype=np.float32), np.zeros((3, 4), dtype=np.uint8))


def test_finer_distances_sum_the_outputs_of_differing_bits() -> None:
    generator = np.random.default_rng(2)
    outputs = generator.standard_normal(64).astype(np.float32)
    codes = generator.integers(0, 256, (200, 8), dtype=np.uint8)
    differs = unpack(codes) != (outputs > 0)
    expected = (differs * np.abs(outputs.astype(np.float64))).sum(axis=1)
    np.testing.assert_allclose(finer_distances(outputs, codes), expected, rtol=1e-12)
    assert finer_distances(outputs, pack(outputs)[None])[0] == 0.0


def test_equal_codes_have_equal_finer_distances_to_the_last_bit() -> None:
    generator = np.random.default_rng(3)
    outputs = generator.standard_normal(256).astype(np.float32)
    codes = generator.integers(0, 256, (1000, 32), dtype=np.uint8)
    many = finer_distances(outputs, np.concatenate([codes, codes[::-1]]))
    np.testing.assert_array_equal(many[:1000], many[1000:][::-1])
    for position in (0, 17, 999):
        assert finer_distances(outputs, codes[position : position + 1])[0] == many[position]


@pytest.mark.parametrize("bits", [16, 24, 256])
def test_possible_code_lengths(bits: int) -> None:
    check_bits(bits, 256)


@pytest.mark.parametrize("bits", [-8, 0, 8, 20, 264])
def test_impossible_code_lengths_say_what_is_possible(bits: int) -> None:
    with pytest.raises(DesktopSearchError, match="from 16 to 256") as caught:
        check_bits(bits, 256)
    assert caught.value.code is ProblemCode.BITS_INVALID
