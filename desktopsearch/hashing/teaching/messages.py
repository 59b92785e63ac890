"""Request and replies of the trainer; imports no torch.

The application side knows this child by its messages alone.
"""

from __future__ import annotations

from typing import Literal

from desktopsearch.hashing.teaching.proof import Proof
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready

TRAINER_ROLE = "desktopsearch.hashing.teaching.trainer:create"


class TrainerOptions(Message, frozen=True):
    """How the trainer child works."""

    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    threads: int = 0
    """CPU threads; 0 leaves the choice to torch."""


class Teach(Message, frozen=True):
    """Teach a hash layer and prove what it is worth.

    Matrices are C-ordered and little-endian.
    """

    embeddings: bytes
    """(N, dimensions) float16."""
    dimensions: int
    labels: bytes
    """(N, albums) bool."""
    albums: int
    old_layer: bytes
    """The model's own, which nothing was taught, as ``HashLayer.to_bytes`` gives it."""
    objective: str
    bits: int
    seed: int
    checkpoints: str
    """Folder for what an interrupted teaching goes on from."""
    epochs: int | None = None
    """Of each training; by default as many as the objective wants."""
    rejections: bytes = b""
    """(N, albums) bool, which photos are said not to be in an album; empty if none are."""


class EpochTaught(Message, frozen=True):
    """An epoch is over."""

    lesson: int
    """From 0: the one that counts, then one for each fold of the proof; several go on at once."""
    lessons: int
    second: bool
    """Whether this is the lesson's second training, on all labels."""
    epoch: int
    epochs: int
    terms: dict[str, float]
    validation: float | None
    share: float
    """Of all lessons that is done, from 0 to 1."""


class Taught(Message, frozen=True):
    """The layer and its proof."""

    hash_layer: bytes
    """As ``HashLayer.to_bytes`` gives it."""
    chosen: int
    """Epoch; 0 is ITQ as it was before any step."""
    proof: Proof | None
    """None without labels to learn from, or with too few to hold any out."""
    kept_before: float
    """Share of the nearest by embedding that the old layer keeps near, of a sample."""
    kept: float
    """The same of the new layer."""


TrainerReply = Ready | Failed | Broken | Done | EpochTaught | Taught
