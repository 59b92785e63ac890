"""Backbone features of many photos, read exactly as the product reads them.

The photos go through the decoder child; this process, which holds torch, never opens one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.domain.problems import sentence
from desktopsearch.hashing.backbones.weights import BACKBONE, load_pinned
from desktopsearch.hashing.devices import choose_device
from desktopsearch.hashing.embedding import FeatureNetwork
from desktopsearch.hashing.memory import keep_freed_memory
from desktopsearch.hashing.preprocess import pixels
from desktopsearch.imaging.batch import FailedFile, decode_files

_BATCH = 32
_REPORT_EVERY = 100 * _BATCH

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What was measured, in the order of the photos."""

    positions: NDArray[np.int64]
    """(N,) of the photos that could be read."""
    values: NDArray[np.float32]
    """(N, F)."""


def features_of(photos: Sequence[Path], input_px: int, workers: int) -> Features:
    """Measure the features of photos, leaving out those that cannot be read.

    Args:
        photos: Picture files.
        input_px: Side of the square that the network sees.
        workers: Number of decoder children.

    Raises:
        DesktopSearchError: MODEL_MISSING, MODEL_DAMAGED, CHILD_FAILED.
    """
    keep_freed_memory()
    device = choose_device("auto")
    backbone = load_pinned(BACKBONE)
    network = FeatureNetwork(backbone).to(device)
    pictures = _pictures(photos, input_px, workers)
    positions: list[int] = []
    rows: list[NDArray[np.float32]] = [np.empty((0, backbone.features), dtype=np.float32)]
    while batch := list(islice(pictures, _BATCH)):
        with torch.inference_mode():
            stacked = np.stack([picture for _, picture in batch])
            found = network(torch.from_numpy(stacked).to(device))
        positions += [position for position, _ in batch]
        rows.append(found.cpu().numpy())
    return Features(np.array(positions, dtype=np.int64), np.concatenate(rows))


def _pictures(
    photos: Sequence[Path], input_px: int, workers: int
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield the position and the pixels of each photo that can be read."""
    for done, file in enumerate(decode_files(photos, workers), start=1):
        if isinstance(file, FailedFile):
            _log.warning("%s: %s", file.path, sentence(file.problem, file.parameters))
        else:
            yield done - 1, pixels(file.decoded.proxy, input_px)
        if done % _REPORT_EVERY == 0 or done == len(photos):
            _log.info("%d of %d photos", done, len(photos))
