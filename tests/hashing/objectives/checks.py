"""What all tests of objectives share: tasks, and gradients by finite differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from desktopsearch.hashing.objectives.base import Batch, Objective, Outputs, Task, Term, reduced


def random_codes(count: int, bits: int, seed: int = 0) -> torch.Tensor:
    """Return (count, bits) float64 between 0 and 1, away from its ends."""
    values = np.random.default_rng(seed).uniform(0.05, 0.95, (count, bits))
    return torch.from_numpy(values)


def average(term: Term) -> float:
    """Reduce one term."""
    return float(reduced({"it": term}, torch.zeros(()))["it"])


def check_gradient(term_of: Callable[[torch.Tensor], Term], at: torch.Tensor) -> None:
    """Compare the gradient of a reduced term with central differences, entry by entry."""

    def value(codes: torch.Tensor) -> torch.Tensor:
        return reduced({"it": term_of(codes)}, codes.sum() * 0)["it"]

    start = at.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(value(start), start)
    assert gradient.abs().max() > 0, "the example does not reach the term"
    numeric = torch.zeros_like(at)
    step = 1e-6
    for index in np.ndindex(*at.shape):
        up, down = at.clone(), at.clone()
        up[index] += step
        down[index] -= step
        numeric[index] = (value(up) - value(down)) / (2 * step)
    torch.testing.assert_close(gradient, numeric, rtol=1e-5, atol=1e-8)


def make_task(
    labels: NDArray[np.bool_], *, bits: int = 16, faithful: bool = False, seed: int = 0
) -> Task:
    """Return a task with random features of 24 dimensions."""
    features = np.random.default_rng(seed).standard_normal((len(labels), 24))
    return Task(
        torch.from_numpy(features.astype(np.float32)),
        torch.from_numpy(labels),
        torch.ones(len(labels)),
        bits,
        faithful,
    )


def one_hot(classes: list[int], count: int) -> NDArray[np.bool_]:
    """Return (N, count) bool; a class of -1 is no label."""
    labels = np.zeros((len(classes), count), dtype=np.bool_)
    for row, column in enumerate(classes):
        if column >= 0:
            labels[row, column] = True
    return labels


def terms_of(objective: Objective, batch: Batch, classes: int, bits: int = 16) -> dict[str, float]:
    """Return the reduced terms of a batch with random logits; all must be differentiable."""
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn(len(batch.rows), bits, generator=generator, requires_grad=True)
    scores = torch.randn(len(batch.rows), classes, generator=generator) + 0 * logits.sum()
    codes = objective.activate(logits)
    averages = reduced(objective.terms(Outputs(codes, scores), batch, 0.5), 0 * codes.sum())
    torch.stack(list(averages.values())).sum().backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
    return {name: float(value.detach()) for name, value in averages.items()}
