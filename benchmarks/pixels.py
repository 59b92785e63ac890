"""The pictures of a pack as a network takes them, made once and mapped from files.

They come from the product's own decoder and its own way from a proxy to a square. A run that is
cut short goes on where it stopped.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.photo_packs import keep_array
from desktopsearch.config import default_settings
from desktopsearch.hashing.preprocess import pixels
from desktopsearch.imaging.batch import DecodedFile, decode_files

_OF_A_FILE = 1_000


class PixelFiles:
    """Squares of all photos of a pack."""

    def __init__(self, paths: Sequence[Path], px: int, folder: Path) -> None:
        """Make what is not there yet.

        Args:
            paths: The photos, always in the same order.
            px: Side of the squares.
            folder: Of the files; its name must tell pack, size and preprocessing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._files: list[NDArray[np.uint8]] = []
        for start in range(0, len(paths), _OF_A_FILE):
            file = folder / f"{start:06}.npy"
            if not file.exists():
                part = paths[start : start + _OF_A_FILE]
                keep_array(file, _squares(part, px))
                print(f"{folder.name}: {start + len(part)} of {len(paths)}", file=sys.stderr)
            self._files.append(np.load(file, mmap_mode="r"))

    def __call__(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return (B, px, px, 3) sRGB."""
        files, places = np.divmod(rows, _OF_A_FILE)
        return np.stack(
            [
                self._files[file][place]
                for file, place in zip(files.tolist(), places.tolist(), strict=True)
            ]
        )


def _squares(paths: Sequence[Path], px: int) -> NDArray[np.uint8]:
    squares = np.empty((len(paths), px, px, 3), dtype=np.uint8)
    for row, file in enumerate(decode_files(paths, default_settings().decoder_processes)):
        if not isinstance(file, DecodedFile):
            raise SystemExit(f"{file.path.name} cannot be read: the pack is damaged")
        squares[row] = pixels(file.decoded.proxy, px)
    return squares
