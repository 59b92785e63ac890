"""Binary codes: how outputs become bits, how bits are packed, and how far codes are apart.

Owns the format of a stored code. Knows neither photos nor networks. A code is a row of
``bits / 8`` bytes; bit ``k`` lies in byte ``k // 8`` at the weight ``2 ** (k % 8)``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

CODE_FORMAT = "sign-little-1"
"""Written beside stored codes: strict sign, little-endian bit order, first version."""

SMALLEST_BITS = 16
_CHUNK_ROWS = 16_384


def check_bits(bits: int, largest: int) -> None:
    """Refuse a code length that cannot be made.

    Args:
        bits: The wish.
        largest: Dimensions of the embedding.

    Raises:
        DesktopSearchError: BITS_INVALID.
    """
    if bits % 8 or not SMALLEST_BITS <= bits <= largest:
        raise DesktopSearchError(ProblemCode.BITS_INVALID, bits=bits, largest=largest)


def pack(outputs: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Turn real-valued outputs into codes: a bit is set where its output is above zero.

    Args:
        outputs: (..., K) with K a multiple of 8; zero and NaN give an unset bit.

    Returns:
        (..., K / 8) uint8.
    """
    if outputs.shape[-1] % 8:
        raise BugError(f"{outputs.shape[-1]} bits do not fill whole bytes")
    return np.packbits(outputs > 0, axis=-1, bitorder="little")


def unpack(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return the bits of packed codes: (..., W) uint8 becomes (..., 8 W) bool."""
    return np.unpackbits(codes, axis=-1, bitorder="little").astype(np.bool_)


def hamming_distances(query: NDArray[np.uint8], codes: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Count the bits in which each code differs from the query.

    Args:
        query: (W,) packed code.
        codes: (N, W) packed codes.

    Returns:
        (N,) int32.
    """
    _check_widths(query, codes)
    distances = np.zeros(len(codes), dtype=np.int32)
    words: type[np.unsignedinteger] = np.uint64 if codes.shape[1] % 8 == 0 else np.uint8
    wanted = np.ascontiguousarray(query).view(words)
    for start in range(0, len(codes), _CHUNK_ROWS):
        rows = np.ascontiguousarray(codes[start : start + _CHUNK_ROWS]).view(words)
        # Adding up a few columns takes half as long as a sum along so short an axis.
        for counts in np.bitwise_count(rows ^ wanted).T:
            distances[start : start + _CHUNK_ROWS] += counts
    return distances


def finer_distances(outputs: NDArray[np.float32], codes: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Order codes of equal Hamming distance: sum the query's outputs over the bits that differ.

    A bit of which the query is sure costs more than one that is nearly zero. Equal codes have
    equal distances to the last bit, wherever and among however many others they stand.

    Args:
        outputs: (K,) the query's real-valued outputs; its code is their sign.
        codes: (N, K / 8) packed codes.

    Returns:
        (N,) float64, zero for the query's own code.
    """
    query = pack(outputs)
    _check_widths(query, codes)
    costs = _cost_of_bytes(np.abs(outputs.astype(np.float64)))
    distances = np.zeros(len(codes), dtype=np.float64)
    # One byte after the other: the order of the sum must not depend on the number of rows.
    for position, table in enumerate(costs):
        distances += table[codes[:, position] ^ query[position]]
    return distances


def _cost_of_bytes(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum the weights of the set bits for each of the 256 values of each byte: (W, 256)."""
    bits_of_value = unpack(np.arange(256, dtype=np.uint8)[:, None])
    per_byte = weights.reshape(-1, 1, 8)
    costs: NDArray[np.float64] = np.where(bits_of_value, per_byte, 0.0).sum(axis=-1)
    return costs


def _check_widths(query: NDArray[np.uint8], codes: NDArray[np.uint8]) -> None:
    if query.ndim != 1 or codes.ndim != 2 or codes.shape[1] != len(query):
        raise BugError(f"codes of shape {codes.shape} do not fit a query of {query.shape}")
