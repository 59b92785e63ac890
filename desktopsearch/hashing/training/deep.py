"""Training of the hash layer with the last stages of the network under it, or all of it.

Untried on a GPU: tensors follow the network's device by reading of the code alone, and so do the
backbone's bfloat16 on CUDA and views on MPS.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from desktopsearch.domain.errors import BugError
from desktopsearch.hashing.backbones.base import Backbone
from desktopsearch.hashing.devices import choose_device
from desktopsearch.hashing.hashing_network import HashingNetwork
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.model import EmbeddingWeights
from desktopsearch.hashing.training.checkpoints import Checkpoint, digest_of
from desktopsearch.hashing.training.inputs import Inputs
from desktopsearch.hashing.training.loop import Training
from desktopsearch.hashing.training.pictures import PictureFeatures
from desktopsearch.hashing.training.plan import DeepPlan
from desktopsearch.hashing.training.preparation import never, prepare
from desktopsearch.hashing.training.training_set import DeepTrainingSet


def deep_training(
    training: DeepTrainingSet,
    plan: DeepPlan,
    backbone: Backbone,
    embedding: EmbeddingWeights,
    *,
    stop: Callable[[], bool] = never,
    checkpoints: Path | None = None,
    cache: Path | None = None,
    outputs: Inputs | None = None,
) -> Training:
    """Prepare the training of a hash layer and the network under it, to be run.

    It yields what ``train_head`` does; the last report brings the network of the chosen epoch too.

    Args:
        training: The photos; at most 20,000 without a label are used.
        plan: What to train.
        backbone: That the stored embeddings were made with; it is copied.
        embedding: Likewise. For a skip its columns may be missing; they begin with zeros.
        stop: Asked at each step whether to end.
        checkpoints: Folder to keep the state in after each epoch.
        cache: Folder to keep the outputs of frozen stages in beyond this training.
        outputs: Of these stages, a row for each photo, if they are at hand.

    Raises:
        DesktopSearchError: As ``train_head``.
        Cancelled: ``stop`` said so.
    """
    prepared = prepare(training.photos, plan)
    if plan.skip_stage is not None and not prepared.kind.requirements.skip:
        raise BugError(f"{plan.objective} knows no skip")
    device = choose_device(plan.device)
    identity = digest_of(
        plan,
        *training.photos.arrays(),
        embedding.weight,
        embedding.bias,
        *(values.cpu().numpy() for values in backbone.state_dict().values()),
    )
    own = copy.deepcopy(backbone)
    widened = _with_skip(own, embedding, training, plan.skip_stage)
    # The loop has a hash layer of its own, of standardised embeddings.
    unused = HashLayer(
        np.zeros((plan.bits, len(widened.weight)), np.float32), np.zeros(plan.bits, np.float32)
    )
    network = HashingNetwork(own, widened, unused, plan.skip_stage)
    source = PictureFeatures(
        prepared, training.pictures, plan, network, device, stop, cache, outputs
    )
    return Training(source, prepared, plan, stop, Checkpoint(checkpoints, identity))


@torch.no_grad()
def _with_skip(
    backbone: Backbone,
    embedding: EmbeddingWeights,
    training: DeepTrainingSet,
    skip_stage: int | None,
) -> EmbeddingWeights:
    """Return the embedding with columns for all features, those of a new skip zero."""
    if skip_stage is not None and not 0 <= skip_stage < len(backbone.stages()) - 1:
        # The last stage gives the features themselves.
        raise BugError(f"a skip of stage {skip_stage} of {len(backbone.stages())}")
    picture = torch.from_numpy(training.pictures(np.zeros(1, dtype=np.int64)))
    features = backbone.eval()(backbone.normalised(picture), skip_stage).shape[1]
    rows, columns = embedding.weight.shape
    if columns not in (features, backbone.features):
        raise BugError(f"an embedding of {columns} features for a network with {features}")
    zeros = np.zeros((rows, features - columns), dtype=np.float16)
    return EmbeddingWeights(np.concatenate((embedding.weight, zeros), axis=1), embedding.bias)
