"""How long a deep teaching will take on this device, measured on a few photos."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.hashing.teaching.deep_lesson import TRAININGS
from desktopsearch.hashing.teaching.messages import Foretold
from desktopsearch.hashing.training.adam import Adam
from desktopsearch.hashing.training.cut import CutNetwork
from desktopsearch.hashing.training.plan import Extent

MEASURED = 32
"""Photos, in one batch; the best of some tries counts."""
_WRONG = 1.5
"""By what a forecast may be wrong either way, for machines are used for other things too."""
_TRIES = 3
_RATE = 1e-3
"""Any will do: only the time of a step counts."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds for one photo."""

    read_s: float
    """To decode its proxy."""
    frozen_s: float
    """To pass the frozen stages."""
    trained_s: float
    """To pass the trained ones."""
    learnt_s: float
    """To pass the trained ones and to learn from it, its share of a step included."""


def measured(
    network: CutNetwork, read: Callable[[], NDArray[np.uint8]], device: torch.device
) -> Costs:
    """Measure.

    Args:
        network: On the device, cut; it is of no use any more then.
        read: Decodes some photos.
        device: Where the network is.
    """
    pictures = read()
    count = len(pictures)

    def seconds(work: Callable[[], torch.Tensor]) -> float:
        times = []
        for _try in range(_TRIES):
            began = time.perf_counter()
            # Reading a value waits until the device has done it.
            float(work().float().sum())
            times.append(time.perf_counter() - began)
        return min(times) / count

    def frozen() -> torch.Tensor:
        return network.frozen_part(torch.from_numpy(pictures).to(device)).values

    hidden = network.frozen_part(torch.from_numpy(pictures).to(device))

    @torch.no_grad()
    def passed() -> torch.Tensor:
        return network.embeddings(hidden)

    optimiser = Adam([(list(network.trained().values()), _RATE)])

    def learnt() -> torch.Tensor:
        optimiser.clear()
        loss = network.embeddings(hidden).square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        return loss.detach()

    began = time.perf_counter()
    read()
    read_s = (time.perf_counter() - began) / count
    return Costs(read_s, seconds(frozen), seconds(passed), seconds(learnt))


def foretold(costs: Costs, photos: int, views: int, extents: Sequence[Extent]) -> Foretold:
    """Reckon how long all will take.

    Args:
        costs: As measured.
        photos: Of the teaching.
        views: In which each passes the frozen stages.
        extents: Of a training of each lesson, the one that counts first.
    """
    encoding_s = costs.read_s + costs.frozen_s + costs.trained_s
    # Photos that are judged by are encoded by the network that did not learn from them, and a
    # sample, which may be all of them, by the one that counts.
    once = photos * (costs.read_s + views * costs.frozen_s + min(2, len(extents)) * encoding_s)
    trainings = sum(
        each.epochs * each.learnt * costs.learnt_s
        + (each.epochs + 1) * each.looked_at * costs.trained_s
        for each in extents
    )
    # Of a lesson the second training ends early or is not needed.
    high_s = (once + TRAININGS * trainings) * _WRONG
    return Foretold((once + trainings) / _WRONG, high_s, encoding_s)
