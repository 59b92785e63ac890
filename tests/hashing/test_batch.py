"""Many proxies through one child."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.batch import encode_proxies
from desktopsearch.hashing.messages import EncoderOptions
from desktopsearch.hashing.model import bundled_model_folder, load_model, save_model
from tests.textures import KINDS, jpeg, texture

BUNDLED = load_model(bundled_model_folder())
OPTIONS = EncoderOptions(
    str(bundled_model_folder()), BUNDLED.manifest.fingerprint, device="cpu", threads=1
)


def _proxies(count: int) -> list[bytes]:
    return [jpeg(texture(KINDS[seed % len(KINDS)], seed)) for seed in range(count)]


def test_all_proxies_come_back_in_order() -> None:
    proxies = _proxies(7)
    rows = list(encode_proxies(iter(proxies), OPTIONS, batch=3))
    assert [len(batch) for batch in rows] == [3, 3, 1]
    backwards = np.concatenate(list(encode_proxies(proxies[::-1], OPTIONS, batch=3)))
    np.testing.assert_allclose(
        backwards[::-1].astype(float), np.concatenate(rows).astype(float), atol=2e-3
    )
    assert not multiprocessing.active_children()


def test_no_proxies_give_no_batches() -> None:
    assert list(encode_proxies([], OPTIONS)) == []


def test_closing_early_ends_the_child() -> None:
    batches = encode_proxies(_proxies(4), OPTIONS, batch=2)
    assert isinstance(batches, Iterator)
    next(batches)
    assert multiprocessing.active_children()
    del batches
    assert not multiprocessing.active_children()


def test_a_missing_model_is_said_as_such(tmp_path: Path) -> None:
    with pytest.raises(DesktopSearchError) as caught:
        list(encode_proxies(_proxies(1), msgspec.structs.replace(OPTIONS, model=str(tmp_path))))
    assert caught.value.code is ProblemCode.MODEL_DAMAGED


def test_another_model_in_the_folder_encodes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    other = msgspec.structs.replace(BUNDLED.manifest, input_px=160)
    save_model(folder, other, BUNDLED.embedding, BUNDLED.layer)
    with pytest.raises(DesktopSearchError) as caught:
        list(encode_proxies(_proxies(1), msgspec.structs.replace(OPTIONS, model=str(folder))))
    assert caught.value.code is ProblemCode.MODEL_REPLACED
    assert caught.value.parameters == {"model": "mine"}
    assert not multiprocessing.active_children()


def test_a_bad_proxy_is_said_as_such() -> None:
    with pytest.raises(DesktopSearchError) as caught:
        list(encode_proxies([b"no picture"], OPTIONS))
    assert caught.value.code is ProblemCode.FILE_NOT_ENCODED
    assert not multiprocessing.active_children()
