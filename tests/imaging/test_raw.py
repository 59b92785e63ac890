from __future__ import annotations

import numpy as np
import pytest

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.pixels import upright
from desktopsearch.imaging.raw import is_raw, upright_raw
from tests.imaging.asking import DecoderAsker
from tests.imaging.dng import make_dng
from tests.imaging.pictures import encoded, quarter_names, quartered

UPRIGHT = {1: "RGBY", 3: "YBGR", 6: "BRYG", 8: "GYRB"}


def _sensor() -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.asarray(quartered(640, 480))


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_the_preview_is_taken_and_turned(orientation: int) -> None:
    data = make_dng(_sensor(), preview=quartered(400, 300), orientation=orientation)
    result = upright_raw(data)
    assert quarter_names(result.picture) == UPRIGHT[orientation]
    size = (640, 480) if orientation < 5 else (480, 640)
    assert (result.width, result.height) == size
    assert result.facts.camera == "Testmaker One"


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("preview", [None, (160, 120)])
def test_without_a_usable_preview_it_is_developed(
    orientation: int, preview: tuple[int, int] | None
) -> None:
    small = quartered(*preview) if preview else None
    result = upright_raw(make_dng(_sensor(), preview=small, orientation=orientation))
    assert result.picture.size == ((320, 240) if orientation < 5 else (240, 320))
    red = result.picture.resize((2, 2)).split()[0].tobytes()
    assert UPRIGHT[orientation][red.index(max(red))] == "R"


def test_raw_is_told_from_pictures() -> None:
    dng = make_dng(_sensor(), preview=quartered(400, 300))
    tiff = encoded(quartered(), "TIFF")
    assert is_raw(dng, b"")
    assert is_raw(dng, b".jpg")
    assert not is_raw(tiff, b".tif")
    assert not is_raw(encoded(quartered(), "JPEG"), b".nef")
    assert not is_raw(b"", b".nef")


def test_other_files_under_raw_names_are_pictures(
    decoder: DecoderAsker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("raw")
    for name in ("TIFF", "JPEG"):
        path = folder / f"{name}.nef"
        path.write_bytes(encoded(quartered(), name))
        reply = decoder.decode(path)
        assert getattr(reply, "format", reply) == name


def test_raw_in_the_decoder(decoder: DecoderAsker) -> None:
    reply = decoder.decode(make_dng(_sensor(), preview=quartered(400, 300), orientation=6))
    assert getattr(reply, "format", reply) == "RAW"
    assert getattr(reply, "width", None) == 480


def test_truncated_raw_is_damaged() -> None:
    data = make_dng(_sensor())
    front = data[:8] + data[-4000:]
    with pytest.raises(DesktopSearchError) as caught:
        upright_raw(front)
    assert caught.value.code in {ProblemCode.FILE_DAMAGED, ProblemCode.FILE_NOT_AN_IMAGE}
    with pytest.raises(DesktopSearchError) as caught:
        upright(data[:5000])
    assert caught.value.code is ProblemCode.FILE_DAMAGED
