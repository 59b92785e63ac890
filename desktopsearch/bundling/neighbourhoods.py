"""Trains the bundled hash layer: what is near by the features is to be near by the code.

None of the five objectives: those learn what a set of photos is about. This one is to change as
little as possible about what is alike, in photos that nobody has seen. Labels help a little.
"""

from __future__ import annotations

import logging

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.objectives.base import signs
from desktopsearch.hashing.training.network import HeadNetwork, Standardisation

NEAREST = 64
GROUPS = 24
AT_LARGE = 512
TEMPERATURE = 0.05
LARGE_WEIGHT = 0.5
CLASS_TEMPERATURE, CLASS_WEIGHT = 0.1, 0.1
LEARNING_RATE = 1e-3
STEPS = 500
_SHARPNESS_RATE = 1e-2
_ITSELF = -1e4
_ROWS_AT_ONCE = 1_024
_REPORT_EVERY = 100

_log = logging.getLogger(__name__)


class _Scale:
    """One of the two scales at which neighbourhoods are compared."""

    def __init__(self, unit: torch.Tensor) -> None:
        """Take (N, D) vectors of length one whose cosines say what is near."""
        self._unit = unit
        # Similarities of codes spread less; by how much (as a logarithm) is learnt.
        self.sharpness = nn.Parameter(torch.zeros(()))

    def loss(self, rows: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        """Divergence of the neighbours by code from those by reference.

        Source: the neighbour distributions are those of stochastic neighbour embedding (Hinton
        and Roweis, NIPS 2002), on cosines instead of squared distances.

        Args:
            rows: (G, n) long: G groups within which photos are compared.
            codes: (G, n, K), -1 and +1.

        Returns:
            A scalar: the mean over all photos.
        """
        itself = torch.eye(rows.shape[1], dtype=torch.bool)
        unit = self._unit[rows]
        wanted = _log_shares(unit @ unit.mT / TEMPERATURE, itself)
        found = _log_shares(_cosines(codes) * self.sharpness.exp() / TEMPERATURE, itself)
        return (wanted.exp() * (wanted - found)).sum(dim=2).mean()


def keep_neighbourhoods(
    embeddings: NDArray[np.float16],
    finer: NDArray[np.float16],
    labels: NDArray[np.bool_],
    start: HashLayer,
    seed: int = 0,
    steps: int = STEPS,
) -> HashLayer:
    """Train a hash layer on embeddings and return it.

    It learns from two kinds of groups: a photo and its 64 nearest, because in a collection about
    one subject fine differences decide; and, with half the weight, photos at large. Among these,
    photos that share a label are also drawn together a little.

    Args:
        embeddings: (N, D).
        finer: (N, E), longer embeddings of the same photos, of which codes cannot be made but
            whose cosines tell photos apart better.
        labels: (N, C); a photo may have none, and C may be 0.
        start: Where to begin, such as ITQ's layer.
        seed: Equal seeds give equal layers on the same machine.
        steps: Of the optimiser.
    """
    standardisation = Standardisation.of(embeddings)
    features = standardisation.apply(embeddings)
    network = HeadNetwork(start, standardisation, features, spread=1.0)
    unit = functional.normalize(torch.from_numpy(finer.astype(np.float32)))
    nearest = _nearest(unit)
    near, large = _Scale(unit), _Scale(unit)
    shown = torch.from_numpy(labels.astype(np.float32))
    optimiser = torch.optim.Adam(
        [
            {"params": network.parameters(), "lr": LEARNING_RATE},
            {"params": [near.sharpness, large.sharpness], "lr": _SHARPNESS_RATE},
        ]
    )
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    draws = torch.Generator().manual_seed(seed)
    for step in range(1, steps + 1):
        grouped = nearest[torch.randint(len(features), (GROUPS,), generator=draws)]
        scattered = _scattered(len(features), draws)[None]
        near_loss = near.loss(grouped, _codes(network, features[grouped]))
        codes = _codes(network, features[scattered])
        large_loss = large.loss(scattered, codes)
        class_loss = _class_loss(codes[0], shown[scattered[0]])
        loss = near_loss + LARGE_WEIGHT * large_loss + CLASS_WEIGHT * class_loss
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        falling.step()
        if step % _REPORT_EVERY == 0:
            terms = [float(term.detach()) for term in (near_loss, large_loss, class_loss)]
            _log.info("step %d of %d: near %.3f, at large %.3f, class %.3f", step, steps, *terms)
    return network.export()


def _scattered(count: int, draws: torch.Generator) -> torch.Tensor:
    """Draw rows at large: (512,), fewer of fewer photos, and none twice.

    A photo beside itself would take nearly all of the share that its neighbours have.
    """
    return torch.randperm(count, generator=draws)[:AT_LARGE]


def _class_loss(codes: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Supervised contrastive loss of (B, K) codes with (B, C) labels; 0 if none is shared.

    Source: Khosla et al., Supervised Contrastive Learning (NeurIPS 2020), the loss with the sum
    outside the logarithm; here on cosines of codes.
    """
    itself = torch.eye(len(codes), dtype=torch.bool)
    alike = ((labels @ labels.T) > 0) & ~itself
    has_any = alike.any(dim=1)
    if not has_any.any():
        return 0.0 * codes.sum()
    shares = _log_shares(_cosines(codes[None]) / CLASS_TEMPERATURE, itself)[0]
    return -((shares * alike).sum(dim=1)[has_any] / alike.sum(dim=1)[has_any]).mean()


def _cosines(codes: torch.Tensor) -> torch.Tensor:
    return codes @ codes.mT / codes.shape[-1]


def _codes(network: HeadNetwork, features: torch.Tensor) -> torch.Tensor:
    """Return -1 and +1 whose gradient is that of tanh (the straight-through estimator)."""
    relaxed = torch.tanh(network(features))
    return relaxed + (signs(relaxed) - relaxed).detach()


def _log_shares(similarities: torch.Tensor, itself: torch.Tensor) -> torch.Tensor:
    return functional.log_softmax(similarities.masked_fill(itself, _ITSELF), dim=2)


def _nearest(unit: torch.Tensor) -> torch.Tensor:
    """Return for each row itself and its nearest: (N, 64), fewer of fewer photos."""
    count = min(NEAREST, len(unit))
    found = [
        (unit[start : start + _ROWS_AT_ONCE] @ unit.T).topk(count, dim=1).indices
        for start in range(0, len(unit), _ROWS_AT_ONCE)
    ]
    return torch.cat(found)
