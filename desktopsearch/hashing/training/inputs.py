"""What the trained part of a network is fed with: pictures, or what its frozen stages made of them.

Under frozen stages each view of a photo passes them once; what comes out is kept in float16 files
that are mapped, not read. A file holds some photos and is whole or not there, so that work that is
cut short goes on where it stopped and several trainings may share a folder. Only a process that is
killed leaves an unfinished file behind.
"""

from __future__ import annotations

import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.domain.errors import BugError, Cancelled
from desktopsearch.hashing.training.cut import CutNetwork, Hidden
from desktopsearch.hashing.training.training_set import Pictures
from desktopsearch.hashing.training.views import View, cropped

AT_ONCE = 64
"""Pictures that pass the network together where nothing is learned."""
STORED = "float16-views-1"
"""Version of what is stored, part of the files' names: another one whenever the same stages and the
same draws give other values, because a view, the order of the draws or the layout has changed."""
_OF_A_FILE = 512


@dataclass(frozen=True, slots=True, eq=False)
class Photos:
    """Some photos of the whole set, in an order of their own, and how they are looked at."""

    pictures: Pictures
    rows: NDArray[np.int64]
    views: Sequence[View]
    """The first is the one by which photos are judged."""


class Inputs(ABC):
    """What the trained part takes, for the photos of one group, by their place in it."""

    @abstractmethod
    def drawn(self, places: NDArray[np.int64], generator: np.random.Generator) -> Hidden:
        """Return photos to learn from, each in a view that is drawn."""

    @abstractmethod
    def viewed(self, places: NDArray[np.int64], view: int = 0) -> Hidden:
        """Return photos in the view of that number."""


class LiveInputs(Inputs):
    """For a network without frozen stages: each step crops the pictures anew."""

    def __init__(self, photos: Photos, network: CutNetwork, device: torch.device) -> None:
        self._photos = photos
        self._network = network
        self._device = device

    def drawn(self, places: NDArray[np.int64], generator: np.random.Generator) -> Hidden:
        """Return cropped pictures."""
        return self._network.frozen_part(cropped(self._pictures(places), generator))

    def viewed(self, places: NDArray[np.int64], view: int = 0) -> Hidden:
        """Return pictures in a view; those that are shown here draw nothing."""
        seen = self._photos.views[view](self._pictures(places), np.random.default_rng(0))
        return self._network.frozen_part(seen)

    def _pictures(self, places: NDArray[np.int64]) -> torch.Tensor:
        pictures = self._photos.pictures(self._photos.rows[places])
        return torch.from_numpy(pictures).to(self._device)


class PartOfInputs(Inputs):
    """Some of the photos of other inputs, in an order of their own."""

    def __init__(self, whole: Inputs, rows: NDArray[np.int64]) -> None:
        """Choose.

        Args:
            whole: Of all photos.
            rows: Their places there.
        """
        self._whole = whole
        self._rows = rows

    def drawn(self, places: NDArray[np.int64], generator: np.random.Generator) -> Hidden:
        """Return what the whole gives."""
        return self._whole.drawn(self._rows[places], generator)

    def viewed(self, places: NDArray[np.int64], view: int = 0) -> Hidden:
        """Return what the whole gives."""
        return self._whole.viewed(self._rows[places], view)


