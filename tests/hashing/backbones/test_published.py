"""Weights in a file that a person has: taken if they fit, else told by the first names."""

from __future__ import annotations

from pathlib import Path

import pytest
import safetensors.torch
import torch

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.published import load_published
from desktopsearch.hashing.backbones.torchvision_models import models

State = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def state() -> State:
    torch.manual_seed(0)
    return dict(models.get_model("squeezenet1_1", weights=None).state_dict())


def _saved(folder: Path, content: object, name: str = "weights.pth") -> Path:
    torch.save(content, folder / name)
    return folder / name


@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors"])
def test_a_state_dict_is_taken_without_its_classifier(
    tmp_path: Path, state: State, name: str
) -> None:
    path = tmp_path / name
    if path.suffix == ".pth":
        torch.save(state, path)
    else:
        safetensors.torch.save_file(state, path)
    taken = load_published("squeezenet1_1", path).state_dict()
    assert taken.keys() == {
        f"network.{each}" for each in state if not each.startswith("classifier.1.")
    }
    for each, held in taken.items():
        torch.testing.assert_close(held, state[each.removeprefix("network.")], rtol=0, atol=0)


def test_half_precision_is_taken_too(tmp_path: Path, state: State) -> None:
    path = _saved(tmp_path, {name: held.half() for name, held in state.items()})
    taken = load_published("squeezenet1_1", path).state_dict()
    assert all(held.dtype == torch.float32 for held in taken.values())


@pytest.mark.parametrize("kind", ["whole", "nested", "list", "noise", "empty", "nan"])
def test_what_is_no_state_dict_is_refused(tmp_path: Path, state: State, kind: str) -> None:
    path = tmp_path / "weights.pth"
    name = next(iter(state))
    if kind == "noise":
        path.write_bytes(bytes(range(256)) * 40)
    elif kind == "empty":
        path.write_bytes(b"")
    else:
        content = {
            "whole": models.get_model("squeezenet1_1", weights=None),
            "nested": {"epoch": 3, "model": state},
            "list": list(state.values()),
            "nan": {**state, name: torch.full_like(state[name], torch.nan)},
        }[kind]
        torch.save(content, path)
    with pytest.raises(DesktopSearchError) as caught:
        load_published("squeezenet1_1", path)
    assert caught.value.code is ProblemCode.WEIGHTS_UNREADABLE
    assert "\n" not in str(caught.value)


def test_what_does_not_fit_is_named(tmp_path: Path, state: State) -> None:
    names = list(state)
    changed = {name: held for name, held in state.items() if name != names[3]}
    changed[names[1]] = torch.zeros(3, 2)
    changed["fc9.weight"] = torch.zeros(1)
    with pytest.raises(DesktopSearchError) as caught:
        load_published("squeezenet1_1", _saved(tmp_path, changed))
    assert caught.value.code is ProblemCode.WEIGHTS_DO_NOT_FIT
    assert str(caught.value).endswith(
        f"{names[1]} is 3x2, not 64; {names[3]} is missing; fc9.weight is unknown."
    )


def test_another_network_is_told_by_its_first_three_differences(
    tmp_path: Path, state: State
) -> None:
    with pytest.raises(DesktopSearchError) as caught:
        load_published("resnet18", _saved(tmp_path, state))
    assert caught.value.parameters["differences"] == (
        "conv1.weight is missing; bn1.weight is missing; bn1.bias is missing"
    )


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DesktopSearchError) as caught:
        load_published("squeezenet1_1", tmp_path / "missing.pth")
    assert caught.value.code is ProblemCode.QUERY_NOT_FOUND
