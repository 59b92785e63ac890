"""Request and replies of the trainer; imports no torch.

The application side knows this child by its messages alone.
"""

from __future__ import annotations

from typing import Literal

from desktopsearch.hashing.teaching.examples import ExampleSearch
from desktopsearch.hashing.teaching.proof import Proof
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready

TRAINER_ROLE = "desktopsearch.hashing.teaching.trainer:create"


class TrainerOptions(Message, frozen=True):
    """How the trainer child works."""

    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    threads: int = 0
    """CPU threads; 0 leaves the choice to torch."""


class Below(Message, frozen=True):
    """The network under the hash layer, where its last stages are taught too."""

    model: str
    """Folder of the model to begin with."""
    fingerprint: str
    """Its own, which is that of the embeddings."""
    proxies: str
    """File of the photos' proxies, see ``proxy_file``."""
    lengths: bytes
    """(N,) int64, of the proxies."""
    taught: str
    """Folder that the taught model is written into."""
    name: str
    """Of the taught model."""


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
    below: Below | None = None
    """For a deep teaching."""


class Foretold(Message, frozen=True):
    """How long a deep teaching will take, as measured here on a few photos."""

    low_s: float
    high_s: float
    encoding_s: float
    """To encode a photo with the taught model."""


class Prepared(Message, frozen=True):
    """Photos have passed the stages that stay as they are."""

    photos: int
    """So many by now."""
    all_photos: int


class EpochTaught(Message, frozen=True):
    """An epoch is over."""

    lesson: int
    """From 0: the one that counts, then one for each fold of the proof; several go on at once."""
    lessons: int
    epoch: int
    epochs: int
    terms: dict[str, float]
    validation: float | None
    """As ``EpochReport`` has it; None also of a lesson's second training."""
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
    examples: list[ExampleSearch]
    """None without a proof."""
    fingerprint: str = ""
    """Of the taught model, if the network under the layer was taught too."""
    stages: int = 0
    """How many of its last stages were."""


TrainerReply = Ready | Failed | Broken | Done | Foretold | Prepared | EpochTaught | Taught
