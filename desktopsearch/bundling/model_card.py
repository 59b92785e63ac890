"""The card that goes with a model, with blanks where only a person can say something."""

from __future__ import annotations

from desktopsearch.hashing.model import ModelManifest

CARD_FILE = "MODEL_CARD.md"

_TEMPLATE = """\
# {name}, version {version}

{backbone} features ({input_px} px, {preprocessing}, {pooling}), whitened PCA to {dimensions}
dimensions, {bits} bits that keep neighbourhoods, begun at iterative quantisation.

Made by `{command}` from {photos} photos.

## Data
To be filled in: where the photos come from and under which terms.

## Licences
To be filled in: of the backbone's weights and of the photos.

## Figures
To be measured with `desktopsearch evaluate DIR` on photos that the model was not made from.

## What it is bad at
To be filled in.
"""


def blank_card(manifest: ModelManifest, photos: int) -> str:
    """Return the card of a new model, as Markdown."""
    return _TEMPLATE.format(
        name=manifest.name,
        version=manifest.version,
        backbone=manifest.backbone,
        input_px=manifest.input_px,
        preprocessing=manifest.preprocessing,
        pooling=manifest.pooling,
        dimensions=manifest.embedding_dimensions,
        bits=manifest.bits,
        command=manifest.created_by,
        photos=photos,
    )
