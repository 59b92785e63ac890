"""All backbones by name: those written here, and torchvision's classification networks.

torchvision is imported only when one of its networks, or the list of all names, is asked for.
"""

from __future__ import annotations

import difflib

import torch

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.base import Backbone
from desktopsearch.hashing.backbones.efficientnet_lite import EfficientNetLite0, EfficientNetLite2

_OWN: dict[str, type[Backbone]] = {
    network.name: network for network in (EfficientNetLite0, EfficientNetLite2)
}


def backbone_named(name: str) -> Backbone:
    """Return a backbone without memory for its weights (device ``meta``).

    Raises:
        DesktopSearchError: BACKBONE_UNKNOWN.
    """
    if name in _OWN:
        with torch.device("meta"):
            return _OWN[name]()
    from desktopsearch.hashing.backbones.torchvision_models import TorchvisionBackbone

    known = backbone_names()
    if name not in known:
        close = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5)
        raise DesktopSearchError(
            ProblemCode.BACKBONE_UNKNOWN, backbone=name, close=", ".join(close or known)
        )
    with torch.device("meta"):
        return TorchvisionBackbone(name)


def backbone_names() -> list[str]:
    """All names, sorted."""
    from desktopsearch.hashing.backbones.torchvision_models import torchvision_names

    return sorted([*_OWN, *torchvision_names()])
