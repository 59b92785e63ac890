"""torchvision's classification networks as backbones: without classifier, cut into stages.

Owns where each family can be cut and what its official weights expect of pixels. Imports
torchvision, which takes seconds; only the registry imports this module, and only when it must.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from desktopsearch.hashing.backbones.base import Backbone
from desktopsearch.hashing.backbones.torchvision_compat import import_torchvision

models: Any = import_torchvision().models

Network = Any
"""One of torchvision's, whose parts no type checker knows."""

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_SCALE = (0.229, 0.224, 0.225)
# Their official weights came from TensorFlow; torchvision turns the pixels inside the network.
_FROM_TENSORFLOW = ("googlenet", "inception_v3")
_AUXILIARY = ("aux1.", "aux2.", "AuxLogits.")
_HALF = (0.5, 0.5, 0.5)
_FIXED_PX = 224
_ROWS_NDIM = 2


def torchvision_names() -> list[str]:
    """The names of all classification networks, quantised ones left out."""
    names: list[str] = models.list_models(module=models)
    return names


class TorchvisionBackbone(Backbone):
    """One of them; its features are what its last linear layer was given."""

    prefix = "network."
    pooling = "classifier-input-1"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.network: nn.Module = _built(name)
        classifier, self.features = _remove_classifier(self.network)
        self.left_out = (f"{classifier}.", *_AUXILIARY)
        self.any_px = not isinstance(self.network, models.VisionTransformer | models.MaxVit)
        expected = models.get_model_weights(name).DEFAULT.transforms.keywords
        # Weights for larger pictures exist of the two that take one size only.
        self.input_px = expected["crop_size"] if self.any_px else _FIXED_PX
        half = name in _FROM_TENSORFLOW
        self.pixel_mean = _of_255(_HALF if half else expected.get("mean", _IMAGENET_MEAN))
        self.pixel_scale = _of_255(_HALF if half else expected.get("std", _IMAGENET_SCALE))

    def stages(self) -> list[nn.Module]:
        """Return its parts, block by block; a family that is not known here is one stage."""
        for family, cut in _CUTS.items():
            if isinstance(self.network, family):
                return cut(self.network)
        return [self.network]

    def mean_over_picture(self, hidden: torch.Tensor) -> torch.Tensor:
        """As of the base; in Swin networks the channels come last."""
        if isinstance(self.network, models.SwinTransformer) and hidden.ndim > _ROWS_NDIM:
            return hidden.mean(dim=(1, 2))
        return super().mean_over_picture(hidden)


def _built(name: str) -> nn.Module:
    extra: dict[str, bool] = {}
    if name in _FROM_TENSORFLOW:
        extra = {"aux_logits": False, "init_weights": False}
    try:
        return _model(name, extra)
    except NotImplementedError:
        # RegNets reckon with tensors while they are built, which needs true ones.
        with torch.device("cpu"):
            network = _model(name, extra)
        return network.to(torch.empty(0).device)


def _model(name: str, extra: dict[str, bool]) -> nn.Module:
    network: nn.Module = models.get_model(name, weights=None, **extra)
    return network


def _remove_classifier(network: nn.Module) -> tuple[str, int]:
    """Put nothing in the place of the last linear layer; return its name and its inputs.

    SqueezeNets have a convolution there, ahead of the pooling; linear layers they have none.
    """
    linear = [name for name, part in network.named_modules() if isinstance(part, nn.Linear)]
    name = linear[-1] if linear else "classifier.1"
    classifier = network.get_submodule(name)
    parent, _, last = name.rpartition(".")
    setattr(network.get_submodule(parent), last, nn.Identity())
    if isinstance(classifier, nn.Linear):
        return name, classifier.in_features
    assert isinstance(classifier, nn.Conv2d)
    return name, classifier.in_channels


