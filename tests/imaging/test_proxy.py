from __future__ import annotations

import io

import pytest
from PIL import Image

from desktopsearch.imaging.pixels import upright
from desktopsearch.imaging.proxy import encode_proxy, proxy_size
from tests.imaging.pictures import encoded, exif_bytes, quartered


@pytest.mark.parametrize("width", [1, 2, 255, 256, 257, 767, 769, 5000, 200_000])
@pytest.mark.parametrize("height", [1, 3, 256, 300, 768, 4000])
def test_no_side_is_zero_too_long_or_longer_than_it_was(width: int, height: int) -> None:
    small = proxy_size(width, height)
    assert 1 <= min(small) <= 256
    assert max(small) <= 768
    assert small[0] <= width
    assert small[1] <= height


def test_a_proxy_carries_no_metadata_and_is_always_the_same() -> None:
    data = encoded(
        quartered(),
        "JPEG",
        exif=exif_bytes(1, t271="Secret"),
        comment=b"secret comment",
        dpi=(300, 300),
        xmp=b"<x:xmpmeta>secret</x:xmpmeta>",
    )
    first = encode_proxy(upright(data).picture)
    assert first == encode_proxy(upright(data).picture)
    assert b"ecret" not in first
    proxy = Image.open(io.BytesIO(first))
    assert set(proxy.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert (proxy.format, proxy.mode, proxy.size) == ("JPEG", "RGB", (384, 256))
