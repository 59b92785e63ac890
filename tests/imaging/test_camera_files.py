"""Real camera files: the pack with every EXIF orientation and the oddest cameras."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktopsearch.imaging.batch import DecodedFile, decode_files

DATA = os.environ.get("DESKTOPSEARCH_DATA")
pytestmark = [
    pytest.mark.photos,
    pytest.mark.skipif(DATA is None, reason="DESKTOPSEARCH_DATA names no folder of photos"),
]


@pytest.fixture(scope="module")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DecodedFile]:
    folder = tmp_path_factory.mktemp("camera")
    assert DATA is not None
    with zipfile.ZipFile(Path(DATA) / "camera.zip") as pack:
        names = [name for name in pack.namelist() if not name.endswith("/")]
        pack.extractall(folder, names)
    results = list(decode_files([folder / name for name in names], 2))
    failed = [result for result in results if not isinstance(result, DecodedFile)]
    assert failed == []
    return {
        name.removeprefix("camera/"): result
        for name, result in zip(names, results, strict=True)
        if isinstance(result, DecodedFile)
    }


def _pixels(result: DecodedFile) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    picture = Image.open(io.BytesIO(result.decoded.proxy)).resize((24, 24))
    return np.asarray(picture, dtype=np.float64)


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("jpg/orientation/landscape_{}.jpg", (600, 450)),
        ("jpg/orientation/portrait_{}.jpg", (450, 600)),
        ("orientation/Landscape_{}.jpg", (1800, 1200)),
        ("orientation/Portrait_{}.jpg", (1200, 1800)),
    ],
)
def test_all_orientations_show_the_same_picture(
    decoded: dict[str, DecodedFile], pattern: str, size: tuple[int, int]
) -> None:
    first = decoded[pattern.format(1)]
    for orientation in range(1, 9):
        result = decoded[pattern.format(orientation)]
        assert (result.decoded.width, result.decoded.height) == size
        # The pictures carry their number, so they differ a little.
        assert np.abs(_pixels(result) - _pixels(first)).mean() < 4.0


def test_cameras_and_dates_are_read(decoded: dict[str, DecodedFile]) -> None:
    facts = {
        name: (result.decoded.camera, result.decoded.taken_at) for name, result in decoded.items()
    }
    assert facts["jpg/Canon_40D.jpg"] == ("Canon EOS 40D", "2008-05-30T15:56:01")
    assert facts["jpg/Nikon_D70.jpg"] == ("NIKON D70", "2008-03-15T09:52:01")
    assert facts["jpg/Kodak_CX7530.jpg"][0] == "KODAK CX7530 ZOOM DIGITAL CAMERA"
    assert facts["jpg/orientation/landscape_1.jpg"] == (None, None)
