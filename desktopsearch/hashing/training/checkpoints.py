"""What a training needs to go on after it was interrupted, in one file that is whole or not there.

Owns the file and whether it is believed. What is in it is the loop's.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load, save

from desktopsearch import __version__
from desktopsearch.hashing.model import write_whole
from desktopsearch.hashing.training.plan import TrainingPlan

CHECKPOINT_FILE = "training.checkpoint"
ASIDE_FILE = "training.checkpoint.aside"
"""What was found and not believed, until the next such."""
_DIGEST_BYTES = hashlib.sha256().digest_size
_RECORD = "record"

_log = logging.getLogger(__name__)


class State(NamedTuple):
    """Of a training between two epochs."""

    tensors: Mapping[str, torch.Tensor]
    record: Mapping[str, Any]
    """What is no tensor; as JSON has it."""


class Checkpoint:
    """The file of one training; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None, identity: str) -> None:
        """Remember where and of what.

        Args:
            folder: Made if needed.
            identity: What ``digest_of`` gives; a file of another training is not believed.
        """
        self._folder = folder
        self._identity = identity

    def read(self) -> State | None:
        """Return what was written last, if it belongs to this training and is undamaged.

        Any other file is put aside.
        """
        if self._folder is None:
            return None
        path = self._folder / CHECKPOINT_FILE
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return self._decoded(content)
        except (ValueError, SafetensorError) as error:
            _log.warning("%s is put aside: %s", CHECKPOINT_FILE, error)
            path.replace(self._folder / ASIDE_FILE)
            return None

    def write(self, state: State) -> None:
        """Replace the file."""
        if self._folder is None:
            return
        record = json.dumps({**state.record, "identity": self._identity}).encode()
        tensors = {name: values.contiguous() for name, values in state.tensors.items()}
        tensors[_RECORD] = torch.from_numpy(np.frombuffer(record, dtype=np.uint8).copy())
        content = save(tensors)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / CHECKPOINT_FILE, hashlib.sha256(content).digest() + content)

    def remove(self) -> None:
        """Remove the file."""
        if self._folder is not None:
            (self._folder / CHECKPOINT_FILE).unlink(missing_ok=True)

    def _decoded(self, content: bytes) -> State:
        expected, rest = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if hashlib.sha256(rest).digest() != expected:
            raise ValueError("it is damaged")
        tensors = load(rest)
        record = json.loads(tensors.pop(_RECORD).numpy().tobytes())
        if record["identity"] != self._identity:
            raise ValueError("it is of another training")
        return State(tensors, record)


def digest_of(plan: TrainingPlan, *arrays: NDArray[np.generic]) -> str:
    """Digest what a training depends on: this version, the plan and all data."""
    digest = hashlib.sha256(f"{__version__}\n".encode())
    digest.update(msgspec.json.encode(plan))
    for values in arrays:
        digest.update(f"\n{values.dtype.str}{values.shape}\n".encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
