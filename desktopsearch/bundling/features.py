"""Backbone features of many photos, read exactly as the product reads them.

The photos go through the decoder child; this process, which holds torch, never opens one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.domain.problems import sentence
from desktopsearch.hashing.backbones.weights import BACKBONE, load_pinned
from desktopsearch.hashing.devices import choose_device
from desktopsearch.hashing.embedding import FeatureNetwork
from desktopsearch.hashing.preprocess import pixels
from desktopsearch.imaging.batch import FailedFile, decode_files

_BATCH = 32
_REPORT_EVERY = 100 * _BATCH

_log = logging.getLogger(__name__)


def features_of(photos: Sequence[Path], input_px: int, workers: int) -> NDArray[np.float32]:
    """Return (N, 1280) features in the order of the photos, without the unreadable ones.

    Args:
        photos: Picture files.
        input_px: Side of the square that the network sees.
        workers: Number of decoder children.

    Raises:
        DesktopSearchError: MODEL_MISSING, MODEL_DAMAGED, CHILD_FAILED.
    """
    device = choose_device("auto")
    network = FeatureNetwork(load_pinned(BACKBONE)).to(device)
    pictures = _pictures(photos, input_px, workers)
    rows: list[NDArray[np.float32]] = []
    while batch := list(islice(pictures, _BATCH)):
        with torch.inference_mode():
            found = network(torch.from_numpy(np.stack(batch)).to(device))
        rows.append(found.cpu().numpy())
    return np.concatenate(rows) if rows else np.empty((0, 0), dtype=np.float32)


def _pictures(photos: Sequence[Path], input_px: int, workers: int) -> Iterator[NDArray[np.uint8]]:
    for done, file in enumerate(decode_files(photos, workers), start=1):
        if isinstance(file, FailedFile):
            _log.warning("%s: %s", file.path, sentence(file.problem, file.parameters))
        else:
            yield pixels(file.decoded.proxy, input_px)
        if done % _REPORT_EVERY == 0 or done == len(photos):
            _log.info("%d of %d photos", done, len(photos))
