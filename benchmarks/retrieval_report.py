"""From a pack of photos to the table, the raw figures and the chart of a protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks import report
from benchmarks.charts import Line, draw
from benchmarks.comparison import EMBEDDING, Collection, Comparison, Outcome
from benchmarks.judging import curve_ranks
from benchmarks.photo_packs import (
    CACHE,
    embeddings_of,
    near_copy_groups,
    perceptual_hashes_of,
    unpack,
)
from benchmarks.protocols import Protocol, Subjects
from benchmarks.rivals import ITQ
from benchmarks.rotated import rotations_of
from desktopsearch.hashing.model import bundled_model_folder, load_model
from desktopsearch.hashing.objectives.registry import objective_named

BENCHMARK = "retrieval"
CURVES_AT_BITS = 64
"""The code length of the precision-recall chart, or the longest one below it."""
_DIGITS = 5


def measure(
    protocol: Protocol,
    objectives: Sequence[str],
    lengths: Sequence[int],
    seed: int,
    data: Path,
    output: Path | None,
) -> None:
    """Run a protocol on the bundled embedding and write what came out.

    Args:
        protocol: The split.
        objectives: What to train; none measures the rivals alone.
        lengths: Bits of the codes, ascending.
        seed: Of the split and of all fitting.
        data: Folder that holds the packs.
        output: Folder of the results; None is where they are kept.

    Raises:
        DesktopSearchError: MODEL_..., CHILD_FAILED, ENCODER_FAILED, BITS_INVALID, TRAINING_...
    """
    model = bundled_model_folder()
    pack = unpack(protocol.pack, data)
    hashes = perceptual_hashes_of(protocol.pack, pack.paths, CACHE)
    subjects = Subjects(pack.labels, near_copy_groups(hashes), pack.of_test)
    embeddings = embeddings_of(protocol.pack, pack.paths, model, CACHE)
    split = protocol.split(subjects, np.random.default_rng(seed))
    manifest = load_model(model).manifest
    rotations = None
    if any(objective_named(name).requirements.views for name in objectives):
        turned = f"{protocol.name}-{seed}-{manifest.fingerprint[:16]}.npy"
        rotations = rotations_of(
            [pack.paths[row] for row in split.training],
            np.random.default_rng(seed),
            model,
            CACHE / "rotated" / turned,
        )
    collection = Collection(subjects, embeddings, hashes, rotations)
    outcomes = Comparison(protocol, split, collection, seed).run(objectives, lengths)
    facts: dict[str, int | str] = {
        "protocol": protocol.name,
        "seed": seed,
        "model": f"{manifest.name} {manifest.version}, fingerprint {manifest.fingerprint[:16]}",
        "queries": len(split.queries),
        "database": len(split.database),
        "training": len(split.training),
        "labelled": len(split.labelled),
    }
    write_outcomes(protocol, outcomes, facts, output or report.RESULTS)


def write_outcomes(
    protocol: Protocol,
    outcomes: Sequence[Outcome],
    facts: Mapping[str, int | str],
    folder: Path,
    part: str = "",
) -> None:
    """Write the table, the raw figures and the chart, in files named by the protocol and a part."""
    name = protocol.name + part
    facts = {
        **facts,
        "queries to which nothing is relevant": outcomes[0].judgement.without_relevant,
    }
    ranks = curve_ranks(int(facts["database"])).tolist()
    chart = f"{BENCHMARK}-{name}.svg"
    curves_at = _curves_at(outcomes)
    figures = list(dict.fromkeys(name for each in outcomes for name in each.judgement.figures))
    rows = [
        [
            outcome.method,
            outcome.bits or "float",
            *(outcome.judgement.figures.get(name, "") for name in figures),
            outcome.fit_s if outcome.bits else "",
        ]
        for outcome in outcomes
    ]
    report.write(
        BENCHMARK,
        ["method", "bits", *figures, "fit s"],
        rows,
        part=name,
        summary=[
            protocol.about,
            "",
            *(f"- {name}: {value}" for name, value in facts.items()),
            "",
            f"![mean average precision by bits, precision by recall]({chart})",
            "",
            "Mean average precision over the whole ranking, exact in ties:",
            "",
            *_by_bits(outcomes),
            "",
            *_against_itq(outcomes),
            "All figures; `lit` divides by what was found in the first ranks, as most papers do:",
            "",
        ],
        raw={**facts, "outcomes": [_raw(outcome, ranks) for outcome in outcomes]},
        folder=folder,
    )
    draw(
        folder / chart,
        name,
        _mean_ap_lines(outcomes),
        _curve_lines(outcomes, curves_at),
        f"{curves_at} bits",
        next(each.judgement.mean_ap for each in outcomes if each.method == EMBEDDING),
        EMBEDDING,
    )


def _by_bits(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the table of mean average precision, a column for each code length."""
    lengths = sorted({each.bits for each in outcomes if each.bits})
    found = {(each.method, each.bits): each.judgement.mean_ap for each in outcomes}
    rows = [
        [method, *(found.get((method, bits), "") for bits in [*lengths, None])]
        for method in _methods(outcomes)
    ]
    return report.table(["method", *(f"{bits} bits" for bits in lengths), "float"], rows)


