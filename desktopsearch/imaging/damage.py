"""The one place that turns what picture libraries raise into problems of a file.

Only calls into those libraries belong inside ``damage_reported``: what it catches is not told from
a mistake of ours.
"""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from PIL import Image, UnidentifiedImageError

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode

LARGEST_PICTURE_PX = 200_000_000
_LONGEST_REASON = 80

DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    ArithmeticError,
    LookupError,
    struct.error,
    zlib.error,
    # What the parsers of metadata stumble over when a value has another type than they expect.
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,
)
"""Everything that Pillow and its plug-ins raise for bytes that are not as they should be."""


@contextmanager
def damage_reported() -> Iterator[None]:
    """Turn the exceptions of picture libraries into problems, and keep their warnings quiet.

    Raises:
        DesktopSearchError: FILE_OUT_OF_MEMORY, FILE_TOO_MANY_PIXELS, FILE_NOT_AN_IMAGE or
            FILE_DAMAGED.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MemoryError as error:
        raise DesktopSearchError(ProblemCode.FILE_OUT_OF_MEMORY) from error
    except Image.DecompressionBombError as error:
        declared = re.search(r"\d+", str(error))
        raise too_many_pixels(int(declared[0]) if declared else 2 * LARGEST_PICTURE_PX) from error
    except UnidentifiedImageError as error:
        raise DesktopSearchError(ProblemCode.FILE_NOT_AN_IMAGE) from error
    except DAMAGE as error:
        raise DesktopSearchError(ProblemCode.FILE_DAMAGED, reason=_brief(error)) from error


@contextmanager
def damage_ignored() -> Iterator[None]:
    """Let metadata be damaged: what was read until then counts."""
    with warnings.catch_warnings(), suppress(*DAMAGE):
        warnings.simplefilter("ignore")
        yield


def too_many_pixels(pixels_px: int) -> DesktopSearchError:
    """Return the error about a picture that declares more pixels than are decoded."""
    return DesktopSearchError(
        ProblemCode.FILE_TOO_MANY_PIXELS,
        megapixels=-(-pixels_px // 1_000_000),
        limit_megapixels=LARGEST_PICTURE_PX // 1_000_000,
    )


def _brief(error: BaseException) -> str:
    text = re.sub(r"[^ -~]+|<.*?>", " ", str(error))
    text = " ".join(text.split())[:_LONGEST_REASON].rstrip(" .")
    return text or type(error).__name__
