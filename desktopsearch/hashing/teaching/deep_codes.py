"""What is done with a taught model: codes as the library's encoder would make them, and a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from desktopsearch.hashing import encoder
from desktopsearch.hashing.messages import EncoderOptions
from desktopsearch.hashing.model import (
    BACKBONE_FILE,
    MANIFEST_FILE,
    WEIGHTS_FILE,
    load_model,
    write_whole,
)
from desktopsearch.hashing.teaching.messages import TrainerOptions
from desktopsearch.hashing.teaching.proxy_file import ProxyFile


def codes_of(
    proxies: ProxyFile, rows: NDArray[np.int64], model: Path, options: TrainerOptions
) -> NDArray[np.uint8]:
    """Return (R, bytes) codes by the network and the hash layer of a model.

    Args:
        proxies: Of all photos.
        rows: Of those that are asked for.
        model: Its folder.
        options: Which device.

    Raises:
        DesktopSearchError: As ``encoder.create`` and ``Encoder.compute``.
    """
    loaded = load_model(model)
    wanted = EncoderOptions(
        str(model), loaded.manifest.fingerprint, options.device, options.threads
    )
    made = encoder.create(msgspec.msgpack.encode(wanted))
    embeddings = np.empty((len(rows), loaded.layer.dimensions), np.float16)
    for start in range(0, len(rows), encoder.LARGEST_BATCH):
        part = slice(start, start + encoder.LARGEST_BATCH)
        embeddings[part] = np.stack(_computed(made, proxies.read(rows[part])))
    return loaded.layer.codes(embeddings)


def copied(model: Path, folder: Path) -> str:
    """Copy a model into a folder of its own, each file whole; return its fingerprint.

    Raises:
        OSError: It cannot be written.
        DesktopSearchError: As ``load_model``.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in (BACKBONE_FILE, WEIGHTS_FILE, MANIFEST_FILE):
        write_whole(folder / name, (model / name).read_bytes())
    return load_model(folder).manifest.fingerprint


def _computed(made: encoder.Encoder, proxies: list[bytes]) -> list[NDArray[np.floating]]:
    computing = made.compute(proxies)
    while True:
        try:
            # A device that is given up is no news here: the encoder goes on with another.
            next(computing)
        except StopIteration as ended:
            rows: list[NDArray[np.floating]] = ended.value
            return rows
