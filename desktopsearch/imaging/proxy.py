"""The proxy: the one small picture by which a photo is shown, encoded and taught.

The same pixels in give the same bytes out. Never enlarges and never keeps metadata.
"""

from __future__ import annotations

import io

from PIL import Image

SHORT_SIDE_PX = 256
LONG_SIDE_PX = 768
_QUALITY = 85


def proxy_size(width: int, height: int) -> tuple[int, int]:
    """Return the size of the proxy of a picture in pixels; no side is ever 0."""
    scale = min(1.0, SHORT_SIDE_PX / min(width, height), LONG_SIDE_PX / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def encode_proxy(picture: Image.Image) -> bytes:
    """Return an RGB picture of the proxy's size as a JPEG without metadata."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