def _of_255(values: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (255.0 * value for value in values)
    return red, green, blue


class _Patches(nn.Module):
    """The first stage of a vision transformer: patches, the class token and where each lies."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        tokens = self._network._process_input(pixels)  # noqa: SLF001 - it has no other name
        first = self._network.class_token.expand(len(tokens), -1, -1)
        encoder = self._network.encoder
        placed: torch.Tensor = torch.cat([first, tokens], dim=1) + encoder.pos_embedding
        dropped: torch.Tensor = encoder.dropout(placed)
        return dropped


class _ClassToken(nn.Module):
    """The last stage of a vision transformer."""

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self._norm = norm

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        normed: torch.Tensor = self._norm(tokens)
        return normed[:, 0]


def _pooled() -> list[nn.Module]:
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(1)]


def _blocks(*chains: nn.Module) -> list[nn.Module]:
    """The parts of chains; a part that is itself a plain chain is taken apart as well."""
    found: list[nn.Module] = []
    for chain in chains:
        for part in chain.children():
            found += _blocks(part) if type(part) is nn.Sequential else [part]
    return found


def _resnet(network: Network) -> list[nn.Module]:
    stem = nn.Sequential(network.conv1, network.bn1, network.relu, network.maxpool)
    layers = _layers(network.layer1, network.layer2, network.layer3, network.layer4)
    return [stem, *layers, nn.Sequential(*_pooled())]


def _layers(*chains: nn.Module) -> list[nn.Module]:
    """The parts of chains, as they are."""
    return [part for chain in chains for part in chain.children()]


def _regnet(network: Network) -> list[nn.Module]:
    stages = _layers(network.trunk_output)
    return [network.stem, *_layers(*stages), nn.Sequential(*_pooled())]


def _shufflenet(network: Network) -> list[nn.Module]:
    stem = nn.Sequential(network.conv1, network.maxpool)
    layers = _layers(network.stage2, network.stage3, network.stage4)
    return [stem, *layers, nn.Sequential(network.conv5, *_pooled())]


def _mnasnet(network: Network) -> list[nn.Module]:
    return [*_blocks(network.layers), nn.Sequential(*_pooled(), network.classifier)]


def _inception(network: Network) -> list[nn.Module]:
    parts = dict(network.named_children())
    body = [part for name, part in parts.items() if name not in ("avgpool", "dropout", "fc")]
    return [*body, nn.Sequential(*_pooled(), network.dropout)]


def _vision_transformer(network: Network) -> list[nn.Module]:
    encoder = network.encoder
    return [_Patches(network), *_layers(encoder.layers), _ClassToken(encoder.ln)]


def _maxvit(network: Network) -> list[nn.Module]:
    layers = [layer for block in network.blocks for layer in block.layers]
    return [network.stem, *layers, network.classifier]


def _swin(network: Network) -> list[nn.Module]:
    tail = (network.norm, network.permute, network.avgpool, network.flatten)
    return [*_blocks(network.features), nn.Sequential(*tail)]


def _densenet(network: Network) -> list[nn.Module]:
    return [*_blocks(network.features), nn.Sequential(nn.ReLU(), *_pooled())]


def _squeezenet(network: Network) -> list[nn.Module]:
    return [*_blocks(network.features), nn.Sequential(network.classifier, nn.Flatten(1))]


def _convnext(network: Network) -> list[nn.Module]:
    return [*_blocks(network.features), nn.Sequential(network.avgpool, network.classifier)]


def _mobilenet_v2(network: Network) -> list[nn.Module]:
    return [*_blocks(network.features), nn.Sequential(*_pooled(), network.classifier)]


def _convolutional(network: Network) -> list[nn.Module]:
    tail = (network.avgpool, nn.Flatten(1), network.classifier)
    return [*_blocks(network.features), nn.Sequential(*tail)]


_CUTS: dict[type[nn.Module], Callable[[Any], list[nn.Module]]] = {
    models.AlexNet: _convolutional,
    models.ConvNeXt: _convnext,
    models.DenseNet: _densenet,
    models.EfficientNet: _convolutional,
    models.GoogLeNet: _inception,
    models.Inception3: _inception,
    models.MaxVit: _maxvit,
    models.MNASNet: _mnasnet,
    models.MobileNetV2: _mobilenet_v2,
    models.MobileNetV3: _convolutional,
    models.RegNet: _regnet,
    models.ResNet: _resnet,
    models.ShuffleNetV2: _shufflenet,
    models.SqueezeNet: _squeezenet,
    models.SwinTransformer: _swin,
    models.VGG: _convolutional,
    models.VisionTransformer: _vision_transformer,
}
