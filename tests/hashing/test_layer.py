"""The hash layer: the same bits for the same embedding, whatever stands beside it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from desktopsearch.domain.codes import unpack
from desktopsearch.domain.errors import BugError
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer


def _layer(seed: int = 0, bits: int = 64, dimensions: int = 48) -> HashLayer:
    generator = np.random.default_rng(seed)
    return HashLayer(
        generator.standard_normal((bits, dimensions)).astype(np.float32),
        generator.standard_normal(bits).astype(np.float32),
    )


def _embeddings(count: int, dimensions: int = 48) -> NDArray[np.float16]:
    values = 0.2 * np.random.default_rng(1).standard_normal((count, dimensions))
    embeddings: NDArray[np.float16] = values.astype(np.float16)
    return embeddings


def test_logits_are_the_linear_map_and_codes_their_signs() -> None:
    layer, embeddings = _layer(), _embeddings(20_000)
    expected = embeddings.astype(np.float64) @ layer.weight.T.astype(np.float64) + layer.bias
    logits = layer.logits(embeddings)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(unpack(layer.codes(embeddings)), logits > 0)


def test_a_photo_has_the_same_bits_alone_and_in_any_batch() -> None:
    layer, embeddings = _layer(), _embeddings(9_000)
    together = layer.codes(embeddings)
    for start, stop in ((0, 1), (17, 18), (8_000, 8_500), (8_191, 8_194)):
        np.testing.assert_array_equal(layer.codes(embeddings[start:stop]), together[start:stop])


def test_bytes_bring_back_the_very_same_layer() -> None:
    layer = _layer()
    # A transposed array does not lie in memory as it reads.
    turned = HashLayer(np.asfortranarray(layer.weight), layer.bias)
    for written in (layer, turned):
        read = HashLayer.from_bytes(written.to_bytes())
        np.testing.assert_array_equal(read.weight, layer.weight)
        np.testing.assert_array_equal(read.bias, layer.bias)
    assert layer.to_bytes() == turned.to_bytes()


@pytest.mark.parametrize("content", [b"", b"no layer", _layer().to_bytes()[:-5]])
def test_other_bytes_are_no_layer(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a hash layer"):
        HashLayer.from_bytes(content)


def test_shapes_must_fit() -> None:
    layer = _layer()
    with pytest.raises(BugError):
        HashLayer(layer.weight, layer.bias[:-1])
    with pytest.raises(BugError):
        HashLayer(layer.weight.astype(np.float64), layer.bias)


def test_no_embeddings_have_no_codes() -> None:
    assert _layer().codes(_embeddings(0)).shape == (0, 8)


@pytest.mark.parametrize("bits", [32, 16])
def test_the_centre_of_a_fitted_layer_is_the_mean_as_far_as_it_sees(bits: int) -> None:
    generator = np.random.default_rng(0)
    embeddings = (generator.standard_normal((500, 32)) + 2.0).astype(np.float16)
    layer = fit_itq(embeddings, bits)
    mean = embeddings.astype(np.float32).mean(axis=0)
    seen, *_ = np.linalg.lstsq(layer.weight, layer.weight @ mean)
    assert layer.centre == pytest.approx(seen, abs=1e-3)
    assert np.abs(layer.weight @ layer.centre + layer.bias).max() < 1e-3
    assert (np.linalg.norm(layer.centre - mean) < 0.01) == (bits == 32)
