"""Adam against torch's own class, and that what that class brings along stays away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import torch
from torch import nn

from desktopsearch.hashing.training.adam import Adam

RATES = (0.1, 0.01)
SHARES = (1.0, 0.7, 0.2)
LEARN = """
import sys
from tests.hashing.training.made_up import photos
from desktopsearch.hashing.training.head import train_head
from desktopsearch.hashing.training.plan import TrainingPlan
list(train_head(photos(100, 2, 40), TrainingPlan("ssdh_semi", 16, epochs=1, device="cpu")))
assert "torch.optim" in sys.modules
assert "torch._dynamo" not in sys.modules
"""


def _parameters() -> list[nn.Parameter]:
    torch.manual_seed(0)
    return [nn.Parameter(torch.randn(shape)) for shape in ((4, 3), (4,), (2, 4))]


def _groups(parameters: list[nn.Parameter]) -> list[tuple[list[nn.Parameter], float]]:
    return [(parameters[:2], RATES[0]), (parameters[2:], RATES[1])]


def _grade(parameters: Sequence[nn.Parameter], step: int) -> None:
    """Give all but the second a gradient."""
    generator = torch.Generator().manual_seed(step)
    for each in (parameters[0], parameters[2]):
        each.grad = torch.randn(each.shape, generator=generator)


def test_it_steps_as_that_of_torch_does() -> None:
    ours, theirs = _parameters(), _parameters()
    mine = Adam(_groups(ours))
    torchs = torch.optim.Adam(
        [{"params": group, "lr": rate} for group, rate in _groups(theirs)], fused=True
    )
    for step, share in enumerate(SHARES):
        mine.clear()
        assert all(each.grad is None for each in ours)
        _grade(ours, step)
        mine.step(share)
        torchs.zero_grad()
        _grade(theirs, step)
        for group, rate in zip(torchs.param_groups, RATES, strict=True):
            group["lr"] = share * rate
        torchs.step()
        for one, other in zip(ours, theirs, strict=True):
            torch.testing.assert_close(one, other, rtol=0, atol=0)
    torch.testing.assert_close(ours[1], _parameters()[1], rtol=0, atol=0)


def test_it_goes_on_from_what_another_remembers() -> None:
    whole, begun, resumed = _parameters(), _parameters(), _parameters()
    first, second = Adam(_groups(whole)), Adam(_groups(begun))
    for parameters, adam in ((whole, first), (begun, second)):
        _grade(parameters, 0)
        adam.step()
    third = Adam(_groups(resumed))
    third.load({name: held.clone() for name, held in second.state().items()})
    for one, other in zip(resumed, begun, strict=True):
        one.data.copy_(other.data)
    for parameters, adam in ((whole, first), (resumed, third)):
        _grade(parameters, 1)
        adam.step(0.5)
    for one, other in zip(whole, resumed, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_to_learn_does_not_bring_the_compiler_along() -> None:
    subprocess.run([sys.executable, "-c", LEARN], check=True, timeout=110)
