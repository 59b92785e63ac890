"""Which photos are looked at together, where the methods agree about it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray


def batch_count(rows: int, size: int) -> int:
    """Return how many batches of at most ``size`` all rows make."""
    return -(-rows // size)


def rows_where(mask: torch.Tensor) -> NDArray[np.int64]:
    """Return where an (N,) mask is true."""
    rows: NDArray[np.int64] = mask.nonzero()[:, 0].cpu().numpy()
    return rows


def shuffled(
    rows: NDArray[np.int64], size: int, generator: np.random.Generator
) -> Iterator[torch.Tensor]:
    """Yield all rows once in random order, ``size`` at a time; the sizes differ by one at most.

    A short rest would be a batch whose averages are mostly noise.
    """
    if len(rows):
        for part in np.array_split(generator.permutation(rows), batch_count(len(rows), size)):
            yield torch.from_numpy(part)


def drawn(
    allowed: torch.Tensor, generator: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw for each row one of its allowed columns, all equally likely.

    Args:
        allowed: (B, N) bool.
        generator: Draws.

    Returns:
        (B,) long column, and (B,) bool whether there was any; where not, the column means nothing.
    """
    # On so little numpy is several times as fast as torch, and the draws come from it anyway.
    lots = 1 - generator.random(allowed.shape, dtype=np.float32)
    if not allowed.shape[1]:
        empty = torch.zeros(len(allowed), dtype=torch.long, device=allowed.device)
        return empty, empty > 0
    lots *= allowed.cpu().numpy()
    columns = lots.argmax(axis=1)
    any_allowed = lots[np.arange(len(lots)), columns] > 0
    found = torch.from_numpy(columns), torch.from_numpy(any_allowed)
    return found[0].to(allowed.device), found[1].to(allowed.device)
