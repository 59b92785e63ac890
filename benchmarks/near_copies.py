"""At which distance an altered copy is still found, and how often another photo lies as near.

``python -m benchmarks.near_copies DIR [--photos N]``: makes altered copies of photos in a scratch
folder, encodes both as the product does, with the bundled layer and with one that is fitted to the
photos as to a library, and counts by radius. The radius of ``desktopsearch duplicates`` is chosen
from this table.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks import report
from desktopsearch.config import default_settings
from desktopsearch.domain.codes import hamming_distances
from desktopsearch.hashing.batch import encode_proxies
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.messages import EncoderOptions
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.imaging.batch import DecodedFile, decode_files

RADII = (0, 4, 8, 12, 16, 20, 24, 32)


def _half_size(picture: Image.Image) -> Image.Image:
    return picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)))


def _brighter(picture: Image.Image) -> Image.Image:
    return picture.point(lambda value: min(255, value * 5 // 4))


def _cropped(picture: Image.Image) -> Image.Image:
    dx, dy = picture.width // 20, picture.height // 20
    return picture.crop((dx, dy, picture.width - dx, picture.height - dy))


# Name, change, JPEG quality.
ALTERATIONS: tuple[tuple[str, Callable[[Image.Image], Image.Image], int], ...] = (
    ("saved again", lambda picture: picture, 80),
    ("saved badly", lambda picture: picture, 30),
    ("half size", _half_size, 85),
    ("brighter", _brighter, 90),
    ("10 % cropped", _cropped, 90),
)


def main() -> None:
    """Measure and report shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--photos", type=int, default=500)
    arguments = parser.parse_args()
    files = sorted(arguments.directory.rglob("*.jpg"))
    chosen = random.Random(0).sample(files, min(arguments.photos, len(files)))
    originals = _embeddings(chosen)
    bundled = load_model(bundled_model_folder()).layer
    layers = {"bundled": bundled, "fitted": fit_itq(originals, bundled.bits)}
    found: dict[str, list[list[object]]] = {name: [] for name in layers}
    with tempfile.TemporaryDirectory() as scratch:
        for name, change, quality in ALTERATIONS:
            copies = [Path(scratch) / f"{number}.jpg" for number in range(len(chosen))]
            for source, copy in zip(chosen, copies, strict=True):
                with Image.open(source) as picture:
                    change(picture.convert("RGB")).save(copy, quality=quality)
            altered = _embeddings(copies)
            for layer, rows in found.items():
                pairs = zip(
                    layers[layer].codes(altered), layers[layer].codes(originals), strict=True
                )
                distances = [hamming_distances(code, original[None])[0] for code, original in pairs]
                rows.append([layer, name, *_shares(np.array(distances))])
    for layer, rows in found.items():
        codes = layers[layer].codes(originals)
        nearest = np.array([np.sort(hamming_distances(code, codes))[1] for code in codes])
        rows.append([layer, "another photo", *_shares(nearest)])
    columns = ["layer", "found within", *(f"{radius} bits" for radius in RADII)]
    report.write("near_copies", columns, [row for rows in found.values() for row in rows])


def _embeddings(files: list[Path]) -> NDArray[np.float16]:
    folder = bundled_model_folder()
    proxies = (
        result.decoded.proxy
        for result in decode_files(files, default_settings().decoder_processes)
        if isinstance(result, DecodedFile)
    )
    options = EncoderOptions(str(folder), load_model(folder).manifest.fingerprint)
    return np.concatenate(list(encode_proxies(proxies, options)))


def _shares(distances: NDArray[np.int32]) -> list[float]:
    return [float(np.mean(distances <= radius)) for radius in RADII]


if __name__ == "__main__":
    main()
