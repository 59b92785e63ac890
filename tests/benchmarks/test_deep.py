"""A comparison in which the network is trained too, on pictures made up here."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.comparison import EMBEDDING
from benchmarks.deep_report import DeepOptions, measure_deep
from benchmarks.pixels import PixelFiles
from benchmarks.protocols import Protocol, Split, Subjects, with_fewer
from benchmarks.rivals import ITQ
from tests.textures import KINDS, jpeg, texture

PHOTOS = 72


def _split(subjects: Subjects, generator: np.random.Generator) -> Split:
    order = generator.permutation(len(subjects.labels))
    queries, database = np.sort(order[:12]), np.sort(order[12:])
    return Split(queries, database, database, database)


PROTOCOL = Protocol("textures", "made-up", "Textures by kind.", ("ssdh_sup",), 10, _split)


def _pack(folder: Path) -> None:
    with zipfile.ZipFile(folder / "made-up.zip", "w") as pack:
        for number in range(PHOTOS):
            kind = KINDS[number % len(KINDS)]
            content = jpeg(texture(kind, number, 64, 48))
            pack.writestr(f"made-up/{kind}/{number:03}.jpg", content)


def test_the_network_is_trained_beside_the_hash_layer_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pack(tmp_path)
    cache, results = tmp_path / "cache", tmp_path / "results"
    options = DeepOptions(stages=1, photos=48, px=48, epochs=1)
    monkeypatch.setattr("sys.argv", ["retrieval", "--depth", "deep"])

    def run() -> dict[str, object]:
        measure_deep(PROTOCOL, ["ssdh_sup"], [16], 0, tmp_path, results, options, cache)
        files = sorted(path.name for path in results.iterdir())
        name = "retrieval-textures-deep-1-48-photos-48px"
        assert files == [f"{name}.{ending}" for ending in ("json", "md", "svg")]
        text = (results / f"{name}.md").read_text(encoding="utf-8")
        assert "- training: 48, fewer than the protocol has" in text
        assert '- what "deep" trains: the last 1 stages' in text
        assert "ssdh_sup, deep against ITQ: 16 bits" in text
        found: dict[str, object] = json.loads((results / f"{name}.json").read_text("utf-8"))
        return found

    first = run()
    rows = first["rows"]
    assert isinstance(rows, list)
    methods = [row[0] for row in rows]
    assert {EMBEDDING, ITQ, "ssdh_sup", "ssdh_sup, deep"} <= set(methods)
    (codes,) = cache.glob("deep/**/codes.npy")
    assert np.load(codes).shape == (PHOTOS, 2)
    assert sorted(path.name for path in codes.parent.iterdir()) == ["codes.npy", "reports.json"]
    trained_at = codes.stat().st_mtime_ns
    again = run()["rows"]
    assert isinstance(again, list)
    assert codes.stat().st_mtime_ns == trained_at
    (deep,) = (row for row in rows if row[0] == "ssdh_sup, deep")
    assert deep in again  # with the time that the training took


def test_pixels_are_made_once(tmp_path: Path) -> None:
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"{number}.jpg")
        paths[-1].write_bytes(jpeg(texture("checks", number)))
    made = PixelFiles(paths, 32, tmp_path / "pixels")
    assert made(np.array([2, 0, 2])).shape == (3, 32, 32, 3)
    for path in paths:
        path.unlink()
    again = PixelFiles(paths, 32, tmp_path / "pixels")
    np.testing.assert_array_equal(again(np.array([1])), made(np.array([1])))


def test_fewer_photos_are_half_labelled_where_there_are_others() -> None:
    split = Split(np.arange(5), np.arange(5, 100), np.arange(5, 100), np.arange(60, 100))
    generator = np.random.default_rng(0)
    fewer = with_fewer(split, 30, generator)
    assert len(fewer.training) == 30
    assert len(fewer.labelled) == 15
    assert np.isin(fewer.labelled, split.labelled).all()
    assert np.isin(fewer.labelled, fewer.training).all()
    assert len(with_fewer(split, 90, generator).labelled) == 40
    every = Split(split.queries, split.database, split.training, split.training)
    assert len(with_fewer(every, 30, generator).labelled) == 30
    blind = Split(split.queries, split.database, split.training, np.empty(0, dtype=np.int64))
    assert len(with_fewer(blind, 30, generator).training) == 30
