"""Ways to run the embedding network on a processor: the product's own and what could replace it.

Engines are imported where they are loaded, so that their import is part of what is measured.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktopsearch.hashing.model import bundled_model_folder, load_model

if TYPE_CHECKING:
    import torch

Embed = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""(B, S, S, 3) uint8 to (B, D) float32 of length one."""

PLAIN: Final = "torch, as written"
PRODUCT: Final = "torch, the product"
ONNX: Final = "ONNX Runtime, float32"
OPENVINO: Final = "OpenVINO, float32"
ONNX_FILE: Final = "network.onnx"
OPENVINO_FILE: Final = "network.xml"


class Engine(NamedTuple):
    """A way to run the network."""

    packages: tuple[str, ...]
    """Distributions that have to be installed: the engine itself, then what exporting needs."""
    load: Callable[[Path, int], Embed]
    """From the folder of exported networks and a number of threads."""

    @property
    def missing(self) -> list[str]:
        """Those of its packages that are not installed."""
        return [package for package in self.packages if installed_mb(package) is None]


def installed_mb(package: str) -> float | None:
    """Megabytes that a package takes on the disk, without what it depends on; None if missing."""
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    sizes = (Path(str(file.locate())) for file in files)
    return sum(path.stat().st_size for path in sizes if path.is_file()) / 1e6


def export(folder: Path, pipe: Connection) -> None:
    """Write the network for engines other than torch; what is not installed is left out."""
    import torch

    network = _float32_network(folded=True).eval()
    example = torch.zeros(2, *_input_shape(), dtype=torch.uint8)
    if not ENGINES[OPENVINO].missing:
        openvino = importlib.import_module("openvino")
        model = openvino.convert_model(network, example_input=example)
        openvino.save_model(model, folder / OPENVINO_FILE, compress_to_fp16=False)
    if not ENGINES[ONNX].missing:
        batch = torch.export.Dim("batch", min=1, max=64)
        torch.onnx.export(
            network,
            (example,),
            folder / ONNX_FILE,
            dynamo=True,
            dynamic_shapes=({0: batch},),
            verbose=False,
        )
    pipe.send("done")


def _input_shape() -> tuple[int, int, int]:
    edge_px = load_model(bundled_model_folder()).manifest.input_px
    return edge_px, edge_px, 3


def _float32_network(*, folded: bool) -> torch.nn.Module:
    """Pixels to embeddings of length one, before they are rounded to float16."""
    import torch

    from desktopsearch.hashing.backbones.base import fold_batch_norms
    from desktopsearch.hashing.backbones.weights import load_backbone

    folder = bundled_model_folder()
    model = load_model(folder)

    class Written(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.backbone = load_backbone(model.manifest, folder)
            if folded:
                fold_batch_norms(self.backbone)
            dimensions, features = model.embedding.weight.shape
            self.projection = torch.nn.Linear(features, dimensions)
            weight = model.embedding.weight.astype(np.float32)
            self.projection.weight.data = torch.from_numpy(weight)
            self.projection.bias.data = torch.from_numpy(model.embedding.bias)
            self.requires_grad_(requires_grad=False)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            features = self.backbone(self.backbone.normalised(pixels))
            return torch.nn.functional.normalize(self.projection(features))

    return Written().eval()


def _run_by_torch(network: Callable[[Any], torch.Tensor], threads: int) -> Embed:
    import torch

    torch.set_num_threads(threads)

    def embed(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode():
            embeddings: NDArray[np.float32] = network(torch.from_numpy(pictures)).float().numpy()
        return embeddings

    return embed


def _plain(_folder: Path, threads: int) -> Embed:
    return _run_by_torch(_float32_network(folded=False), threads)


def _product_network() -> torch.nn.Module:
    from desktopsearch.hashing.backbones.weights import load_backbone
    from desktopsearch.hashing.embedding import EmbeddingNetwork
    from desktopsearch.hashing.memory import keep_freed_memory

    keep_freed_memory()
    folder = bundled_model_folder()
    model = load_model(folder)
    backbone = load_backbone(model.manifest, folder)
    return EmbeddingNetwork(backbone, model.embedding, model.manifest.skip_stage).eval()


def _product(_folder: Path, threads: int) -> Embed:
    return _run_by_torch(_product_network(), threads)


def _autocast(_folder: Path, threads: int) -> Embed:
    import torch

    network = _product_network()

    def run(pictures: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            embeddings: torch.Tensor = network(pictures)
        return embeddings

    return _run_by_torch(run, threads)


def _bfloat16(_folder: Path, threads: int) -> Embed:
    import torch

    from desktopsearch.hashing.memory import keep_freed_memory

    keep_freed_memory()
    network: Any = _float32_network(folded=True).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    network.backbone.to(torch.bfloat16)

    def run(pictures: torch.Tensor) -> torch.Tensor:
        normalised = network.backbone.normalised(pictures).to(torch.bfloat16)
        features = network.backbone(normalised).float()
        return torch.nn.functional.normalize(network.projection(features))

    return _run_by_torch(run, threads)


def _frozen(_folder: Path, threads: int) -> Embed:
    import torch

    network = _product_network()
    with torch.inference_mode():
        example = torch.zeros(2, *_input_shape(), dtype=torch.uint8)
        traced = torch.jit.trace(network, example)  # type: ignore[no-untyped-call]
        frozen = torch.jit.freeze(traced)
    return _run_by_torch(frozen, threads)


def _onnx_runtime(folder: Path, threads: int) -> Embed:
    onnxruntime = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that spin while others are measured would spoil their figures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(
        folder / ONNX_FILE, options, providers=["CPUExecutionProvider"]
    )
    [taken] = session.get_inputs()

    def embed(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        embeddings: NDArray[np.float32] = session.run(None, {taken.name: pictures})[0]
        return embeddings

    return embed


def _openvino(precision: str) -> Callable[[Path, int], Embed]:
    def load(folder: Path, threads: int) -> Embed:
        openvino = importlib.import_module("openvino")
        settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",
        }
        compiled = openvino.Core().compile_model(folder / OPENVINO_FILE, "CPU", settings)

        def embed(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
            embeddings: NDArray[np.float32] = compiled(pictures)[0].copy()
            return embeddings

        return embed

    return load


ENGINES: Mapping[str, Engine] = {
    PLAIN: Engine(("torch",), _plain),
    PRODUCT: Engine(("torch",), _product),
    "torch, frozen script": Engine(("torch",), _frozen),
    "torch, bfloat16 autocast": Engine(("torch",), _autocast),
    "torch, bfloat16 weights": Engine(("torch",), _bfloat16),
    ONNX: Engine(("onnxruntime", "onnx", "onnxscript"), _onnx_runtime),
    OPENVINO: Engine(("openvino",), _openvino("f32")),
    "OpenVINO, bfloat16": Engine(("openvino",), _openvino("bf16")),
}
