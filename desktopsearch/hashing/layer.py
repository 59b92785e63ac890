"""The hash layer: from stored embeddings to codes, wherever they are needed, without torch.

Photos and queries alike get their bits here, from float16 embeddings, so that a photo that is
encoded twice gets the same code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from desktopsearch.domain.codes import pack
from desktopsearch.domain.errors import BugError

_CHUNK_ROWS = 8_192


@dataclass(frozen=True, eq=False)
class HashLayer:
    """A linear map whose signs are the bits of a code."""

    weight: NDArray[np.float32]
    """(K, D)."""
    bias: NDArray[np.float32]
    """(K,)."""

    def __post_init__(self) -> None:
        if self.weight.dtype != np.float32 or self.bias.dtype != np.float32:
            raise BugError("a hash layer is float32")
        if self.weight.ndim != 2 or self.bias.shape != self.weight.shape[:1]:
            raise BugError(f"weight {self.weight.shape} and bias {self.bias.shape} do not fit")

    @property
    def bits(self) -> int:
        """Length of its codes."""
        return len(self.weight)

    @property
    def dimensions(self) -> int:
        """Length of the embeddings that it takes."""
        return int(self.weight.shape[1])

    @cached_property
    def centre(self) -> NDArray[np.float32]:
        """(D,), the shortest embedding whose outputs are nearest to zero.

        Of a layer that was fitted to photos it is their mean, as far as the layer sees it: seen
        from there, photos about one subject lie in all directions.
        """
        weight, bias = self.weight.astype(np.float64), self.bias.astype(np.float64)
        return np.linalg.lstsq(weight, -bias)[0].astype(np.float32)

    def logits(self, embeddings: NDArray[np.float16]) -> NDArray[np.float32]:
        """Return the real-valued outputs: (N, D) becomes (N, K) float32."""
        # In float64 the products are exact, and the order in which a BLAS sums them is too small
        # a thing to turn a sign: a photo has the same bits alone and in a batch.
        weight = self.weight.T.astype(np.float64)
        bias = self.bias.astype(np.float64)
        outputs = np.empty((len(embeddings), self.bits), dtype=np.float32)
        for start in range(0, len(embeddings), _CHUNK_ROWS):
            rows = embeddings[start : start + _CHUNK_ROWS].astype(np.float64)
            outputs[start : start + _CHUNK_ROWS] = rows @ weight + bias
        return outputs

    def codes(self, embeddings: NDArray[np.float16]) -> NDArray[np.uint8]:
        """Return the packed codes: (N, D) becomes (N, K / 8) uint8."""
        return pack(self.logits(embeddings))

    def to_bytes(self) -> bytes:
        """Return the layer as safetensors bytes."""
        # safetensors writes the memory as it lies: a transposed array would come back scrambled.
        weight, bias = np.ascontiguousarray(self.weight), np.ascontiguousarray(self.bias)
        return save({"hash.weight": weight, "hash.bias": bias})

    @classmethod
    def from_bytes(cls, content: bytes) -> HashLayer:
        """Return the layer that ``to_bytes`` wrote, bit by bit.

        Raises:
            ValueError: The bytes are no hash layer.
        """
        try:
            tensors = load(content)
            return cls(tensors["hash.weight"], tensors["hash.bias"])
        except (SafetensorError, KeyError, BugError) as error:
            raise ValueError(f"not a hash layer: {error}") from error
