"""torchvision's networks as backbones: the same features as theirs, and cut where they can be."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import torch
from torch import nn

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.registry import backbone_named, backbone_names
from desktopsearch.hashing.backbones.torchvision_models import TorchvisionBackbone, models
from desktopsearch.hashing.backbones.weights import stored_state, with_published_state, with_state
from desktopsearch.hashing.embedding import FeatureNetwork

FAMILIES = {
    "alexnet": ("classifier.6", 64),
    "convnext_tiny": ("classifier.2", 32),
    "densenet121": ("classifier", 32),
    "efficientnet_b0": ("classifier.1", 32),
    "googlenet": ("fc", 32),
    "inception_v3": ("fc", 75),
    "maxvit_t": ("classifier.5", 224),
    "mnasnet0_5": ("classifier.1", 32),
    "mobilenet_v2": ("classifier.1", 32),
    "mobilenet_v3_small": ("classifier.3", 32),
    "regnet_x_400mf": ("fc", 32),
    "resnet18": ("fc", 32),
    "shufflenet_v2_x0_5": ("fc", 32),
    "squeezenet1_1": ("classifier.1", 32),
    "swin_t": ("head", 32),
    "vgg11_bn": ("classifier.6", 32),
    "vit_b_32": ("heads.head", 224),
}
"""One of each, with the name of its classifier and a side that it takes."""


def _original(name: str) -> nn.Module:
    """torchvision's own network with random weights and moved statistics, without classifier."""
    torch.manual_seed(0)
    extra = {"aux_logits": False, "init_weights": False} if "v3" in name[-2:] else {}
    if name == "googlenet":
        extra = {"aux_logits": False, "init_weights": False}
    network: nn.Module = models.get_model(name, weights=None, **extra)
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.running_mean, -0.1, 0.1)  # type: ignore[arg-type]
            nn.init.uniform_(part.running_var, 0.8, 1.2)  # type: ignore[arg-type]
    parent, _, last = FAMILIES[name][0].rpartition(".")
    setattr(network.get_submodule(parent), last, nn.Identity())
    return network.eval()


@pytest.mark.parametrize("name", FAMILIES)
def test_a_backbone_gives_what_its_classifier_was_given(name: str) -> None:
    original = _original(name)
    backbone = with_published_state(name, original.state_dict())
    side = FAMILIES[name][1]
    pictures = torch.randint(0, 256, (2, side, side, 3), dtype=torch.uint8)
    with torch.inference_mode():
        pixels = backbone.normalised(pictures)
        expected = original(pixels)
        found = backbone(pixels)
        folded = FeatureNetwork(backbone)(pictures)
    assert found.shape == (2, backbone.features)
    scale = float(expected.abs().max())
    assert scale > 0
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5 * scale)
    torch.testing.assert_close(folded, expected, rtol=1e-3, atol=1e-3 * scale)


@pytest.mark.parametrize("name", FAMILIES)
def test_its_stages_share_all_its_weights_and_are_many(name: str) -> None:
    backbone = backbone_named(name)
    stages = backbone.stages()
    assert len(stages) > 5
    shared = {id(part) for stage in stages for part in stage.parameters()}
    assert shared == {id(part) for part in backbone.parameters()}


@pytest.mark.parametrize(("name", "channels"), [("swin_t", 96), ("vit_b_32", 768), ("vgg11", 64)])
def test_a_skip_is_a_mean_over_the_picture(name: str, channels: int) -> None:
    torch.manual_seed(0)
    backbone = TorchvisionBackbone(name).eval()
    pixels = torch.randn(1, 3, backbone.input_px, backbone.input_px)
    with torch.inference_mode():
        features = backbone(pixels, 1)
        plain = backbone(pixels)
    assert features.shape == (1, backbone.features + channels)
    torch.testing.assert_close(features[:, : backbone.features], plain)


@pytest.mark.parametrize(
    ("name", "mean", "px"),
    [
        ("resnet50", 0.485, 224),
        ("efficientnet_v2_l", 0.5, 480),
        ("inception_v3", 0.5, 299),
        ("vit_h_14", 0.485, 224),
    ],
)
def test_pixels_are_prepared_as_the_official_weights_expect(
    name: str, mean: float, px: int
) -> None:
    backbone = backbone_named(name)
    assert backbone.pixel_mean[0] == pytest.approx(255 * mean)
    assert backbone.input_px == px


def test_all_names_can_be_built() -> None:
    names = backbone_names()
    assert {"efficientnet-lite0", "efficientnet-lite2", "resnet50", "vit_b_16"} <= set(names)
    assert not any("quantized" in name for name in names)
    for name in ("regnet_y_400mf", "efficientnet-lite2", "swin_v2_t"):
        backbone = backbone_named(name)
        assert backbone.name == name
        assert all(part.is_meta for part in backbone.parameters())


def test_what_is_stored_of_one_loads_again() -> None:
    torch.manual_seed(0)
    network = TorchvisionBackbone("swin_t").eval()
    state = {each: torch.from_numpy(held) for each, held in stored_state(network).items()}
    again = with_state("swin_t", state)
    pixels = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        torch.testing.assert_close(again(pixels), network(pixels), rtol=0.01, atol=0.01)


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(DesktopSearchError) as caught:
        backbone_named("ResNet-50")
    assert caught.value.code is ProblemCode.BACKBONE_UNKNOWN
    assert "resnet50" in str(caught.value)


def test_torchvision_is_imported_only_for_its_own_networks() -> None:
    script = (
        "import sys\n"
        "import desktopsearch.hashing.encoder\n"
        "from desktopsearch.hashing.backbones.registry import backbone_named\n"
        "backbone_named('efficientnet-lite2')\n"
        "assert 'torchvision' not in sys.modules\n"
        "backbone_named('resnet18')\n"
        "assert 'torchvision' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


def test_published_weights_bring_a_classifier_and_come_from_older_versions() -> None:
    torch.manual_seed(0)
    published = {
        re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", each): held
        for each, held in models.get_model("densenet121", weights=None).state_dict().items()
        if not each.endswith("num_batches_tracked")
    }
    assert "classifier.weight" in published
    assert "features.denseblock1.denselayer1.norm.1.weight" in published
    backbone = with_published_state("densenet121", published)
    assert not any(part.is_meta for part in backbone.state_dict().values())
