"""The proxies of a deep teaching, one after the other in a file of its job.

The application writes it and the trainer reads it, so that no child opens the library. Numpy only.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class ProxyFile:
    """Some photos' proxies, by row."""

    def __init__(self, path: Path, lengths: NDArray[np.int64]) -> None:
        """Know where each lies.

        Args:
            path: Of the file.
            lengths: (N,) of the proxies in bytes, in their order.
        """
        self._path = path
        self._ends = np.cumsum(lengths)
        self._lengths = lengths

    @property
    def is_whole(self) -> bool:
        """Whether the file is there and as long as it must be."""
        size = int(self._ends[-1]) if len(self._ends) else 0
        return self._path.is_file() and self._path.stat().st_size == size

    def read(self, rows: NDArray[np.int64]) -> list[bytes]:
        """Return the proxies of these rows, as JPEG bytes.

        Raises:
            OSError: The file cannot be read.
        """
        found = []
        with self._path.open("rb") as file:
            for end, length in zip(self._ends[rows], self._lengths[rows], strict=True):
                file.seek(int(end - length))
                found.append(file.read(int(length)))
        return found
