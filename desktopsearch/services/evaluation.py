"""How well a model finds what belongs together among labelled photos of one's own.

Each photo is the query once, all others are ranked (leave-one-out), and two photos belong together
if they share a label. Ties are counted exactly (``domain.metrics``). Copies of a query, byte by
byte, are left out of its ranking: to find them says nothing. Never touches a library.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktopsearch.config import Settings
from desktopsearch.domain.codes import check_bits, pack
from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.metrics import average_precision, ndcg, precision_at
from desktopsearch.domain.orderings import order_anew, order_by_code, rank_ordering
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.rankings import (
    blocks,
    cosines,
    rank_by_score,
    rank_codes,
    shared_labels,
    unit_rows,
)
from desktopsearch.domain.search import RERANKED
from desktopsearch.hashing.batch import encode_proxies
from desktopsearch.hashing.itq import fit_itq
from desktopsearch.hashing.layer import HashLayer
from desktopsearch.hashing.messages import EncoderOptions
from desktopsearch.hashing.model import load_model
from desktopsearch.imaging.batch import DecodedFile, decode_files
from desktopsearch.imaging.labelled_photos import (
    LabelledPhoto,
    label_matrix,
    read_labelled_photos,
)

FEWEST_PHOTOS = 2


class Phase(StrEnum):
    """What an evaluation is doing."""

    ENCODING = "encoding"
    COMPARING = "comparing"


Progress = Callable[[Phase, int, int], None]
"""Called with the phase, the photos done and their total; raise ``Cancelled`` to stop."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out, each figure a mean over the queries."""

    photos: int
    """Compared."""
    unreadable: int
    """Named or found, but not decoded."""
    queries: int
    """Photos to which at least one other belongs; only these count in the means."""
    bits: int
    k: int
    mean_ap: float
    """Mean average precision of the codes over the whole ranking (mAP)."""
    mean_ap_at_k: float
    precision_at_k: float
    ndcg_at_k: float
    """The more labels two photos share, the more they belong together."""
    finer_mean_ap: float
    """As the search shows them: by distance, and by the finer distance inside ties."""
    reranked_mean_ap: float
    """After the second stage, which orders the first ``RERANKED`` by cosine around the layer's
    centre."""
    embedding_mean_ap: float
    """Mean average precision of the embeddings themselves, by cosine."""


def evaluate(
    folder: Path,
    model: Path,
    hashing: HashLayer | int,
    settings: Settings,
    k: int = 10,
    progress: Progress = lambda _phase, _done, _total: None,
) -> Evaluation:
    """Decode, encode and compare all labelled photos of a folder.

    Args:
        folder: Holds a folder for each class, or a labels.csv.
        model: Folder of the model that embeds them.
        hashing: The layer that makes the codes, or a number of bits: then a layer is fitted on
            the very photos that are compared, without their labels.
        settings: How many children, and on which device.
        k: Ranks that the figures at k look at.
        progress: Called now and then.

    Raises:
        DesktopSearchError: EVALUATE_..., BITS_INVALID, FOLDER_..., MODEL_..., ENCODER_FAILED,
            CHILD_FAILED.
    """
    manifest = load_model(model).manifest
    dimensions = manifest.embedding_dimensions
    if isinstance(hashing, int):
        check_bits(hashing, dimensions)
    elif hashing.dimensions != dimensions:
        raise BugError(f"a layer for {hashing.dimensions} dimensions, a model of {dimensions}")
    photos = read_labelled_photos(folder)
    options = EncoderOptions(str(model), manifest.fingerprint, device=settings.encoder_device)
    encoded = _encode(photos, options, settings, progress)
    if len(encoded.photos) < FEWEST_PHOTOS:
        raise DesktopSearchError(
            ProblemCode.EVALUATE_TOO_FEW, path=str(folder), photos=len(encoded.photos)
        )
    layer = hashing if isinstance(hashing, HashLayer) else fit_itq(encoded.embeddings, hashing)
    figures = _compare(encoded, layer, k, progress)
    if not figures.shape[1]:
        raise DesktopSearchError(ProblemCode.EVALUATE_NOTHING_SHARED, path=str(folder))
    ap, ap_at_k, precision, gain, finer_ap, reranked_ap, embedding_ap = (
        float(mean) for mean in figures.mean(axis=1)
    )
    return Evaluation(
        photos=len(encoded.photos),
        unreadable=len(photos) - len(encoded.photos),
        queries=figures.shape[1],
        bits=layer.bits,
        k=k,
        mean_ap=ap,
        mean_ap_at_k=ap_at_k,
        precision_at_k=precision,
        ndcg_at_k=gain,
        finer_mean_ap=finer_ap,
        reranked_mean_ap=reranked_ap,
        embedding_mean_ap=embedding_ap,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Encoded:
    photos: list[LabelledPhoto]
    digests: list[bytes]
    embeddings: NDArray[np.float16]


def _encode(
    photos: list[LabelledPhoto], options: EncoderOptions, settings: Settings, progress: Progress
) -> _Encoded:
    kept: list[LabelledPhoto] = []
    digests: list[bytes] = []

    def proxies() -> Generator[bytes]:
        paths = [photo.path for photo in photos]
        files = decode_files(paths, settings.decoder_processes)
        for done, (photo, file) in enumerate(zip(photos, files, strict=True), start=1):
            if isinstance(file, DecodedFile):
                kept.append(photo)
                digests.append(file.identified.digest)
                yield file.decoded.proxy
            progress(Phase.ENCODING, done, len(photos))

    with closing(proxies()) as decoded:
        rows = list(encode_proxies(decoded, options, settings.encoder_batch))
    embeddings = np.concatenate(rows) if rows else np.empty((0, 0), dtype=np.float16)
    return _Encoded(kept, digests, embeddings)


def _compare(
    encoded: _Encoded, layer: HashLayer, k: int, progress: Progress
) -> NDArray[np.float64]:
    """Return the figures of each photo to which another belongs: (7, queries)."""
    total = len(encoded.photos)
    labels = label_matrix(encoded.photos)
    _, contents = np.unique(np.array(encoded.digests), return_inverse=True)
    outputs = layer.logits(encoded.embeddings)
    codes = pack(outputs)
    vectors = unit_rows(encoded.embeddings)
    centred = unit_rows(encoded.embeddings - layer.centre)
    rows: list[NDArray[np.float64]] = []
    for queries in blocks(total, total):
        levels = shared_labels(labels[queries], labels)
        copies = contents[queries, None] == contents[None]
        by_code = rank_codes(codes[queries], codes, levels, copies)
        likeness = cosines(vectors[queries], vectors)
        shown = order_by_code(outputs[queries], codes, copies)
        reranked = order_anew(shown, cosines(centred[queries], centred), RERANKED)
        rows.append(
            np.stack(
                [
                    average_precision(by_code),
                    average_precision(by_code, k),
                    precision_at(by_code, k),
                    ndcg(by_code, k),
                    average_precision(rank_ordering(shown, levels)),
                    average_precision(rank_ordering(reranked, levels)),
                    average_precision(rank_by_score(likeness, levels, copies)),
                ]
            )
        )
        progress(Phase.COMPARING, queries.stop, total)
    figures = np.concatenate(rows, axis=1)
    return figures[:, ~np.isnan(figures[0])]
