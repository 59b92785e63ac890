"""The pixels that were decoded last, so that another part of the same picture costs only its cut.

Knows nothing of files: whoever asks says which content is meant, by its digest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from desktopsearch.imaging.exif import Facts

MOST_KEPT_PX = 50_000_000
"""Up to 200 MB; a picture of more pixels is decoded anew for every part."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A decoded picture, before a part is cut out."""

    flat: Image.Image
    """As ``colour.flat_mode`` leaves it, held as in the file."""
    small: Image.Image
    """All of it: of the proxy's size, upright, in sRGB."""
    profile: bytes | None
    """ICC profile of ``flat``."""
    turn: int
    """EXIF orientation of ``flat``."""
    facts: Facts


class KeptPixels:
    """Keeps one decoded picture of one content."""

    def __init__(self) -> None:
        self._digest = b""
        self._detail: tuple[int, int] | None = None
        self._loaded: Loaded | None = None

    def turn_to(self, digest: bytes) -> None:
        """Say which content is meant from now on; pixels of another one are forgotten."""
        if digest != self._digest:
            self._digest, self._loaded = digest, None

    def get(self, detail: tuple[int, int] | None, load: Callable[[], Loaded]) -> Loaded:
        """Return the picture as it was decoded, or decode it.

        Args:
            detail: Width and height to which it is decoded; None if there is only one way.
            load: Decodes it.
        """
        if self._loaded is None or detail != self._detail:
            # Two of them at once might be more than the memory holds.
            self._loaded = None
            loaded = load()
            if loaded.flat.width * loaded.flat.height > MOST_KEPT_PX:
                return loaded
            self._detail, self._loaded = detail, loaded
        return self._loaded
