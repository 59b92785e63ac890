"""A model on disk: a folder with a manifest and weights, verified whenever it is loaded.

Owns the format. Imports no torch: the application reads the hash layer and the fingerprint here,
the encoder the embedding weights. The weights of the backbone lie beside them, or in an installed
package; only ``backbones.weights`` reads them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from desktopsearch.config import resources_folder
from desktopsearch.domain.codes import CODE_FORMAT
from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.layer import HashLayer

BUNDLED_MODEL = "general-1"
MANIFEST_FILE = "manifest.json"
WEIGHTS_FILE = "model.safetensors"
BACKBONE_FILE = "backbone.safetensors"


class ModelManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a model is made of and how it is to be used."""

    name: str
    version: str
    backbone: str
    """Its name in the registry."""
    backbone_sha256: str
    """Of the file with its weights."""
    pooling: str
    """Name and version of its features; see ``Backbone.pooling``."""
    preprocessing: str
    """Name and version of the way from a proxy to pixels."""
    input_px: int
    embedding_dimensions: int
    bits: int
    code_format: str
    created_by: str
    """The command that made it."""
    backbone_weights: Literal["package", "file"] = "package"
    """Whether the backbone's weights lie in an installed package or beside the manifest."""
    skip_stage: int | None = None
    """Stage of the backbone whose mean is put behind the features; see ``Backbone.forward``."""
    taught_from: str = ""
    """Name of the model whose network learnt from albums to become this one."""
    weights_sha256: str = ""
    """Of the weights file beside the manifest."""
    fingerprint: str = ""
    """Equal fingerprints mean that embeddings can be compared; see ``fingerprint_of``."""


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingWeights:
    """The linear map from backbone features to embeddings, before L2 normalisation."""

    weight: NDArray[np.float16]
    """(D, features), the channels of a skip counted among the features."""
    bias: NDArray[np.float32]
    """(D,)."""

    def embeddings(self, features: NDArray[np.float32]) -> NDArray[np.float16]:
        """Return what the encoder makes of features: (N, F) becomes (N, D) of length one."""
        projected = features @ self.weight.T.astype(np.float32) + self.bias
        lengths = np.linalg.norm(projected, axis=1, keepdims=True)
        scaled: NDArray[np.float32] = projected / np.maximum(lengths, 1e-12)
        return scaled.astype(np.float16)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A verified model."""

    manifest: ModelManifest
    embedding: EmbeddingWeights
    layer: HashLayer


def bundled_model_folder() -> Path:
    """The folder of the model that comes with the application."""
    return resources_folder() / "models" / BUNDLED_MODEL


def fingerprint_of(manifest: ModelManifest, embedding: EmbeddingWeights) -> str:
    """Digest everything that determines an embedding, the hash layer not among it."""
    digest = hashlib.sha256()
    for part in (manifest.backbone_sha256, manifest.pooling, manifest.preprocessing):
        digest.update(f"{part}\n".encode())
    digest.update(f"{manifest.input_px}\n".encode())
    if manifest.skip_stage is not None:
        digest.update(f"skip {manifest.skip_stage}\n".encode())
    digest.update(f"{embedding.weight.shape}\n".encode())
    digest.update(embedding.weight.astype("<f2").tobytes())
    digest.update(embedding.bias.astype("<f4").tobytes())
    return digest.hexdigest()


def load_model(folder: Path) -> Model:
    """Read and verify a model.

    Raises:
        DesktopSearchError: MODEL_MISSING for the model that comes with the application,
            MODEL_DAMAGED.
    """
    try:
        manifest_bytes = (folder / MANIFEST_FILE).read_bytes()
        weights = (folder / WEIGHTS_FILE).read_bytes()
    except FileNotFoundError as error:
        if folder == bundled_model_folder():
            raise DesktopSearchError(ProblemCode.MODEL_MISSING) from error
        raise _damaged(folder, "a file of it is missing") from error
    except OSError as error:
        raise _damaged(folder, str(error)) from error
    try:
        manifest = msgspec.json.decode(manifest_bytes, type=ModelManifest)
    except msgspec.DecodeError as error:
        raise _damaged(folder, f"{MANIFEST_FILE}: {error}") from error
    if hashlib.sha256(weights).hexdigest() != manifest.weights_sha256:
        raise _damaged(folder, f"the sha256 of {WEIGHTS_FILE} is another")
    model = _assemble(folder, manifest, weights)
    _check(folder, model)
    return model


def save_model(
    folder: Path,
    manifest: ModelManifest,
    embedding: EmbeddingWeights,
    layer: HashLayer,
    backbone_state: Mapping[str, NDArray[np.generic]] | None = None,
) -> ModelManifest:
    """Write a model, each file whole or not at all, the manifest last.

    Args:
        folder: Made if needed; its name need not be the model's.
        manifest: Its digests are filled in here.
        embedding: Weights of the embedding.
        layer: The bundled hash layer.
        backbone_state: Weights of the backbone as ``backbones.weights.stored_state`` gives them,
            to lie in the folder; by default they stay in their package.

    Returns:
        The manifest as written.
    """
    tensors: dict[str, NDArray[np.generic]] = {
        "embedding.weight": embedding.weight,
        "embedding.bias": embedding.bias,
        "hash.weight": layer.weight,
        "hash.bias": layer.bias,
    }
    folder.mkdir(parents=True, exist_ok=True)
    if backbone_state is not None:
        manifest = msgspec.structs.replace(
            manifest,
            backbone_sha256=_write_tensors(folder / BACKBONE_FILE, backbone_state),
            backbone_weights="file",
        )
    written = msgspec.structs.replace(
        manifest,
        weights_sha256=_write_tensors(folder / WEIGHTS_FILE, tensors),
        fingerprint=fingerprint_of(manifest, embedding),
    )
    text = msgspec.json.format(msgspec.json.encode(written), indent=2)
    write_whole(folder / MANIFEST_FILE, text + b"\n")
    return written


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file by one that is complete on disk."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _write_tensors(path: Path, tensors: Mapping[str, NDArray[np.generic]]) -> str:
    """Write a safetensors file; return its sha256."""
    # safetensors writes the memory as it lies, so a transposed array would come back scrambled.
    content = save({name: np.ascontiguousarray(values) for name, values in tensors.items()})
    write_whole(path, content)
    return hashlib.sha256(content).hexdigest()


def _assemble(folder: Path, manifest: ModelManifest, weights: bytes) -> Model:
    try:
        tensors = load(weights)
        embedding = EmbeddingWeights(tensors["embedding.weight"], tensors["embedding.bias"])
        layer = HashLayer(tensors["hash.weight"], tensors["hash.bias"])
    except (SafetensorError, KeyError) as error:
        raise _damaged(folder, f"{WEIGHTS_FILE}: {error}") from error
    return Model(manifest, embedding, layer)


def _check(folder: Path, model: Model) -> None:
    manifest, embedding, layer = model.manifest, model.embedding, model.layer
    if manifest.code_format != CODE_FORMAT:
        raise _damaged(folder, f"unknown code format {manifest.code_format}")
    shapes = (len(embedding.weight), layer.dimensions, layer.bits)
    if shapes != (manifest.embedding_dimensions, manifest.embedding_dimensions, manifest.bits):
        raise _damaged(folder, f"shapes {shapes}")
    if fingerprint_of(manifest, embedding) != manifest.fingerprint:
        raise _damaged(folder, "its fingerprint is another")


def _damaged(folder: Path, reason: str) -> DesktopSearchError:
    return DesktopSearchError(ProblemCode.MODEL_DAMAGED, model=folder.name, reason=reason)
