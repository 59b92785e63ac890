"""From a proxy to the pixels that the network sees: one way, versioned, in the encoder only.

Pillow is used here on nothing but proxies, which the decoder of this application made. ``draft``
is left alone: a proxy is too small for libjpeg to halve it on the way to the input size.
"""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

PREPROCESSING = "half-crop-bicubic-1"
"""A square, half by cropping and half by squeezing; the number grows when a pixel could change.

Cropping alone loses what stands at the sides of a wide photo, squeezing alone distorts it.
"""


def pixels(proxy: bytes, input_px: int) -> NDArray[np.uint8]:
    """Return the picture as the network's input, not yet normalised.

    Args:
        proxy: JPEG bytes.
        input_px: Side of the square.

    Returns:
        (input_px, input_px, 3) uint8, sRGB.

    Raises:
        DesktopSearchError: FILE_NOT_ENCODED when the bytes are no picture.
    """
    try:
        with Image.open(io.BytesIO(proxy), formats=("JPEG",)) as picture:
            square = picture.convert("RGB").resize(
                (input_px, input_px), Image.Resampling.BICUBIC, box=_middle(*picture.size)
            )
    except UnidentifiedImageError as error:
        raise DesktopSearchError(ProblemCode.FILE_NOT_ENCODED, reason="not a JPEG") from error
    except OSError as error:
        raise DesktopSearchError(ProblemCode.FILE_NOT_ENCODED, reason=str(error)) from error
    return np.asarray(square)


def _middle(width: int, height: int) -> tuple[float, float, float, float]:
    """Return the box whose proportions are the square root of the picture's own."""
    longer = math.sqrt(width * height)
    kept_width, kept_height = min(width, longer), min(height, longer)
    left, upper = (width - kept_width) / 2, (height - kept_height) / 2
    return left, upper, left + kept_width, upper + kept_height
