"""Models on disk: what is written comes back, and what was changed is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from desktopsearch.domain.codes import CODE_FORMAT
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.efficientnet_lite import EfficientNetLite0
from desktopsearch.hashing.backbones.weights import BACKBONE, BACKBONE_SHA256
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import (
    MANIFEST_FILE,
    WEIGHTS_FILE,
    EmbeddingWeights,
    ModelManifest,
    bundled_model_folder,
    fingerprint_of,
    load_model,
    save_model,
)
from desktopsearch.hashing.preprocess import PREPROCESSING


def _parts() -> tuple[EmbeddingWeights, HashLayer]:
    generator = np.random.default_rng(0)
    return (
        EmbeddingWeights(
            generator.standard_normal((1280, 24)).astype(np.float16).T,
            generator.standard_normal(24).astype(np.float32),
        ),
        HashLayer(
            generator.standard_normal((16, 24)).astype(np.float32), np.zeros(16, dtype=np.float32)
        ),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    manifest = ModelManifest(
        name="made-by-a-test",
        version="1",
        backbone=BACKBONE,
        backbone_sha256=BACKBONE_SHA256,
        pooling=EfficientNetLite0.pooling,
        preprocessing=PREPROCESSING,
        input_px=64,
        embedding_dimensions=24,
        bits=16,
        code_format=CODE_FORMAT,
        created_by="a test",
    )
    save_model(tmp_path / "model", manifest, *_parts())
    return tmp_path / "model"


def test_what_is_saved_comes_back_bit_by_bit(folder: Path) -> None:
    embedding, layer = _parts()
    model = load_model(folder)
    np.testing.assert_array_equal(model.embedding.weight, embedding.weight)
    np.testing.assert_array_equal(model.embedding.bias, embedding.bias)
    np.testing.assert_array_equal(model.layer.weight, layer.weight)
    np.testing.assert_array_equal(model.layer.bias, layer.bias)
    assert model.manifest.name == "made-by-a-test"
    assert {path.name for path in folder.iterdir()} == {MANIFEST_FILE, WEIGHTS_FILE}


def _refusal(folder: Path) -> ProblemCode:
    with pytest.raises(DesktopSearchError) as caught:
        load_model(folder)
    return caught.value.code


@pytest.mark.parametrize("name", [MANIFEST_FILE, WEIGHTS_FILE])
def test_a_missing_file_is_said_of_the_model_that_lacks_it(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / name).unlink()
    assert _refusal(folder) is ProblemCode.MODEL_DAMAGED
    monkeypatch.setattr("desktopsearch.hashing.model.bundled_model_folder", lambda: folder)
    assert _refusal(folder) is ProblemCode.MODEL_MISSING


def test_one_changed_bit_of_the_weights_is_noticed(folder: Path) -> None:
    content = bytearray((folder / WEIGHTS_FILE).read_bytes())
    content[-1] ^= 1
    (folder / WEIGHTS_FILE).write_bytes(content)
    assert _refusal(folder) is ProblemCode.MODEL_DAMAGED


@pytest.mark.parametrize("content", [b"", b"{}", b"[1, 2]", b'{"name": 3}', b"\xff\xfe"])
def test_a_manifest_that_is_none_is_refused(folder: Path, content: bytes) -> None:
    (folder / MANIFEST_FILE).write_bytes(content)
    assert _refusal(folder) is ProblemCode.MODEL_DAMAGED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("input_px", 96),
        ("pooling", "another-1"),
        ("preprocessing", "another-1"),
        ("backbone_sha256", "0" * 64),
        ("embedding_dimensions", 32),
        ("bits", 24),
        ("code_format", "sign-big-1"),
        ("fingerprint", "0" * 64),
        ("unknown", 1),
    ],
)
def test_a_manifest_that_says_otherwise_is_refused(
    folder: Path, field: str, value: str | int
) -> None:
    path = folder / MANIFEST_FILE
    fields = msgspec.json.decode(path.read_bytes(), type=dict[str, str | int])
    path.write_bytes(msgspec.json.encode({**fields, field: value}))
    assert _refusal(folder) is ProblemCode.MODEL_DAMAGED


def test_the_fingerprint_stands_for_everything_that_makes_an_embedding(folder: Path) -> None:
    embedding, _ = _parts()
    weight, bias = embedding.weight.copy(), embedding.bias.copy()
    weight[3, 5] += 1
    bias[2] += 1
    manifest = load_model(folder).manifest
    prints = {
        fingerprint_of(msgspec.structs.replace(manifest, **changed), embedding)
        for changed in (
            {"name": "of no account"},
            {"backbone_sha256": "c"},
            {"pooling": "c"},
            {"preprocessing": "c"},
            {"input_px": 65},
            {"skip_stage": 0},
        )
    }
    prints.add(fingerprint_of(manifest, EmbeddingWeights(weight, embedding.bias)))
    prints.add(fingerprint_of(manifest, EmbeddingWeights(embedding.weight, bias)))
    assert len(prints) == 8
    assert manifest.fingerprint in prints


def test_the_bundled_model_is_whole_and_made_for_this_code() -> None:
    model = load_model(bundled_model_folder())
    assert model.manifest.name == bundled_model_folder().name
    assert model.manifest.preprocessing == PREPROCESSING
    assert model.manifest.pooling == EfficientNetLite0.pooling
    assert model.manifest.backbone_sha256 == BACKBONE_SHA256
    assert model.manifest.bits == 256
    assert (bundled_model_folder() / "MODEL_CARD.md").is_file()


def test_the_application_side_of_hashing_needs_neither_torch_nor_pillow() -> None:
    script = (
        "import sys\n"
        "import desktopsearch.hashing.batch, desktopsearch.hashing.itq\n"
        "import desktopsearch.hashing.layer, desktopsearch.hashing.messages\n"
        "import desktopsearch.hashing.model, desktopsearch.hashing.pca\n"
        "assert not {'torch', 'PIL'} & set(sys.modules), 'imported'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
