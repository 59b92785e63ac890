"""Requests and replies of the encoder; imports no torch.

The application side knows the encoder child by these messages alone.
"""

from __future__ import annotations

from typing import Literal

from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready

ENCODER_ROLE = "desktopsearch.hashing.encoder:create"


class EncoderOptions(Message, frozen=True):
    """What the encoder child loads."""

    model: str
    """Folder of a model, holding its manifest and weights."""
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


EncoderRequest = EncodeProxies
EncoderReply = Ready | Failed | Broken | Done | Encoded | DeviceChanged
