"""The fitter as a real child: what it is asked for is checked, and what it makes is a model."""

from __future__ import annotations

import time
from multiprocessing.connection import wait
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.hashing.backbones.base import Backbone
from desktopsearch.hashing.backbones.torchvision_models import models
from desktopsearch.hashing.backbones.weights import load_pinned
from desktopsearch.hashing.batch import encode_proxies
from desktopsearch.hashing.fitter import create
from desktopsearch.hashing.messages import (
    FITTER_ROLE,
    Described,
    DescribePhotos,
    EncoderOptions,
    EpochDone,
    FitModel,
    Fitted,
    FitterOptions,
    FitterReply,
)
from desktopsearch.hashing.model import BACKBONE_FILE, load_model
from desktopsearch.ipc.child import ChildProcess, Lost, Role
from desktopsearch.ipc.messages import Done, Failed, Message, Ready
from tests.textures import KINDS, jpeg, texture

PX = 96
BITS = 32


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "made-up.pth"
    torch.save(models.get_model("squeezenet1_1", weights=None).state_dict(), path)
    return path


def _replies(child: ChildProcess) -> list[Message | Lost]:
    replies: list[Message | Lost] = []
    while not replies or not isinstance(replies[-1], Ready | Done | Failed | Lost):
        wait(child.waitables, max(0.0, child.expires_at - time.monotonic()))
        replies += child.receive()
    return replies


def test_photos_become_a_model_that_the_encoder_loads(tmp_path: Path, weights: Path) -> None:
    proxies = [jpeg(texture(KINDS[seed % 3], seed, 80, 60)) for seed in range(300)]
    options = FitterOptions("squeezenet1_1", str(weights), BITS, PX, "cpu")
    child = ChildProcess(Role(FITTER_ROLE, FitterReply, "fitter"), options)
    child.start()
    try:
        assert isinstance(_replies(child)[-1], Ready)
        for start in (0, 150):
            child.request(DescribePhotos(proxies[start : start + 150]), 60.0)
            assert _replies(child) == [Described(start + 150, 0), Done()]
        child.request(DescribePhotos([proxies[0], b"no picture", proxies[1], b""]), 60.0)
        assert _replies(child) == [Described(302, 2), Done()]
        child.request(FitModel(str(tmp_path / "made"), "made", "a test"), 60.0)
        *epochs, fitted, done = _replies(child)
    finally:
        child.stop()
    assert (fitted, done) == (Fitted(), Done())
    assert epochs[0] == EpochDone(0, epochs[0].epochs)  # type: ignore[union-attr]
    assert len(epochs) > 1
    model = load_model(tmp_path / "made")
    manifest = model.manifest
    assert (manifest.backbone, manifest.bits, manifest.input_px) == ("squeezenet1_1", BITS, PX)
    assert manifest.embedding_dimensions == 256
    assert (tmp_path / "made" / BACKBONE_FILE).stat().st_size < 1.6e6  # 0.7 million, in two bytes
    encoder = EncoderOptions(str(tmp_path / "made"), manifest.fingerprint, device="cpu", threads=1)
    embeddings = np.concatenate(list(encode_proxies(proxies[:60], encoder)))
    set_bits = np.unpackbits(model.layer.codes(embeddings), axis=1).mean(axis=0)
    assert set_bits.min() > 0.02
    assert set_bits.max() < 0.98


def test_weights_of_a_package_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(name: str) -> Backbone:
        read.append(name)
        return load_pinned(name)

    monkeypatch.setattr("desktopsearch.hashing.fitter.load_pinned", noted)
    create(msgspec.msgpack.encode(FitterOptions("efficientnet-lite0", "", BITS, PX, "cpu")))
    assert read == ["efficientnet-lite0"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (FitterOptions("resnet18", "", BITS), "WEIGHTS_NOT_NAMED"),
        (FitterOptions("vit_b_16", "", BITS, PX), "PX_INVALID"),
        (FitterOptions("efficientnet-lite0", "", 12), "BITS_INVALID"),
    ],
)
def test_what_it_cannot_make_is_told_at_once(options: FitterOptions, code: str) -> None:
    with pytest.raises(DesktopSearchError) as caught:
        create(msgspec.msgpack.encode(options))
    assert caught.value.code.name == code
