"""Embeddings of photos turned a little, for the objective that wants codes to bear that.

Turned are the proxies that the product's decoder makes; the frame stays, as in DeepBit's released
code, so the corners turn black.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.photo_packs import keep_array
from desktopsearch.config import default_settings
from desktopsearch.hashing.batch import encode_proxies
from desktopsearch.hashing.messages import EncoderOptions
from desktopsearch.hashing.model import load_model
from desktopsearch.hashing.training.training_set import Rotations
from desktopsearch.imaging.batch import DecodedFile, decode_files

ANGLES = (-10.0, -5.0, 5.0, 10.0)
PHOTOS = 1_000
"""That are turned at most, drawn at random."""
_QUALITY = 90


def rotations_of(
    paths: Sequence[Path], generator: np.random.Generator, model: Path, file: Path
) -> Rotations:
    """Return embeddings of some photos at each angle, from a file if it is there, else kept in it.

    Args:
        paths: The photos of a training set, in its order.
        generator: Draws those that are turned.
        model: Folder of the model.
        file: Where the embeddings are kept; its name must tell model, photos and seed.
    """
    count = min(PHOTOS, len(paths))
    chosen = np.sort(generator.choice(len(paths), count, replace=False))
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(_turned([paths[row] for row in chosen])) as proxies:
            options = EncoderOptions(str(model), load_model(model).manifest.fingerprint)
            batches = encode_proxies(proxies, options, default_settings().encoder_batch)
            embeddings = np.concatenate(list(batches))
        by_photo = embeddings.reshape(count, len(ANGLES), -1)
        keep_array(file, np.ascontiguousarray(by_photo.transpose(1, 0, 2)))
    found: NDArray[np.float16] = np.load(file)
    return Rotations(chosen, np.array(ANGLES), found)


def _turned(paths: Sequence[Path]) -> Generator[bytes]:
    for decoded in decode_files(paths, default_settings().decoder_processes):
        if not isinstance(decoded, DecodedFile):
            raise SystemExit(f"{decoded.path.name} cannot be read: the pack is damaged")
        with Image.open(io.BytesIO(decoded.decoded.proxy)) as proxy:
            for angle in ANGLES:
                buffer = io.BytesIO()
                proxy.rotate(angle, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=_QUALITY)
                yield buffer.getvalue()
