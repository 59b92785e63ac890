"""A model on disk: a folder with a manifest and weights, verified whenever it is loaded.

Owns the format. Imports no torch: the application reads the hash layer and the fingerprint here,
the encoder the embedding weights. A model does not hold the backbone, only its name and sha256.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

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


class ModelManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model is made of and how it is to be used."""

    name: str
    version: str
    backbone: str
    backbone_sha256: str
    preprocessing: str
    """Name and version of the way from a proxy to pixels."""
    input_px: int
    embedding_dimensions: int
    bits: int
    code_format: str
    created_by: str
    """The command that made it."""
    weights_sha256: str = ""
    """Of the weights file beside the manifest."""
    fingerprint: str = ""
    """Equal fingerprints mean that embeddings can be compared; see ``fingerprint_of``."""


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingWeights:
    """The linear map from backbone features to embeddings, before L2 normalisation."""

    weight: NDArray[np.float16]
    """(D, features)."""
    bias: NDArray[np.float32]
    """(D,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A verified model."""

    manifest: ModelManifest
    embedding: EmbeddingWeights
    layer: HashLayer


def bundled_model_folder() -> Path:
    """The folder of the model that comes with the application."""
    return resources_folder() / "models" / BUNDLED_MODEL


def fingerprint_of(
    backbone_sha256: str, preprocessing: str, input_px: int, embedding: EmbeddingWeights
) -> str:
    """Digest everything that determines an embedding, the hash layer not among it."""
    digest = hashlib.sha256()
    digest.update(f"{backbone_sha256}\n{preprocessing}\n{input_px}\n".encode())
    digest.update(f"{embedding.weight.shape}\n".encode())
    digest.update(embedding.weight.astype("<f2").tobytes())
    digest.update(embedding.bias.astype("<f4").tobytes())
    return digest.hexdigest()


def load_model(folder: Path) -> Model:
    """Read and verify a model.

    Raises:
        DesktopSearchError: MODEL_MISSING, MODEL_DAMAGED.
    """
    try:
        manifest_bytes = (folder / MANIFEST_FILE).read_bytes()
        weights = (folder / WEIGHTS_FILE).read_bytes()
    except FileNotFoundError as error:
        raise DesktopSearchError(ProblemCode.MODEL_MISSING) from error
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
    folder: Path, manifest: ModelManifest, embedding: EmbeddingWeights, layer: HashLayer
) -> ModelManifest:
    """Write a model, each file whole or not at all, the manifest last.

    Args:
        folder: Made if needed; its name need not be the model's.
        manifest: Its digests are filled in here.
        embedding: Weights of the embedding.
        layer: The bundled hash layer.

    Returns:
        The manifest as written.
    """
    tensors = {
        "embedding.weight": embedding.weight,
        "embedding.bias": embedding.bias,
        "hash.weight": layer.weight,
        "hash.bias": layer.bias,
    }
    # safetensors writes the memory as it lies, so a transposed array would come back scrambled.
    weights = save({name: np.ascontiguousarray(values) for name, values in tensors.items()})
    written = msgspec.structs.replace(
        manifest,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        fingerprint=fingerprint_of(
            manifest.backbone_sha256, manifest.preprocessing, manifest.input_px, embedding
        ),
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / WEIGHTS_FILE, weights)
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
    fingerprint = fingerprint_of(
        manifest.backbone_sha256, manifest.preprocessing, manifest.input_px, embedding
    )
    if fingerprint != manifest.fingerprint:
        raise _damaged(folder, "its fingerprint is another")


def _damaged(folder: Path, reason: str) -> DesktopSearchError:
    return DesktopSearchError(ProblemCode.MODEL_DAMAGED, model=folder.name, reason=reason)
