"""From photos to the folder of a model: features, whitened PCA, iterative quantisation.

No labels are used. What was chosen by validation is a constant here; the model card says how.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktopsearch.bundling.features import features_of
from desktopsearch.bundling.model_card import CARD_FILE, blank_card
from desktopsearch.domain.codes import CODE_FORMAT, check_bits
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.weights import BACKBONE, BACKBONE_SHA256
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.model import (
    EmbeddingWeights,
    ModelManifest,
    save_model,
    write_whole,
)
from desktopsearch.hashing.pca import fit_pca
from desktopsearch.hashing.preprocess import PREPROCESSING

INPUT_PX = 192
WHITENING = 0.5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is wanted of a model."""

    name: str
    version: str
    dimensions: int
    bits: int
    command: str
    """The command that makes it, for manifest and card; without any path of this machine."""


def make_model(photos: Sequence[Path], recipe: Recipe, output: Path, workers: int) -> ModelManifest:
    """Make a model from photos and write its folder; a card that is there already is kept.

    Args:
        photos: Picture files; those that cannot be read are left out.
        recipe: What is wanted.
        output: Folder of the model.
        workers: Number of decoder children.

    Raises:
        DesktopSearchError: BITS_INVALID, BUNDLING_TOO_FEW, MODEL_MISSING, MODEL_DAMAGED,
            CHILD_FAILED.
    """
    check_bits(recipe.bits, recipe.dimensions)
    features = features_of(photos, INPUT_PX, workers)
    if len(features) < recipe.dimensions:
        raise DesktopSearchError(
            ProblemCode.BUNDLING_TOO_FEW, photos=len(features), needed=recipe.dimensions
        )
    embedding = fit_pca(features, recipe.dimensions, WHITENING)
    layer = fit_itq(embed(features, embedding), recipe.bits)
    manifest = ModelManifest(
        name=recipe.name,
        version=recipe.version,
        backbone=BACKBONE,
        backbone_sha256=BACKBONE_SHA256,
        preprocessing=PREPROCESSING,
        input_px=INPUT_PX,
        embedding_dimensions=recipe.dimensions,
        bits=recipe.bits,
        code_format=CODE_FORMAT,
        created_by=recipe.command,
    )
    written = save_model(output, manifest, embedding, layer)
    card = output / CARD_FILE
    if card.exists():
        _log.warning("%s was kept: bring its figures up to date by hand", card)
    else:
        write_whole(card, blank_card(written, len(features)).encode())
    return written


def embed(features: NDArray[np.float32], embedding: EmbeddingWeights) -> NDArray[np.float16]:
    """Return what the encoder makes of these features: (N, F) becomes (N, D) of length one."""
    projected = features @ embedding.weight.T.astype(np.float32) + embedding.bias
    lengths = np.linalg.norm(projected, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = projected / np.maximum(lengths, 1e-12)
    return scaled.astype(np.float16)
