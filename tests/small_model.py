"""Another model than the bundled one, over its backbone: smaller, and of a layer made up.

And small pictures that it can be taught with.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import (
    EmbeddingWeights,
    bundled_model_folder,
    load_model,
    save_model,
)
from tests.journeys.photographs import picture
from tests.textures import KINDS, jpeg, texture

OTHER = "other-1"
DIMENSIONS, BITS = 64, 32


def put_model(folder: Path, input_px: int = 192, dimensions: int = DIMENSIONS) -> Path:
    """Write it into the data folder of a library; return its own folder."""
    bundled = load_model(bundled_model_folder())
    manifest = msgspec.structs.replace(
        bundled.manifest,
        name=OTHER,
        input_px=input_px,
        embedding_dimensions=dimensions,
        bits=BITS,
    )
    embedding = EmbeddingWeights(
        bundled.embedding.weight[:dimensions], bundled.embedding.bias[:dimensions]
    )
    weight = np.random.default_rng(0).standard_normal((BITS, dimensions)).astype(np.float32)
    made = folder / "models" / OTHER
    save_model(made, manifest, embedding, HashLayer(weight, np.zeros(BITS, np.float32)))
    return made


def proxy_of_kind(number: int, px: int = 64) -> bytes:
    """Return the proxy of a photo of the kind ``number % 3``, which is a shade of what it shows."""
    texture_of_kind = np.asarray(texture(KINDS[number % len(KINDS)], number, px, px), np.float64)
    patches = np.asarray(picture(number, (px, px)), np.float64)
    return jpeg(Image.fromarray((0.3 * texture_of_kind + 0.7 * patches).astype(np.uint8)))
