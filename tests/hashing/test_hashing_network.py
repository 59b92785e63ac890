"""The whole hash network: what it says on pixels is what is stored, encoded and hashed later."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from desktopsearch.domain.codes import CODE_FORMAT, unpack
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.efficientnet_lite import EfficientNetLite0
from desktopsearch.hashing.backbones.weights import (
    BACKBONE,
    BACKBONE_SHA256,
    load_backbone,
    load_pinned,
    stored_state,
)
from desktopsearch.hashing.batch import encode_proxies
from desktopsearch.hashing.hashing_network import HashingNetwork
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.messages import EncoderOptions
from desktopsearch.hashing.model import (
    BACKBONE_FILE,
    ModelManifest,
    load_model,
    save_model,
)
from desktopsearch.hashing.pca import fit_pca
from desktopsearch.hashing.preprocess import PREPROCESSING, pixels
from tests.textures import KINDS, jpeg, texture

PX = 64
DIMENSIONS = 24
BITS = 16
NEAR_ZERO = 2e-3
"""Logits this small may change their sign by the rounding of embeddings to float16."""


@pytest.fixture(scope="module")
def proxies() -> list[bytes]:
    return [jpeg(texture(KINDS[seed % 3], seed)) for seed in range(40)]


def _manifest() -> ModelManifest:
    return ModelManifest(
        name="tuned",
        version="1",
        backbone=BACKBONE,
        backbone_sha256=BACKBONE_SHA256,
        pooling=EfficientNetLite0.pooling,
        preprocessing=PREPROCESSING,
        input_px=PX,
        embedding_dimensions=DIMENSIONS,
        bits=BITS,
        code_format=CODE_FORMAT,
        created_by="a test",
    )


def _trained(batch: torch.Tensor, skip_stage: int | None) -> HashingNetwork:
    """A network whose every part has taken a few steps away from where it started."""
    backbone = load_pinned(BACKBONE)
    with torch.inference_mode():
        features = backbone(backbone.normalised(batch), skip_stage).numpy()
    embedding = fit_pca(features, DIMENSIONS, 0.5)
    layer = HashLayer(
        np.random.default_rng(0).standard_normal((BITS, DIMENSIONS)).astype(np.float32),
        np.zeros(BITS, np.float32),
    )
    torch.manual_seed(0)
    network = HashingNetwork(backbone, embedding, layer, skip_stage).train()
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(3):
        optimiser.zero_grad()
        (network(batch[:8]).tanh() - 1).square().sum().backward()
        optimiser.step()
    return network.eval()


def _check_equal(logits: NDArray[np.float32], codes: NDArray[np.uint8]) -> None:
    sure = np.abs(logits) > NEAR_ZERO
    assert sure.mean() > 0.95
    np.testing.assert_array_equal(unpack(codes)[sure], (logits > 0)[sure])


@pytest.mark.parametrize("skip_stage", [None, 5])
def test_network_saved_model_and_encoder_give_the_same_codes(
    tmp_path: Path, proxies: list[bytes], skip_stage: int | None
) -> None:
    batch = torch.from_numpy(np.stack([pixels(proxy, PX) for proxy in proxies]))
    network = _trained(batch, skip_stage)
    embedding, layer = network.export()
    manifest = msgspec.structs.replace(_manifest(), skip_stage=skip_stage)
    save_model(tmp_path, manifest, embedding, layer, stored_state(network.backbone))
    written = load_model(tmp_path)
    stored = HashingNetwork(
        load_backbone(written.manifest, tmp_path), written.embedding, written.layer, skip_stage
    ).eval()
    with torch.inference_mode():
        logits = stored(batch).numpy()
        moved = np.abs(network(batch).numpy() - logits).max()
    # Kernels are stored as float16; what becomes of that differs with the order of sums.
    assert moved < 0.1
    options = EncoderOptions(str(tmp_path), written.manifest.fingerprint, device="cpu", threads=1)
    embeddings = np.concatenate(list(encode_proxies(proxies, options)))
    _check_equal(logits, written.layer.codes(embeddings))


def test_an_indexed_library_holds_the_codes_of_the_network(tmp_path: Path) -> None:
    photos, data = tmp_path / "photos", tmp_path / "library"
    photos.mkdir()
    for seed in range(24):
        texture(KINDS[seed % 3], seed).save(photos / f"{seed}.png")
    _desktopsearch(data, "index", photos)
    proxies = dict(_rows(data / "proxies.db", "SELECT digest, jpeg FROM proxy"))
    digests = sorted(proxies)
    batch = torch.from_numpy(np.stack([pixels(proxies[each], PX) for each in digests]))
    network = _trained(batch, None)
    folder = data / "models" / "tuned"
    save_model(folder, _manifest(), *network.export(), stored_state(network.backbone))
    _desktopsearch(data, "model", "use", "tuned")
    found = dict(
        _rows(
            data / "library.db",
            "SELECT photo.digest, code.bits FROM code JOIN photo ON photo.id = code.photo_id"
            " JOIN generation ON generation.id = code.generation_id WHERE generation.active = 1",
        )
    )
    codes = np.stack([np.frombuffer(found[each], np.uint8) for each in digests])
    written = load_model(folder)
    stored = HashingNetwork(
        load_backbone(written.manifest, folder), written.embedding, written.layer
    ).eval()
    with torch.inference_mode():
        _check_equal(stored(batch).numpy(), codes)


def _desktopsearch(data: Path, *arguments: object) -> None:
    """Run a command in a process of its own: faiss must not meet torch here."""
    words = [str(argument) for argument in arguments]
    base = [sys.executable, "-m", "desktopsearch", "--data-dir", str(data)]
    subprocess.run([*base, *words], check=True, capture_output=True)


def _rows(path: Path, query: str) -> list[tuple[bytes, bytes]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


@pytest.fixture
def tuned(tmp_path: Path) -> Path:
    """A model folder with a backbone of its own, and nothing trained."""
    generator = np.random.default_rng(0)
    backbone = load_pinned(BACKBONE)
    network = HashingNetwork(
        backbone,
        fit_pca(generator.random((50, backbone.features), dtype=np.float32), DIMENSIONS, 0.5),
        HashLayer(
            generator.standard_normal((BITS, DIMENSIONS)).astype(np.float32),
            np.zeros(BITS, np.float32),
        ),
    )
    folder = tmp_path / "tuned"
    save_model(folder, _manifest(), *network.export(), stored_state(network.backbone))
    return folder


def test_a_stored_backbone_comes_back_as_it_was_rounded(tuned: Path) -> None:
    manifest = load_model(tuned).manifest
    assert manifest.backbone_weights == "file"
    assert manifest.backbone_sha256 != BACKBONE_SHA256
    assert (tuned / BACKBONE_FILE).stat().st_size < 8e6
    original = load_pinned(BACKBONE).state_dict()
    for name, tensor in load_backbone(manifest, tuned).state_dict().items():
        expected = original[name]
        if expected.ndim > 1:
            expected = expected.half().float()
        assert tensor.dtype == original[name].dtype
        torch.testing.assert_close(tensor, expected, rtol=0, atol=0)


def test_a_backbone_that_is_gone_or_changed_is_refused(tuned: Path) -> None:
    manifest = load_model(tuned).manifest
    path = tuned / BACKBONE_FILE
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    for _ in range(2):
        with pytest.raises(DesktopSearchError) as caught:
            load_backbone(manifest, tuned)
        assert caught.value.code is ProblemCode.MODEL_DAMAGED
        path.unlink(missing_ok=True)


def test_a_backbone_of_another_shape_or_an_unknown_one_is_refused(tuned: Path) -> None:
    manifest = load_model(tuned).manifest
    for name, code in (
        ("efficientnet-lite2", ProblemCode.MODEL_DAMAGED),
        ("efficientnet-lite9", ProblemCode.BACKBONE_UNKNOWN),
    ):
        with pytest.raises(DesktopSearchError) as caught:
            load_backbone(msgspec.structs.replace(manifest, backbone=name), tuned)
        assert caught.value.code is code


def test_weights_of_a_package_must_be_the_pinned_ones(tuned: Path) -> None:
    manifest = msgspec.structs.replace(load_model(tuned).manifest, backbone_weights="package")
    with pytest.raises(DesktopSearchError) as caught:
        load_backbone(manifest, tuned)
    assert caught.value.code is ProblemCode.MODEL_DAMAGED
