"""From photos to the folder of a model: features, whitened PCA, a hash layer.

Labels, where there are any, help to train the hash layer. What was chosen by validation is a
constant here; the model card says how.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopsearch.bundling.features import features_of
from desktopsearch.bundling.model_card import CARD_FILE, blank_card
from desktopsearch.bundling.neighbourhoods import keep_neighbourhoods
from desktopsearch.domain.codes import CODE_FORMAT, check_bits
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.registry import backbone_named
from desktopsearch.hashing.backbones.weights import BACKBONE, BACKBONE_SHA256
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.model import (
    ModelManifest,
    save_model,
    write_whole,
)
from desktopsearch.hashing.pca import fit_pca
from desktopsearch.hashing.preprocess import PREPROCESSING
from desktopsearch.imaging.labelled_photos import LabelledPhoto, label_matrix

INPUT_PX = 192
WHITENING = 0.5
FINER_DIMENSIONS, FINER_WHITENING = 448, 0.75
"""Of the embedding that the hash layer learns fine differences from; it is not kept."""

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


def make_model(
    photos: Sequence[LabelledPhoto], recipe: Recipe, output: Path, workers: int
) -> ModelManifest:
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
    measured = features_of([photo.path for photo in photos], INPUT_PX, workers)
    features, labels = measured.values, label_matrix(photos)[measured.positions]
    if len(features) < recipe.dimensions:
        raise DesktopSearchError(
            ProblemCode.BUNDLING_TOO_FEW, photos=len(features), needed=recipe.dimensions
        )
    embedding = fit_pca(features, recipe.dimensions, WHITENING)
    finer = fit_pca(features, min(FINER_DIMENSIONS, *features.shape), FINER_WHITENING)
    embeddings = embedding.embeddings(features)
    start = fit_itq(embeddings, recipe.bits)
    layer = keep_neighbourhoods(embeddings, finer.embeddings(features), labels, start)
    manifest = ModelManifest(
        name=recipe.name,
        version=recipe.version,
        backbone=BACKBONE,
        backbone_sha256=BACKBONE_SHA256,
        pooling=backbone_named(BACKBONE).pooling,
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
