"""From a proxy to pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.preprocess import pixels
from tests.textures import jpeg, texture


@pytest.mark.parametrize("size", [(256, 256), (768, 256), (256, 341), (1, 1), (3, 700)])
def test_every_picture_becomes_a_square_of_the_wanted_size(size: tuple[int, int]) -> None:
    found = pixels(jpeg(texture("stripes", 0, *size)), 48)
    assert found.shape == (48, 48, 3)
    assert found.dtype == np.uint8


def test_a_grey_picture_gets_three_equal_channels() -> None:
    found = pixels(jpeg(texture("checks", 0).convert("L")), 32)
    assert (found == found[..., :1]).all()


def test_half_is_cropped_and_half_is_squeezed() -> None:
    # Four times as wide as high: the middle half of the width is kept and squeezed by two.
    picture = Image.new("RGB", (400, 100), (255, 0, 0))
    picture.paste((0, 0, 255), (100, 0, 300, 100))
    found = pixels(jpeg(picture), 50).astype(int)
    assert (found[..., 2] > found[..., 0]).all()
    turned = pixels(jpeg(picture.transpose(Image.Transpose.ROTATE_90)), 50).astype(int)
    assert (turned[..., 2] > turned[..., 0]).all()


@pytest.mark.parametrize("proxy", [b"", b"not a picture", jpeg(texture("blobs", 1))[:900]])
def test_bytes_that_are_no_whole_jpeg_are_refused(proxy: bytes) -> None:
    with pytest.raises(DesktopSearchError) as caught:
        pixels(proxy, 32)
    assert caught.value.code is ProblemCode.FILE_NOT_ENCODED
    assert "0x" not in str(caught.value)
