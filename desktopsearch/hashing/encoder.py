"""The encoder role: a child process that turns proxies into embeddings on the best device.

Owns torch in the product. Must never read a user's file: it sees proxies only. A device that fails
costs speed, never a request: out of memory first halves the batch, then, like any other failure,
moves the work to the CPU.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.weights import load_backbone
from desktopsearch.hashing.devices import CPU, choose_device, device_name
from desktopsearch.hashing.embedding import EmbeddingNetwork
from desktopsearch.hashing.memory import keep_freed_memory
from desktopsearch.hashing.messages import (
    DeviceChanged,
    Encoded,
    EncodeProxies,
    EncoderOptions,
    EncoderRequest,
)
from desktopsearch.hashing.model import Model, load_model
from desktopsearch.hashing.preprocess import PREPROCESSING, pixels
from desktopsearch.ipc.messages import Message

LARGEST_BATCH = 32

Network = Callable[[torch.Tensor], torch.Tensor]
"""(B, S, S, 3) uint8 to rows (B, D), embeddings in float16, both on the network's device."""


def create(options: bytes) -> Encoder:
    """Load a model; the factory of the role.

    Raises:
        DesktopSearchError: MODEL_REPLACED; as ``load_model`` and ``load_backbone`` do.
    """
    keep_freed_memory()
    wanted = msgspec.msgpack.decode(options, type=EncoderOptions)
    if wanted.threads:
        torch.set_num_threads(wanted.threads)
    # The same picture must get the same bits on every device, as nearly as they can.
    torch.backends.cudnn.allow_tf32 = False
    folder = Path(wanted.model)
    model = load_model(folder)
    manifest = model.manifest
    if manifest.fingerprint != wanted.fingerprint:
        raise DesktopSearchError(ProblemCode.MODEL_REPLACED, model=folder.name)
    if manifest.preprocessing != PREPROCESSING:
        raise DesktopSearchError(
            ProblemCode.MODEL_DAMAGED,
            model=manifest.name,
            reason=f"unknown preprocessing {manifest.preprocessing}",
        )

    def build(device: torch.device) -> Network:
        backbone = load_backbone(manifest, folder)
        _check_features(model, backbone.features)
        network = EmbeddingNetwork(backbone, model.embedding, manifest.skip_stage)
        return network.to(device).eval()

    return Encoder(build, choose_device(wanted.device), manifest.input_px)


def _check_features(model: Model, features: int) -> None:
    """Refuse at the start what would fail for every photo: features of another version."""
    manifest, columns = model.manifest, model.embedding.weight.shape[1]
    fits = columns == features if manifest.skip_stage is None else columns > features
    if not fits:
        raise DesktopSearchError(
            ProblemCode.MODEL_DAMAGED,
            model=manifest.name,
            reason=f"it takes {columns} features, {manifest.backbone} gives {features}",
        )


class Encoder:
    """Answers ``EncodeProxies``; remembers what its device could bear."""

    requests = EncoderRequest

    def __init__(
        self, build: Callable[[torch.device], Network], device: torch.device, input_px: int
    ) -> None:
        self._build = build
        self._input_px = input_px
        self._batch = LARGEST_BATCH
        self._device = device
        self.detail = device.type
        self._untold: list[DeviceChanged] = []
        try:
            self._network = build(device)
        except (RuntimeError, AssertionError) as error:  # torch without CUDA asserts
            if device == CPU:
                raise
            self._move_to_cpu(error)
        self.detail = device_name(self._device)

    def handle(self, request: EncodeProxies) -> Iterator[Message]:
        """Yield ``Encoded``, after a ``DeviceChanged`` for each device that was given up.

        Raises:
            DesktopSearchError: FILE_NOT_ENCODED when any proxy is no picture (ask for the others
                again), ENCODER_FAILED when one picture is too much for the memory.
        """
        rows = yield from self.compute(request.proxies)
        embeddings = np.stack(rows) if rows else np.empty((0, 0), dtype=np.float16)
        yield Encoded(embeddings.astype("<f2").tobytes(), embeddings.shape[1])

    def compute(
        self, proxies: Sequence[bytes]
    ) -> Generator[DeviceChanged, None, list[NDArray[np.floating]]]:
        """Yield each change of the device; return what the network makes of each proxy.

        Raises:
            DesktopSearchError: As ``handle`` has it.
        """
        pictures = [pixels(proxy, self._input_px) for proxy in proxies]
        rows: list[NDArray[np.floating]] = []
        while len(rows) < len(pictures):
            rows += self._embed(np.stack(pictures[len(rows) : len(rows) + self._batch]))
            yield from self._untold
            self._untold.clear()
        return rows

    def _embed(self, batch: NDArray[np.uint8]) -> list[NDArray[np.floating]]:
        """Compute as much of a batch as fits, possibly none; the caller comes back for the rest."""
        try:
            return list(self._run(batch))
        except (RuntimeError, MemoryError, FloatingPointError) as error:
            self._recover(error, len(batch))
            return []

    def _run(self, batch: NDArray[np.uint8]) -> NDArray[np.floating]:
        with torch.inference_mode():
            computed = self._network(torch.from_numpy(batch).to(self._device))
        rows: NDArray[np.floating] = computed.cpu().numpy()
        if not np.isfinite(rows).all():
            raise FloatingPointError("the result holds values that are not finite")
        return rows

    def _recover(self, error: Exception, batch: int) -> None:
        if _is_out_of_memory(error) and batch > 1:
            self._batch = batch // 2
            if self._device.type == "cuda":
                torch.cuda.empty_cache()
        elif self._device != CPU:
            self._move_to_cpu(error)
        elif _is_out_of_memory(error):
            raise DesktopSearchError(ProblemCode.ENCODER_FAILED, reason=str(error)) from error
        else:
            raise error

    def _move_to_cpu(self, error: Exception) -> None:
        # Built anew rather than moved: nothing can be read back from a device that failed.
        self._network = self._build(CPU)
        self._device = CPU
        self._batch = LARGEST_BATCH
        failed, self.detail = self.detail, device_name(CPU)
        reason = (str(error) or type(error).__name__).splitlines()[0]
        self._untold.append(DeviceChanged(failed, reason, self.detail))


def _is_out_of_memory(error: Exception) -> bool:
    # The CPU allocator and MPS report it as a plain RuntimeError.
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(
        phrase in str(error) for phrase in ("out of memory", "can't allocate memory")
    )
