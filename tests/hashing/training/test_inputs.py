"""What frozen stages gave, from files, is what they give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from desktopsearch.domain.errors import Cancelled
from desktopsearch.hashing.devices import CPU
from desktopsearch.hashing.hashing_network import HashingNetwork
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import EmbeddingWeights
from desktopsearch.hashing.training.cut import CutNetwork
from desktopsearch.hashing.training.inputs import (
    STORED,
    FrozenInputs,
    LiveInputs,
    PartOfInputs,
    Photos,
    computed,
)
from desktopsearch.hashing.training.preparation import never
from desktopsearch.hashing.training.views import drawn_views
from tests.hashing.training.tiny import coloured, tiny_backbone

MADE = coloured(1_100, 0)
PHOTOS = Photos(MADE.training.pictures, np.arange(1_100)[::-1].copy(), drawn_views(3))


def _network(stages: int | None, skip_stage: int | None = None) -> CutNetwork:
    columns = 48 + (3 if skip_stage == 0 else 12 if skip_stage == 1 else 0)
    generator = np.random.default_rng(0)
    embedding = EmbeddingWeights(
        generator.standard_normal((16, columns)).astype(np.float16), np.zeros(16, np.float32)
    )
    layer = HashLayer(np.zeros((16, 16), np.float32), np.zeros(16, np.float32))
    network = HashingNetwork(tiny_backbone(), embedding, layer, skip_stage)
    return CutNetwork(network, stages)


@pytest.mark.parametrize("skip_stage", [None, 0])
def test_a_cut_network_gives_the_embeddings_of_the_whole(
    tmp_path: Path, skip_stage: int | None
) -> None:
    places = np.array([0, 1_099, 511, 512, 7, 7])
    cut, whole = _network(1, skip_stage), _network(None, skip_stage)
    frozen = FrozenInputs(PHOTOS, cut, CPU, tmp_path, 0, never)
    live = LiveInputs(PHOTOS, whole, CPU)
    with torch.no_grad():
        found = cut.embeddings(frozen.viewed(places))
        expected = whole.embeddings(live.viewed(places))
        pixels = torch.from_numpy(MADE.pixels[PHOTOS.rows[places]])
        directly = whole.network.embed(whole.network.features(pixels))
    torch.testing.assert_close(expected, directly)
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=0)  # float16
    changed = frozen.viewed(places, 1).values
    assert not torch.equal(changed, frozen.viewed(places).values)


def test_a_part_of_inputs_gives_what_the_whole_does(tmp_path: Path) -> None:
    whole = FrozenInputs(PHOTOS, _network(1), CPU, tmp_path, 0, never)
    rows = np.array([1_000, 3, 600])
    part = PartOfInputs(whole, rows)
    assert torch.equal(
        part.viewed(np.array([2, 0]), 1).values, whole.viewed(np.array([600, 1_000]), 1).values
    )
    drawn = part.drawn(np.arange(3), np.random.default_rng(0)).values
    assert torch.equal(drawn, whole.drawn(rows, np.random.default_rng(0)).values)


def test_how_far_it_is_is_told_by_files(tmp_path: Path) -> None:
    told = computed(PHOTOS, _network(1), CPU, tmp_path, 0, never)
    assert next(told) == 512
    assert len(list(tmp_path.iterdir())) == 1
    assert list(told) == [1_024, 1_100]
    # What is there is told of all the same.
    assert list(computed(PHOTOS, _network(1), CPU, tmp_path, 0, never)) == [512, 1_024, 1_100]


def test_views_are_drawn_from_those_that_are_kept(tmp_path: Path) -> None:
    frozen = FrozenInputs(PHOTOS, _network(1), CPU, tmp_path, 0, never)
    places = np.arange(300)
    kept = torch.stack([frozen.viewed(places, view).values for view in range(3)])
    drawn = frozen.drawn(places, np.random.default_rng(0)).values
    matches = (kept == drawn).flatten(2).all(dim=2)
    assert matches.any(dim=0).all()
    assert (matches.float().mean(dim=1) > 0.2).all()


def test_work_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    whole = FrozenInputs(PHOTOS, _network(1), CPU, tmp_path / "whole", 0, never)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 40

    with pytest.raises(Cancelled):
        FrozenInputs(PHOTOS, _network(1), CPU, tmp_path / "cut", 0, stop)
    done = sorted(path.name for path in (tmp_path / "cut").iterdir())
    assert done == [f"0000000-{STORED}.npy"]
    before = (tmp_path / "cut" / done[0]).stat().st_mtime_ns
    again = FrozenInputs(PHOTOS, _network(1), CPU, tmp_path / "cut", 0, never)
    assert (tmp_path / "cut" / done[0]).stat().st_mtime_ns == before
    places = np.arange(1_100)
    for view in range(3):
        assert torch.equal(again.viewed(places, view).values, whole.viewed(places, view).values)
    assert not list((tmp_path / "cut").glob("*.partial"))


@pytest.mark.parametrize("skip_stage", [None, 0])
def test_two_trainings_may_fill_a_folder_at_once(tmp_path: Path, skip_stage: int | None) -> None:
    network = _network(1, skip_stage)
    others: list[FrozenInputs] = []
    asked = 0

    def another_one_overtakes() -> bool:
        nonlocal asked
        asked += 1
        if asked == 5:  # in the middle of the first file
            others.append(FrozenInputs(PHOTOS, network, CPU, tmp_path, 0, never))
        return False

    slow = FrozenInputs(PHOTOS, network, CPU, tmp_path, 0, another_one_overtakes)
    places = np.arange(1_100)
    for view in range(3):
        one, other = slow.viewed(places, view), others[0].viewed(places, view)
        assert torch.equal(one.values, other.values)
        assert (one.skipped is None) == (skip_stage is None)
        if one.skipped is not None and other.skipped is not None:
            assert torch.equal(one.skipped, other.skipped)
    assert not list(tmp_path.glob("*.partial"))


def test_files_of_another_version_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    def counted(rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        nonlocal asked
        asked += len(rows)
        return MADE.training.pictures(rows)

    photos = Photos(counted, PHOTOS.rows, PHOTOS.views)
    for version in ("one", "another"):
        monkeypatch.setattr("desktopsearch.hashing.training.inputs.STORED", version)
        asked = 0
        FrozenInputs(photos, _network(1), CPU, tmp_path, 0, never)
        assert asked == 1_100
        FrozenInputs(photos, _network(1), CPU, tmp_path, 0, never)
        assert asked == 1_100


def test_only_the_later_part_is_trained() -> None:
    names = set(_network(1).trained())
    assert names == {
        "backbone.second.0.weight",
        "backbone.second.0.bias",
        "backbone.second.1.weight",
        "backbone.second.1.bias",
        "embedding.weight",
        "embedding.bias",
    }
    assert {name for name in _network(None).trained() if name.startswith("backbone.first")}