def _against_itq(outcomes: Sequence[Outcome]) -> list[str]:
    """Say for each objective by how much it is better or worse than ITQ, and where it is ITQ."""
    itq = {each.bits: each.judgement.mean_ap for each in outcomes if each.method == ITQ}
    lines = []
    for method in _methods(each for each in outcomes if each.objective):
        trained = [each for each in outcomes if each.method == method]
        differences = ", ".join(
            f"{each.bits} bits {each.judgement.mean_ap - itq[each.bits]:+.3f}" for each in trained
        )
        lines += [f"{method} against ITQ: {differences}.", ""]
        untouched = ", ".join(str(each.bits) for each in trained if each.epochs[-1].chosen == 0)
        if untouched:
            sentence = (
                "on the photos held out inside the training part no epoch was good enough to take "
                "the place of the start, ITQ of the other photos; so that is what was measured."
            )
            lines += [f"{method} with {untouched} bits: {sentence}", ""]
    return lines


def _curves_at(outcomes: Sequence[Outcome]) -> int:
    lengths = {each.bits for each in outcomes if each.bits}
    return max((bits for bits in lengths if bits <= CURVES_AT_BITS), default=min(lengths))


def _methods(outcomes: Iterable[Outcome]) -> list[str]:
    return list(dict.fromkeys(each.method for each in outcomes))


def _mean_ap_lines(outcomes: Sequence[Outcome]) -> list[Line]:
    lines = []
    for method in _methods(each for each in outcomes if each.bits):
        of_method = [each for each in outcomes if each.method == method]
        bits = [float(each.bits or 0) for each in of_method]
        heights = [each.judgement.mean_ap for each in of_method]
        lines.append(Line(method, bits, heights, of_method[0].objective))
    return lines


def _curve_lines(outcomes: Sequence[Outcome], bits: int) -> list[Line]:
    return [
        Line(each.method, each.judgement.recall, each.judgement.precision, each.objective)
        for each in outcomes
        if each.bits in {None, bits}
    ]


def _raw(outcome: Outcome, ranks: Sequence[int]) -> dict[str, object]:
    """Return what the table leaves out: the curve and how training went, epoch by epoch."""
    epochs = outcome.epochs
    return {
        "method": outcome.method,
        "bits": outcome.bits,
        "precision and recall at": list(ranks),
        "precision": [round(value, _DIGITS) for value in outcome.judgement.precision],
        "recall": [round(value, _DIGITS) for value in outcome.judgement.recall],
        "terms": [_rounded(each.terms) for each in epochs],
        "validation": [
            None if each.validation is None else round(each.validation, _DIGITS) for each in epochs
        ],
        "distinct codes": [round(each.health.distinct, _DIGITS) for each in epochs],
        "bit entropy": [round(each.health.bit_entropy, _DIGITS) for each in epochs],
        "collapsed": any(each.health.collapsed for each in epochs),
    }


def _rounded(terms: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, _DIGITS) for name, value in terms.items()}
