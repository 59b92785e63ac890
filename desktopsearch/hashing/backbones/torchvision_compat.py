"""Imports torchvision, also where its wheel does not match the build of torch.

torchvision's Linux wheel is linked against CUDA: beside the CPU build of torch its own operators
do not load, and its import stops at the first of them. The networks here use none of them, so it is
enough to declare the two that the import asks for.
"""

from __future__ import annotations

import sys
from typing import Any

import torch

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_DECLARED = ("nms", "qnms")


def import_torchvision() -> Any:  # noqa: ANN401 - it comes without types
    """Return torchvision; where a plain import works, this is one.

    Raises:
        ImportError: It is not installed, or does not load for another reason.
    """
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise ImportError(str(error)) from error
        _forget_half_loaded()
        for operator in _DECLARED:
            torch.library.define(f"torchvision::{operator}", _SCHEMA)
        import torchvision
    return torchvision


def _forget_half_loaded() -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
