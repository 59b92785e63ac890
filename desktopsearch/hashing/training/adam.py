"""Adam by torch's own arithmetic, without what ``torch.optim.Adam`` brings along.

That imports the whole of torch's compiler at its first step: seconds of every process that learns,
and nothing here is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import nn
from torch.optim.adam import adam

_DECAYS = (0.9, 0.999)
_EPSILON = 1e-8


class Adam:
    """Steps groups of parameters, each at its own rate.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (ICLR 2015), algorithm 1,
    with its constants.
    """

    def __init__(self, groups: Sequence[tuple[Sequence[nn.Parameter], float]]) -> None:
        """Begin at rest.

        Args:
            groups: Parameters, on one device, and their learning rate.
        """
        self._groups = [(list(parameters), rate) for parameters, rate in groups]
        every = [each for parameters, _ in self._groups for each in parameters]
        self._means = {each: torch.zeros_like(each) for each in every}
        self._squares = {each: torch.zeros_like(each) for each in every}
        self._steps = {each: torch.zeros((), device=each.device) for each in every}

    def clear(self) -> None:
        """Forget the gradients."""
        for parameters, _rate in self._groups:
            for each in parameters:
                each.grad = None

    @torch.no_grad()
    def step(self, share: float = 1.0) -> None:
        """Step down the gradients; what has none stays.

        Args:
            share: Of the learning rates.
        """
        for parameters, rate in self._groups:
            moved = [each for each in parameters if each.grad is not None]
            adam(
                list(moved),
                [each.grad for each in moved if each.grad is not None],
                [self._means[each] for each in moved],
                [self._squares[each] for each in moved],
                [],
                [self._steps[each] for each in moved],
                fused=True,
                amsgrad=False,
                beta1=_DECAYS[0],
                beta2=_DECAYS[1],
                lr=share * rate,
                weight_decay=0.0,
                eps=_EPSILON,
                maximize=False,
            )

    def state(self) -> dict[str, torch.Tensor]:
        """Return what it remembers of each parameter, by its number; not copied."""
        return {
            f"{number}.{name}": held
            for name, remembered in self._remembered().items()
            for number, held in enumerate(remembered.values())
        }

    @torch.no_grad()
    def load(self, state: Mapping[str, torch.Tensor]) -> None:
        """Take back what ``state`` of one with the same parameters gave."""
        for name, remembered in self._remembered().items():
            for number, held in enumerate(remembered.values()):
                held.copy_(state[f"{number}.{name}"])

    def _remembered(self) -> dict[str, dict[nn.Parameter, torch.Tensor]]:
        return {"mean": self._means, "square": self._squares, "step": self._steps}
