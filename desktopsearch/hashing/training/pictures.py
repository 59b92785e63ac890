"""Features from a network that is trained together with the hash layer.

Owns what of the network is trained, what it is pulled back to and how it is stored.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from desktopsearch.domain.errors import Cancelled
from desktopsearch.hashing.backbones.weights import stored_state
from desktopsearch.hashing.hashing_network import HashingNetwork
from desktopsearch.hashing.training.cut import CutNetwork
from desktopsearch.hashing.training.features import Features
from desktopsearch.hashing.training.inputs import (
    AT_ONCE,
    FrozenInputs,
    Inputs,
    LiveInputs,
    PartOfInputs,
    Photos,
)
from desktopsearch.hashing.training.plan import DeepPlan, TunedNetwork
from desktopsearch.hashing.training.preparation import Preparation
from desktopsearch.hashing.training.training_set import LARGEST_ROTATED, Pictures
from desktopsearch.hashing.training.views import ANGLES, View, as_it_is, drawn_views, turned_by

PULL = 1e-3
"""Share of the way back to the original weights, each step at the full learning rate."""
EMBEDDING_SIZE = 0.05
"""Root mean square that the weights of the embedding are scaled to, like those of a backbone: one
learning rate suits both, and embeddings of length one do not notice."""


class PictureFeatures(Features):
    """Those of the network as it is now.

    Weights are pulled back to where they began, apart from Adam's steps, because decay to zero
    would undo what the backbone knows (L2-SP: Li, Grandvalet and Davoine, ICML 2018; that the pull
    bypasses Adam is ours).
    """

    largest_sample = 1_000

    def __init__(
        self,
        prepared: Preparation,
        pictures: Pictures,
        plan: DeepPlan,
        network: HashingNetwork,
        device: torch.device,
        stop: Callable[[], bool],
        cache: Path | None,
        outputs: Inputs | None = None,
    ) -> None:
        """Cut the network.

        Args:
            prepared: The photos.
            pictures: Their pixels.
            plan: Which stages are trained.
            network: Is changed.
            device: Where the network goes.
            stop: Asked from time to time whether to end.
            cache: Folder for the outputs of frozen stages, which stay there; by default they are
                removed at the end.
            outputs: Of the frozen stages, for all photos of the set, if they are at hand.
        """
        super().__init__(prepared, device)
        _scale_embedding(network)
        self._cut = CutNetwork(network.to(device), plan.stages)
        self._anchors = {name: each.detach().clone() for name, each in self._cut.trained().items()}
        self._prepared = prepared
        self._pictures = pictures
        self._plan = plan
        self._stop = stop
        self._cache = cache
        self._outputs = outputs
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._identity = self._identity_of_frozen() if self._cut.cut else b""
        if prepared.kind.requirements.views:
            count = len(prepared.rows)
            drawn = prepared.generator.permutation(count)[:LARGEST_ROTATED]
            self.rotated, self.angles = np.sort(drawn), np.array(ANGLES)
        self._inputs: dict[str, Inputs] = {}

    def of_step(self, rows: torch.Tensor) -> torch.Tensor:
        """Return (B, D) features of drawn views, with a gradient."""
        hidden = self._of("training").drawn(rows.numpy(), self._prepared.generator)
        return self.standardisation.apply_to(self._cut.embeddings(hidden))

    def of_turned(self, turned: torch.Tensor) -> torch.Tensor:
        """Return (V, R, D) features, with a gradient."""
        inputs = self._of("turned")
        found = [
            self._cut.embeddings(inputs.viewed(turned.numpy(), view))
            for view in range(len(self.angles))
        ]
        return self.standardisation.apply_to(torch.stack(found))

    def of_all(self) -> torch.Tensor:
        """Return (N, D) features of the photos as they are."""
        everything = np.arange(len(self._prepared.rows))
        return self.standardisation.apply_to(self._embedded("training", everything))

    def embeddings(self, rows: NDArray[np.int64]) -> NDArray[np.float16]:
        """Return (R, D) embeddings of training photos."""
        return self._embedded("training", rows).half().cpu().numpy()

    def held_out_embeddings(self) -> NDArray[np.float16]:
        """Return (H, D) embeddings of the held-out photos."""
        everything = np.arange(len(self._prepared.held_out_rows))
        return self._embedded("held out", everything).half().cpu().numpy()

    def trained(self) -> list[nn.Parameter]:
        """Return the last stages and the embedding."""
        return list(self._cut.trained().values())

    @torch.no_grad()
    def after_step(self, share: float) -> None:
        """Pull the weights back a little."""
        for name, each in self._cut.trained().items():
            each.lerp_(self._anchors[name], PULL * share)

    def state(self) -> dict[str, torch.Tensor]:
        """Return copies of what is trained, on the CPU."""
        return {name: each.detach().cpu().clone() for name, each in self._cut.trained().items()}

    @torch.no_grad()
    def load(self, state: Mapping[str, torch.Tensor]) -> None:
        """Take back what ``state`` gave."""
        for name, each in self._cut.trained().items():
            each.copy_(state[name])

    def export(self) -> TunedNetwork:
        """Return the network as it is stored."""
        network = self._cut.network
        embedding, _ = network.export()
        return TunedNetwork(embedding, stored_state(network.backbone), network.skip_stage)

    def close(self) -> None:
        """Remove the outputs of frozen stages unless they were to be kept."""
        self._inputs.clear()
        if self._temporary is not None:
            self._temporary.cleanup()

    @torch.no_grad()
    def _embedded(self, group: str, places: NDArray[np.int64]) -> torch.Tensor:
        inputs = self._of(group)
        found = [torch.empty(0, self.untuned.shape[1], device=self.device)]
        for start in range(0, len(places), AT_ONCE):
            if self._stop():
                raise Cancelled
            found.append(self._cut.embeddings(inputs.viewed(places[start : start + AT_ONCE])))
        return torch.cat(found)

    def _of(self, group: str) -> Inputs:
        """Return a group's inputs; what frozen stages make of them is computed when first asked."""
        if group not in self._inputs:
            rows, views = self._group(group)
            if self._outputs is not None and group != "turned":
                self._inputs[group] = PartOfInputs(self._outputs, rows)
                return self._inputs[group]
            photos = Photos(self._pictures, rows, views)
            self._inputs[group] = (
                self._frozen(group, photos)
                if self._cut.cut
                else LiveInputs(photos, self._cut, self.device)
            )
        return self._inputs[group]

    def _group(self, group: str) -> tuple[NDArray[np.int64], Sequence[View]]:
        if group == "held out":
            return self._prepared.held_out_rows, [as_it_is]
        if group == "turned":
            return self._prepared.rows[self.rotated], [turned_by(each) for each in ANGLES]
        return self._prepared.rows, drawn_views(self._plan.views)

    def _frozen(self, group: str, photos: Photos) -> FrozenInputs:
        if self._cache is None:
            self._temporary = tempfile.TemporaryDirectory()
            self._cache = Path(self._temporary.name)
        digest = hashlib.sha256(self._identity)
        digest.update(f"{group} {len(photos.views)} {self._plan.seed}\n".encode())
        digest.update(photos.rows.tobytes())
        folder = self._cache / digest.hexdigest()[:32]
        return FrozenInputs(photos, self._cut, self.device, folder, self._plan.seed, self._stop)

    def _identity_of_frozen(self) -> bytes:
        """Digest the frozen network and, by their embeddings, the photos."""
        network = self._cut.network
        shape = self._pictures(self._prepared.rows[:1]).shape
        digest = hashlib.sha256(f"{self._cut.cut} {network.skip_stage} {shape}\n".encode())
        for name, values in network.backbone.state_dict().items():
            digest.update(name.encode())
            digest.update(values.cpu().numpy().tobytes())
        digest.update(self._prepared.training.embeddings.tobytes())
        digest.update(self._prepared.held_out.embeddings.tobytes())
        return digest.digest()


@torch.no_grad()
def _scale_embedding(network: HashingNetwork) -> None:
    scale = EMBEDDING_SIZE / network.embedding.weight.square().mean().sqrt().clamp(min=1e-12)
    network.embedding.weight.mul_(scale)
    network.embedding.bias.mul_(scale)
