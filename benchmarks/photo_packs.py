"""The labelled photos that retrieval is measured on: packs of a data folder, unpacked once.

A pack is a zip with one top folder of its own name. Embeddings are made by the product's own
decoder and encoder, once per model, and kept below the cache folder; a run that is cut short goes
on where it stopped.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktopsearch.config import default_settings
from desktopsearch.domain.codes import hamming_distances
from desktopsearch.hashing.batch import encode_proxies
from desktopsearch.hashing.messages import EncoderOptions
from desktopsearch.hashing.model import load_model
from desktopsearch.imaging.batch import FailedFile, decode_files
from desktopsearch.imaging.labelled_photos import (
    LabelledPhoto,
    label_matrix,
    read_labelled_photos,
)

CACHE = Path(__file__).parent.parent / ".cache"
CIFAR10 = "cifar10"
NEAR_COPY_BITS = 8
"""Photos whose perceptual hashes differ in at most so many of 64 bits are taken for copies."""
_PHOTOS_PER_FILE = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class PhotoPack:
    """Labelled photos in a fixed order."""

    paths: list[Path]
    labels: NDArray[np.bool_]
    """(N, C)."""
    of_test: NDArray[np.bool_]
    """(N,): photos that the pack's makers set apart for testing."""


def unpack(name: str, data: Path, cache: Path = CACHE) -> PhotoPack:
    """Read a pack; unpack it first where that has not been done.

    Args:
        name: Of the pack, without ``.zip``.
        data: Folder that holds the zips.
        cache: Folder for all that can be made again.
    """
    folder = cache / "packs" / name
    if not folder.is_dir():
        partial = folder.with_name(f"{name}.partial")
        with zipfile.ZipFile(data / f"{name}.zip") as pack:
            pack.extractall(partial)
        (partial / name).rename(folder)
        partial.rmdir()
    photos: list[LabelledPhoto] = []
    parts = [folder / "train", folder / "test"] if name == CIFAR10 else [folder]
    of_test: list[bool] = []
    for part in parts:
        found = read_labelled_photos(part)
        photos += found
        of_test += [part.name == "test"] * len(found)
    labels = label_matrix(photos)
    return PhotoPack([photo.path for photo in photos], labels, np.array(of_test))


def embeddings_of(
    name: str, paths: Sequence[Path], model: Path, cache: Path
) -> NDArray[np.float16]:
    """Return (N, D) embeddings as the product makes them, from the cache where they are there.

    Args:
        name: Of the pack.
        paths: Its photos, always in the same order.
        model: Folder of the model.
        cache: Folder for all that can be made again.
    """
    folder = cache / "embeddings" / load_model(model).manifest.fingerprint[:16] / name
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, len(paths), _PHOTOS_PER_FILE)
    files = [folder / f"{start:06}.npy" for start in starts]
    missing = [start for start, file in zip(starts, files, strict=True) if not file.exists()]
    if missing:
        wanted = [path for start in missing for path in paths[start : start + _PHOTOS_PER_FILE]]
        with closing(_encoded(wanted, model)) as rows:
            for done, start in enumerate(missing, start=1):
                count = len(paths[start : start + _PHOTOS_PER_FILE])
                keep_array(folder / f"{start:06}.npy", np.stack([next(rows) for _ in range(count)]))
                print(f"{name}: {done} of {len(missing)} files of embeddings", file=sys.stderr)
    embeddings: NDArray[np.float16] = np.concatenate([np.load(file) for file in files])
    return embeddings


def perceptual_hashes_of(name: str, paths: Sequence[Path], cache: Path) -> NDArray[np.uint8]:
    """Return ImageHash's pHash of the files, as its authors ship it: (N, 8), 64 bits each."""
    file = cache / "phash" / f"{name}.npy"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        codes = np.empty((len(paths), 8), dtype=np.uint8)
        for row, path in enumerate(paths):
            with Image.open(path) as picture:
                codes[row] = np.packbits(imagehash.phash(picture).hash, bitorder="little")
        keep_array(file, codes)
    found: NDArray[np.uint8] = np.load(file)
    return found


def near_copy_groups(hashes: NDArray[np.uint8], radius: int = NEAR_COPY_BITS) -> NDArray[np.int64]:
    """Number the photos so that near copies, and copies of these, have the same number.

    Args:
        hashes: (N, W) perceptual hashes.
        radius: Largest distance of two copies, in bits.

    Returns:
        (N,): for each photo the position of the first photo of its group.
    """
    first = np.arange(len(hashes))
    for row, code in enumerate(hashes):
        near = np.flatnonzero(hamming_distances(code, hashes[row:]) <= radius) + row
        together = np.unique(first[near])
        if len(together) > 1:
            first[np.isin(first, together)] = together[0]
    return first


def keep_array(file: Path, values: NDArray[np.generic]) -> None:
    """Write a file whole or not at all."""
    partial = file.with_suffix(".partial")
    with partial.open("wb") as stream:
        np.save(stream, values)
    partial.replace(file)


def _encoded(paths: Sequence[Path], model: Path) -> Generator[NDArray[np.float16]]:
    settings = default_settings()

    def proxies() -> Generator[bytes]:
        for file in decode_files(paths, settings.decoder_processes):
            if isinstance(file, FailedFile):
                raise SystemExit(f"{file.path.name} cannot be read: the pack is damaged")
            yield file.decoded.proxy

    with closing(proxies()) as decoded:
        options = EncoderOptions(str(model), load_model(model).manifest.fingerprint)
        for batch in encode_proxies(decoded, options, settings.encoder_batch):
            yield from batch
