"""Packs, caches and near copies, with generated pictures and the real children."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.photo_packs import (
    embeddings_of,
    near_copy_groups,
    perceptual_hashes_of,
    unpack,
)
from benchmarks.rotated import ANGLES, rotations_of
from desktopsearch.hashing.model import bundled_model_folder
from tests.textures import KINDS, jpeg, texture

MODEL = bundled_model_folder()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a small pack of textures."""
    folder = tmp_path / "data"
    folder.mkdir()
    with zipfile.ZipFile(folder / "textures.zip", "w") as pack:
        for kind in KINDS:
            for seed in range(3):
                pack.writestr(f"textures/{kind}/{seed}.jpg", jpeg(texture(kind, seed)))
    return folder


def test_a_pack_is_unpacked_once_and_read_in_order(data: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    pack = unpack("textures", data, cache)
    assert [path.parent.name for path in pack.paths] == sorted(KINDS * 3)
    assert pack.labels.sum(axis=0).tolist() == [3, 3, 3]
    assert not pack.of_test.any()
    (data / "textures.zip").unlink()
    assert unpack("textures", data, cache).paths == pack.paths


def test_cifar10_knows_its_test_part(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "cifar10.zip", "w") as pack:
        for part in ("test", "train"):
            for kind in KINDS:
                pack.writestr(f"cifar10/{part}/{kind}/0000.jpg", jpeg(texture(kind, 0, 32, 32)))
    found = unpack("cifar10", tmp_path, tmp_path / "cache")
    assert found.of_test.tolist() == [False] * 3 + [True] * 3
    np.testing.assert_array_equal(found.labels, np.tile(np.eye(3, dtype=bool), (2, 1)))


def test_embeddings_are_made_once_and_go_on_where_they_stopped(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.photo_packs._PHOTOS_PER_FILE", 4)
    cache = tmp_path / "cache"
    paths = unpack("textures", data, cache).paths
    embeddings = embeddings_of("textures", paths, MODEL, cache)
    assert embeddings.shape == (9, 256)
    files = sorted((cache / "embeddings").rglob("*.npy"))
    assert [len(np.load(file)) for file in files] == [4, 4, 1]
    marked = np.full((4, 256), 7, dtype=np.float16)
    np.save(files[0], marked)
    files[1].unlink()
    resumed = embeddings_of("textures", paths, MODEL, cache)
    np.testing.assert_array_equal(resumed[:4], marked)
    np.testing.assert_allclose(resumed[4:].astype(float), embeddings[4:].astype(float), atol=2e-3)


def test_perceptual_hashes_find_copies_and_keep_others_apart(data: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    paths = unpack("textures", data, cache).paths
    small = tmp_path / "small.jpg"
    small.write_bytes(jpeg(texture(paths[0].parent.name, int(paths[0].stem)).resize((120, 90))))
    hashes = perceptual_hashes_of("textures", [*paths, small], cache)
    assert hashes.shape == (10, 8)
    groups = near_copy_groups(hashes)
    assert groups[9] == groups[0]
    assert len(np.unique(groups)) == 9
    np.testing.assert_array_equal(perceptual_hashes_of("textures", [], cache), hashes)


def test_near_copies_of_near_copies_belong_together() -> None:
    hashes = np.array([[0], [255], [1], [3], [254]], dtype=np.uint8)
    assert near_copy_groups(hashes, radius=1).tolist() == [0, 1, 0, 0, 1]
    assert near_copy_groups(hashes, radius=0).tolist() == [0, 1, 2, 3, 4]


def test_photos_are_turned_and_the_result_is_kept(data: Path, tmp_path: Path) -> None:
    paths = unpack("textures", data, tmp_path / "cache").paths
    file = tmp_path / "rotated" / "textures.npy"
    turned = rotations_of(paths, np.random.default_rng(0), MODEL, file)
    assert turned.indices.tolist() == list(range(9))
    assert turned.embeddings.shape == (len(ANGLES), 9, 256)
    straight = embeddings_of("textures", paths, MODEL, tmp_path / "cache").astype(float)
    cosines = np.einsum("vnd,nd->vn", turned.embeddings.astype(float), straight).mean(axis=1)
    # A little turn changes little, but something, and more of it more.
    assert 0.99 > cosines[1] > cosines[0] > 0.2
    kept = rotations_of(paths, np.random.default_rng(0), MODEL, file)
    np.testing.assert_array_equal(kept.embeddings, turned.embeddings)
