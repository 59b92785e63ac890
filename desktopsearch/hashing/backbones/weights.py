"""The weights of backbones: in a pinned package, or beside the manifest of a model.

Must never download anything and never use a file whose sha256 is not the one asked for.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import nn

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.base import Backbone
from desktopsearch.hashing.backbones.pinned import ALWAYS_INSTALLED, PINNED, pinned_path
from desktopsearch.hashing.backbones.registry import backbone_named
from desktopsearch.hashing.model import BACKBONE_FILE, ModelManifest

BACKBONE = ALWAYS_INSTALLED
BACKBONE_SHA256 = PINNED[BACKBONE].sha256

_VERSIONS = "_metadata"
"""Attribute in which torch keeps them beside a state dict."""


def load_backbone(manifest: ModelManifest, folder: Path) -> Backbone:
    """Return the backbone of a model with its weights, in evaluation mode on the CPU.

    Args:
        manifest: Names the backbone and its pooling, and says where its weights are.
        folder: Of the model.

    Raises:
        DesktopSearchError: BACKBONE_UNKNOWN, MODEL_MISSING, MODEL_DAMAGED, WEIGHTS_NOT_INSTALLED.
    """
    backbone = _stored_backbone(manifest, folder)
    if backbone.pooling != manifest.pooling:
        reason = f"it takes features pooled by {manifest.pooling}, not by {backbone.pooling}"
        raise _damaged(manifest.name, reason)
    return backbone


def _stored_backbone(manifest: ModelManifest, folder: Path) -> Backbone:
    if manifest.backbone_weights == "package":
        pinned = PINNED.get(manifest.backbone)
        if pinned is None or pinned.sha256 != manifest.backbone_sha256:
            raise _damaged(manifest.name, f"no package has its backbone {manifest.backbone}")
        return load_pinned(manifest.backbone)
    try:
        content = (folder / BACKBONE_FILE).read_bytes()
    except OSError as error:
        raise _damaged(manifest.name, str(error)) from error
    _check_digest(manifest.name, content, manifest.backbone_sha256)
    try:
        return with_state(manifest.backbone, safetensors.torch.load(content))
    except (SafetensorError, RuntimeError) as error:
        raise _damaged(manifest.name, f"{BACKBONE_FILE}: {error}") from error


def load_pinned(name: str, path: Path | None = None) -> Backbone:
    """Return a backbone with the weights of its package, in evaluation mode on the CPU.

    Args:
        name: One of ``PINNED``.
        path: The weights file; by default that of the installed package.

    Raises:
        DesktopSearchError: MODEL_MISSING, MODEL_DAMAGED, WEIGHTS_NOT_INSTALLED.
    """
    pinned = PINNED[name]
    content = (path or pinned_path(name)).read_bytes()
    _check_digest(name, content, pinned.sha256)
    state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    return with_published_state(name, state)


def with_published_state(name: str, state: Mapping[str, torch.Tensor]) -> Backbone:
    """Return a backbone with weights as its authors publish them, classifier and all.

    Args:
        name: Its name in the registry.
        state: What is no part of the backbone is dropped.

    Raises:
        DesktopSearchError: BACKBONE_UNKNOWN.
        RuntimeError: Names or shapes do not fit.
    """
    return with_state(name, own_names(backbone_named(name), state))


def own_names(network: Backbone, state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return published weights under a backbone's own names, without what is no part of it."""
    return {
        network.prefix + _today(each): held
        for each, held in state.items()
        if not each.startswith(network.left_out)
    }


def with_state(name: str, state: Mapping[str, torch.Tensor]) -> Backbone:
    """Return a backbone with these weights, in evaluation mode on the CPU.

    Args:
        name: Its name in the registry.
        state: Every tensor of it and no other; floats of any precision become float32.

    Raises:
        DesktopSearchError: BACKBONE_UNKNOWN.
        RuntimeError: Names or shapes do not fit.
    """
    network = backbone_named(name)
    exact = OrderedDict(
        (each, held.float() if held.is_floating_point() else held) for each, held in state.items()
    )
    # Which version of each layer the names are of. BatchNorms of the first do without a counter,
    # which old files lack.
    versions: dict[str, object] = getattr(network.state_dict(), _VERSIONS)
    kept = {
        each: version
        for each, version in versions.items()
        if not isinstance(network.get_submodule(each), nn.BatchNorm2d)
    }
    setattr(exact, _VERSIONS, kept)
    network.load_state_dict(exact, strict=True, assign=True)
    return network.eval()


def _today(name: str) -> str:
    """DenseNets were published under names that torch no longer allows: norm.1 is norm1."""
    return re.sub(r"(denselayer\d+\.(?:norm|conv))\.([12])\.", r"\1\2.", name)


def stored_state(network: Backbone) -> dict[str, NDArray[np.generic]]:
    """Return the weights of a backbone as a model folder holds them.

    Matrices and kernels are rounded to float16. What has one dimension stays float32: it is little,
    and the running variances of a BatchNorm span more than float16 can.
    """
    state = {}
    for name, tensor in network.state_dict().items():
        large = tensor.is_floating_point() and tensor.ndim > 1
        state[name] = (tensor.half() if large else tensor).cpu().numpy()
    return state


def _check_digest(model: str, content: bytes, expected: str) -> None:
    if hashlib.sha256(content).hexdigest() != expected:
        raise _damaged(model, "the sha256 of its backbone is another")


def _damaged(model: str, reason: str) -> DesktopSearchError:
    return DesktopSearchError(ProblemCode.MODEL_DAMAGED, model=model, reason=reason)
