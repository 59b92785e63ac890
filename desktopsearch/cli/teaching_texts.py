"""How a teaching's report is told: as JSON has it, and as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from desktopsearch.cli.output import path_text
from desktopsearch.cli.texts import _, decimal
from desktopsearch.hashing.teaching.proof import NEW, OLD, Figures
from desktopsearch.hashing.teaching.verdict import Verdict
from desktopsearch.services.teaching_report import TeachingReport
from desktopsearch.teaching_texts import (
    PLACES,
    depth_sentence,
    layer_names,
    loss_sentence,
    verdict_sentence,
)


def report_fields(report: TeachingReport, paths: Mapping[int, bytes]) -> dict[str, object]:
    """The report as JSON has it.

    Args:
        report: Of a teaching.
        paths: Of photos, by id; photos of examples that are not among them are gone.
    """
    proof = report.proof
    albums = {number: album.name for number, album in enumerate(report.albums)}
    return {
        "objective": report.objective,
        "depth": report.depth.value,
        "stages": report.stages,
        "reason": report.reason.value,
        "bits": report.bits,
        "albums": [
            {"id": album.id, "name": album.name, "photos": album.photos} for album in report.albums
        ],
        "labelled": report.labelled,
        "unlabelled": report.unlabelled,
        "rejected": report.rejected,
        "epoch": report.epoch,
        "seconds": round(report.seconds, 3),
        "accepted": report.accepted,
        "folds": proof.folds if proof else 0,
        "verdict": _verdict_fields(proof.verdict) if proof else None,
        "figures": _figure_fields(proof.figures) if proof else None,
        "library_figures": _figure_fields(proof.library) if proof else None,
        "album_figures": [
            {
                "album": albums[each.album],
                "queries": each.queries,
                "figures": _figure_fields(each.figures),
            }
            for each in proof.albums
        ]
        if proof
        else [],
        "examples": [
            {
                "query": _paths([each.query], paths)[0],
                "before": _paths(each.before, paths),
                "after": _paths(each.after, paths),
                "in_an_album_with_it": _paths(each.together, paths),
            }
            for each in report.examples
        ],
        "neighbours_kept": round(report.kept, 4),
        "neighbours_kept_before": round(report.kept_before, 4),
    }


def sentences(report: TeachingReport) -> Iterator[str]:
    """The report for people, line by line."""
    depth = depth_sentence(report, decimal)
    if depth:
        yield depth
    yield verdict_sentence(report, decimal)
    proof = report.proof
    if proof is not None:
        for name, label in layer_names():
            yield "  " + _figures_sentence(label, proof.figures[name])
        for each in proof.albums:
            if each.figures:
                before, after = each.figures[OLD], each.figures[NEW]
                yield "  " + _("{album}: mAP {before} before, {after} taught").format(
                    album=report.albums[each.album].name,
                    before=decimal(before.mean_ap, PLACES),
                    after=decimal(after.mean_ap, PLACES),
                )
    lost = loss_sentence(report, decimal)
    if lost:
        yield lost


def _paths(photo_ids: Sequence[int], paths: Mapping[int, bytes]) -> list[str | None]:
    return [path_text(paths[each]) if each in paths else None for each in photo_ids]


def _figures_sentence(label: str, figures: Figures) -> str:
    return _("{label}: mAP {mean_ap}, precision@10 {precision}").format(
        label=label,
        mean_ap=decimal(figures.mean_ap, PLACES),
        precision=decimal(figures.precision_at_10, PLACES),
    )


def _verdict_fields(verdict: Verdict) -> dict[str, object]:
    return {
        "finding": verdict.finding.value,
        "gain": round(verdict.gain, 4),
        "low": round(verdict.low, 4),
        "high": round(verdict.high, 4),
        "queries": verdict.queries,
    }


def _figure_fields(figures: Mapping[str, Figures]) -> dict[str, object]:
    return {
        name: {
            "mean_ap": round(each.mean_ap, 4),
            "precision_at_10": round(each.precision_at_10, 4),
        }
        for name, each in figures.items()
    }
