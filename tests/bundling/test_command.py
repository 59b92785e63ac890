"""The bundling command as a person runs it; in a process of its own, because it loads torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from desktopsearch.hashing.batch import encode_proxies
from desktopsearch.hashing.messages import EncoderOptions
from desktopsearch.hashing.model import load_model
from tests.textures import KINDS, jpeg, texture

PHOTOS = 45


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for number in range(PHOTOS):
        kind = KINDS[number % len(KINDS)]
        (folder / kind).mkdir(exist_ok=True)
        (folder / kind / f"{number:02}.jpg").write_bytes(jpeg(texture(kind, number)))
    (folder / "stripes" / "broken.jpg").write_bytes(b"no picture")
    return folder


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktopsearch.bundling", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_it_makes_a_model_that_loads_and_encodes(photos: Path, tmp_path: Path) -> None:
    holdout = tmp_path / "holdout.txt"
    holdout.write_text("blobs\n", encoding="utf-8")
    folder = tmp_path / "models" / "mine"
    options = ["--images", str(photos), "--holdout", str(holdout), "--output", str(folder)]
    done = _run(*options, "--dimensions", "24", "--bits", "16", "--model-version", "3")
    assert done.returncode == 0, done.stderr
    assert "broken.jpg" in done.stderr
    model = load_model(folder)
    assert model.manifest.name == "mine"
    assert model.manifest.fingerprint in done.stdout
    assert (model.manifest.embedding_dimensions, model.manifest.bits) == (24, 16)
    assert str(tmp_path) not in model.manifest.created_by
    assert f"--model-version {model.manifest.version}" in model.manifest.created_by
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"from {PHOTOS * 2 // 3} photos" in card

    encoder = EncoderOptions(str(folder), model.manifest.fingerprint, device="cpu", threads=1)
    proxies = [
        jpeg(texture(kind, seed)) for kind in ("stripes", "checks") for seed in range(60, 66)
    ]
    embeddings = np.concatenate(list(encode_proxies(proxies, encoder))).astype(np.float32)
    scores = embeddings @ embeddings.T
    same = np.kron(np.eye(2), np.ones((6, 6))).astype(bool)
    assert scores[same].mean() > scores[~same].mean() + 0.3
    assert model.layer.codes(embeddings.astype(np.float16)).shape == (12, 2)


def test_a_card_written_by_hand_survives(photos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    card = folder / "MODEL_CARD.md"
    card.write_text("by hand", encoding="utf-8")
    done = _run(
        "--images", str(photos), "--output", str(folder), "--dimensions", "16", "--bits", "16"
    )
    assert done.returncode == 0, done.stderr
    assert card.read_text(encoding="utf-8") == "by hand"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--at-most", "2", "--dimensions", "64", "--bits", "16"], "at least 64 are needed"),
        (["--dimensions", "64", "--bits", "72"], "from 16 to 64"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    photos: Path, tmp_path: Path, options: list[str], sentence: str
) -> None:
    done = _run("--images", str(photos), "--output", str(tmp_path / "mine"), *options)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "mine").exists()