class FrozenInputs(Inputs):
    """Outputs of frozen stages, computed once."""

    def __init__(
        self,
        photos: Photos,
        network: CutNetwork,
        device: torch.device,
        folder: Path,
        seed: int,
        stop: Callable[[], bool],
    ) -> None:
        """Compute what is not there yet.

        Args:
            photos: Of these.
            network: Whose frozen stages.
            device: Where the network is.
            folder: Of the files; its name must tell photos, views, frozen stages and seed.
            seed: Of the views.
            stop: Asked from time to time whether to end.

        Raises:
            Cancelled: ``stop`` said so.
        """
        for _done in computed(photos, network, device, folder, seed, stop):
            pass
        self._device = device
        self._views = len(photos.views)
        self._values: list[NDArray[np.float16]] = []
        self._skipped: list[NDArray[np.float32]] = []
        for start in range(0, len(photos.rows), _OF_A_FILE):
            values_file, skipped_file = _files(folder, start)
            self._values.append(np.load(values_file, mmap_mode="r"))
            if skipped_file.exists():
                self._skipped.append(np.load(skipped_file, mmap_mode="r"))

    def drawn(self, places: NDArray[np.int64], generator: np.random.Generator) -> Hidden:
        """Return outputs for any of the views."""
        return self._of(places, generator.integers(self._views, size=len(places)))

    def viewed(self, places: NDArray[np.int64], view: int = 0) -> Hidden:
        """Return outputs for one view."""
        return self._of(places, np.full(len(places), view))

    def _of(self, places: NDArray[np.int64], views: NDArray[np.int64]) -> Hidden:
        files, rows = np.divmod(places, _OF_A_FILE)
        wanted = list(zip(files.tolist(), rows.tolist(), views.tolist(), strict=True))
        values = np.stack([self._values[file][row, view] for file, row, view in wanted])
        skipped: torch.Tensor | None = None
        if self._skipped:
            means = np.stack([self._skipped[file][row, view] for file, row, view in wanted])
            skipped = torch.from_numpy(means).to(self._device)
        return Hidden(torch.from_numpy(values).to(self._device).float(), skipped)


def computed(
    photos: Photos,
    network: CutNetwork,
    device: torch.device,
    folder: Path,
    seed: int,
    stop: Callable[[], bool],
) -> Iterator[int]:
    """Compute outputs of frozen stages that are not there yet; yield how many photos are done.

    What is asked for is as ``FrozenInputs`` has it.

    Raises:
        Cancelled: ``stop`` said so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(photos.rows), _OF_A_FILE):
        rows = photos.rows[start : start + _OF_A_FILE]
        values_file, skipped_file = _files(folder, start)
        if not values_file.exists():
            part = Photos(photos.pictures, rows, photos.views)
            generator = np.random.default_rng([seed, start])
            _compute(part, network, device, values_file, skipped_file, generator, stop)
        yield start + len(rows)


def _files(folder: Path, start: int) -> tuple[Path, Path]:
    """Name the files of the photos from this place on: of values, and of means of a skip."""
    return folder / f"{start:07}-{STORED}.npy", folder / f"{start:07}-{STORED}-skip.npy"


def _compute(
    photos: Photos,
    network: CutNetwork,
    device: torch.device,
    values_file: Path,
    skipped_file: Path,
    generator: np.random.Generator,
    stop: Callable[[], bool],
) -> None:
    """Let photos pass the frozen stages in each view; keep (n, views, ...) arrays."""
    count, views = len(photos.rows), len(photos.views)
    values: NDArray[np.float16] | None = None
    skipped: NDArray[np.float32] | None = None
    for start in range(0, count, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        pictures = torch.from_numpy(photos.pictures(photos.rows[part])).to(device)
        for number, view in enumerate(photos.views):
            if stop():
                raise Cancelled
            hidden = network.frozen_part(view(pictures, generator))
            found = hidden.values.half().cpu().numpy()
            if not np.isfinite(found).all():
                raise BugError("what the frozen stages gave does not fit into float16")
            if values is None:
                values = np.empty((count, views, *found.shape[1:]), dtype=np.float16)
            values[part, number] = found
            if hidden.skipped is not None:
                means = hidden.skipped.float().cpu().numpy()
                if skipped is None:
                    skipped = np.empty((count, views, means.shape[1]), dtype=np.float32)
                skipped[part, number] = means
    assert values is not None
    # The values last: where they are, the means of the skip are too. Written rather than mapped:
    # to a file that is mapped a full disk is no error but the end of the process.
    if skipped is not None:
        _save(skipped_file, skipped)
    _save(values_file, values)


def _save(path: Path, values: NDArray[np.floating]) -> None:
    with _partial(path) as partial, partial.open("wb") as stream:
        np.save(stream, values)


@contextmanager
def _partial(path: Path) -> Iterator[Path]:
    """Name a file of this process alone; once it is on disk, it takes the place of ``path``."""
    descriptor, name = tempfile.mkstemp(".partial", path.stem, path.parent)
    os.close(descriptor)
    partial = Path(name)
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
