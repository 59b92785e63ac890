"""The benchmark of encoding: its workers, and what it compares."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.encoding import _asked, _differing_bits, _ratio, _worker
from benchmarks.engines import ENGINES, PLAIN, PRODUCT, Engine, installed_mb
from desktopsearch.hashing.preprocess import pixels
from tests.textures import KINDS, jpeg, texture


def test_the_product_gives_the_bits_of_plain_torch(tmp_path: Path) -> None:
    pictures = [pixels(jpeg(texture(kind, 0)), 96) for kind in KINDS]
    np.save(tmp_path / "pixels.npy", np.stack(pictures))
    embeddings = {}
    for name in (PLAIN, PRODUCT):
        with _worker(name, tmp_path, threads=1) as pipe:
            loading_s, first_s = pipe.recv()
            assert 0 < loading_s < first_s
            embeddings[name] = _asked(pipe, "embeddings")
            # More pictures than there are: they come again.
            assert _asked(pipe, (2, 5)) > 0
    assert embeddings[PLAIN].shape == (len(pictures), 256)
    np.testing.assert_allclose(np.linalg.norm(embeddings[PLAIN], axis=1), 1, atol=1e-3)
    assert _differing_bits(embeddings[PRODUCT], embeddings[PLAIN]) < 0.001
    assert _differing_bits(-embeddings[PLAIN], embeddings[PLAIN]) > 0.5


def test_ratios_are_of_the_same_repeat() -> None:
    # The second repeat fell into a busy moment of the machine.
    assert _ratio([200.0, 20.0, 210.0], [100.0, 10.0, 100.0]) == pytest.approx(2.0)


def test_what_is_not_installed_is_named() -> None:
    load = ENGINES[PLAIN].load
    assert Engine(("torch", "a-package-nobody-has"), load).missing == ["a-package-nobody-has"]
    assert Engine(("torch",), load).missing == []
    assert (installed_mb("torch") or 0) > 50
    assert installed_mb("a-package-nobody-has") is None
