"""How a teaching's report is told: as JSON has it, and as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from desktopsearch.cli.texts import _, decimal, figure
from desktopsearch.domain.teaching import Reason
from desktopsearch.hashing.teaching.proof import EMBEDDING, ITQ, NEW, OLD, Figures
from desktopsearch.hashing.teaching.verdict import FEWEST_QUERIES, Finding, Verdict
from desktopsearch.services.teaching_report import TeachingReport

_PLACES = 3


def report_fields(report: TeachingReport) -> dict[str, object]:
    """The report as JSON has it."""
    proof = report.proof
    albums = {number: album.name for number, album in enumerate(report.albums)}
    return {
        "objective": report.objective,
        "reason": report.reason.value,
        "bits": report.bits,
        "albums": [
            {"id": album.id, "name": album.name, "photos": album.photos} for album in report.albums
        ],
        "labelled": report.labelled,
        "unlabelled": report.unlabelled,
        "epoch": report.epoch,
        "seconds": round(report.seconds, 3),
        "accepted": report.accepted,
        "verdict": _verdict_fields(proof.verdict) if proof else None,
        "figures": _figure_fields(proof.figures) if proof else None,
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
        "neighbours_kept": round(report.kept, 4),
        "neighbours_kept_before": round(report.kept_before, 4),
    }


def sentences(report: TeachingReport) -> Iterator[str]:
    """The report for people, line by line."""
    proof = report.proof
    if proof is None:
        yield _("There were no labels to judge by, so nothing is proven.")
    else:
        yield _verdict_sentence(proof.verdict)
        for name, label in (
            (OLD, _("before")),
            (NEW, _("taught")),
            (ITQ, _("ITQ, no labels")),
            (EMBEDDING, _("embedding itself")),
        ):
            yield "  " + _figures_sentence(label, proof.figures[name])
        for each in proof.albums:
            if each.figures:
                before, after = each.figures[OLD], each.figures[NEW]
                yield "  " + _("{album}: mAP {before} before, {after} taught").format(
                    album=report.albums[each.album].name,
                    before=decimal(before.mean_ap, _PLACES),
                    after=decimal(after.mean_ap, _PLACES),
                )
    if not report.keeps_enough:
        yield _(
            "What is alike in general would be lost: of the nearest photos it keeps {after},"
            " and {before} were kept before."
        ).format(after=decimal(report.kept, _PLACES), before=decimal(report.kept_before, _PLACES))


def reason_sentence(reason: Reason) -> str:
    """Why the method was chosen."""
    return {
        Reason.ASKED_FOR: _("as asked for"),
        Reason.NO_LABELS: _("no photo is in an album"),
        Reason.NO_LABELS_AND_FEW_PHOTOS: _("no photo is in an album, and there are few photos"),
        Reason.OVERLAPPING_ALBUMS: _("many photos are in several albums"),
        Reason.NEARLY_ALL_LABELLED: _("nearly all photos are in an album"),
        Reason.MANY_UNLABELLED: _("many photos are in no album"),
    }[reason]


def _verdict_sentence(verdict: Verdict) -> str:
    interval = _("mAP {gain} higher, from {low} to {high} with 95 % confidence").format(
        gain=decimal(verdict.gain, _PLACES),
        low=decimal(verdict.low, _PLACES),
        high=decimal(verdict.high, _PLACES),
    )
    if verdict.finding is Finding.BETTER:
        return _("Better, judged by photos that were not learnt from: {interval}.").format(
            interval=interval
        )
    if verdict.finding is Finding.NOT_BETTER:
        return _("Not shown to be better: {interval}.").format(interval=interval)
    return _("Photos to judge by: {n}; {needed} are needed to prove anything.").format(
        n=figure(verdict.queries), needed=figure(FEWEST_QUERIES)
    )


def _figures_sentence(label: str, figures: Figures) -> str:
    return _("{label}: mAP {mean_ap}, precision@10 {precision}").format(
        label=label,
        mean_ap=decimal(figures.mean_ap, _PLACES),
        precision=decimal(figures.precision_at_10),
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
