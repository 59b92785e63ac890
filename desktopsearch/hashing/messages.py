"""Requests and replies of the encoder and of the fitters; imports no torch.

The application side knows these children by their messages alone.
"""

from __future__ import annotations

from typing import Literal

from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready

ENCODER_ROLE = "desktopsearch.hashing.encoder:create"


class EncoderOptions(Message, frozen=True):
    """What the encoder child loads."""

    model: str
    """Folder of a model, holding its manifest and weights."""
    fingerprint: str
    """Of the model that must lie there; embeddings of another are not comparable."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    threads: int = 0
    """CPU threads; 0 leaves the choice to torch."""


class EncodeProxies(Message, frozen=True):
    """Turn proxies (JPEG bytes made by the decoder) into embeddings."""

    proxies: list[bytes]


class Encoded(Message, frozen=True):
    """Embeddings in the order of the request.

    ``embeddings`` is a C-ordered float16 matrix (len(proxies), dimensions), little-endian.
    """

    embeddings: bytes
    dimensions: int


class DeviceChanged(Message, frozen=True):
    """The device failed or ran out of memory; the encoder goes on with another one."""

    failed_device: str
    reason: str
    device: str


FITTER_ROLE = "desktopsearch.hashing.fitter:create"


class FitterOptions(Message, frozen=True):
    """Whose features the fitter child measures, and what it is to make of them."""

    backbone: str
    path: str
    """File with the weights as published; empty for those of a pinned package."""
    bits: int
    input_px: int = 0
    """0 for the side that suits the backbone."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"


class DescribePhotos(Message, frozen=True):
    """Measure the features of photos and keep them until ``FitModel``."""

    proxies: list[bytes]


class Described(Message, frozen=True):
    """Reply to ``DescribePhotos``, counting all since the start."""

    photos: int
    """That were measured."""
    left_out: int
    """Whose proxy is no picture."""


class FitModel(Message, frozen=True):
    """Fit a model to the photos that were described and write it."""

    folder: str
    name: str
    created_by: str


class EpochDone(Message, frozen=True):
    """An epoch of the hash layer's training is over; epoch 0 is the start."""

    epoch: int
    epochs: int


class Fitted(Message, frozen=True):
    """The model is on disk, whole."""


LAYER_FITTER_ROLE = "desktopsearch.hashing.layer_fitter:create"


class FitLayer(Message, frozen=True):
    """Fit a hash layer to the embeddings of a library."""

    embeddings: bytes
    """C-ordered float16 matrix (photos, dimensions), little-endian."""
    dimensions: int
    old_layer: bytes
    """What it is compared with, and as long as."""


class LayerFitted(Message, frozen=True):
    """A hash layer, and what it is worth on a sample of these photos."""

    hash_layer: bytes
    kept_before: float
    """Share of the nearest by embedding that the old layer keeps near."""
    kept: float
    """The same of the new one."""


EncoderRequest = EncodeProxies
FitterRequest = DescribePhotos | FitModel
FitterReply = Ready | Failed | Broken | Done | Described | EpochDone | Fitted | DeviceChanged
LayerFitterReply = Ready | Failed | Broken | Done | LayerFitted
EncoderReply = Ready | Failed | Broken | Done | Encoded | DeviceChanged
