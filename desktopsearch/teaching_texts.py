"""What both shells say of a teaching; owns the sentences.

How numbers look is the shells' business, so that they give the function that writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktopsearch.domain.teaching import WITHOUT_LABELS, Depth, Reason
from desktopsearch.hashing.teaching.proof import EMBEDDING, ITQ, NEW, OLD
from desktopsearch.hashing.teaching.verdict import FEWEST_QUERIES, Finding, Verdict
from desktopsearch.translation import _

if TYPE_CHECKING:
    from desktopsearch.services.teaching_report import TeachingReport

PLACES = 3
"""Decimal places of mean average precision."""

_LARGEST_S, _STEP_S = 120.0, 5
"""Of a time that is told in seconds, and what it is rounded to."""
_LONGEST_S = 3 * 3_600.0
"""Of a time that is told in minutes."""

Decimal = Callable[[float, int], str]
"""Writes a number with so many decimal places."""


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


def layer_names() -> list[tuple[str, str]]:
    """What is compared in a proof, by its key in the figures, with its name."""
    return [
        (OLD, _("before")),
        (NEW, _("taught")),
        (ITQ, _("ITQ, no labels")),
        (EMBEDDING, _("embedding itself")),
    ]


def depth_sentence(report: TeachingReport, decimal: Decimal) -> str:
    """What of the network was taught and how that was proven; empty if it was the layer alone."""
    if report.depth is not Depth.DEEP:
        return ""
    stages = decimal(float(report.stages), 0)
    if report.proof is None:
        return _("The last {stages} stages of the network were taught too.").format(stages=stages)
    return _(
        "The last {stages} stages of the network were taught too. The proof parted the labelled"
        " photos into {folds}, each judged by a network that learnt without it."
    ).format(stages=stages, folds=decimal(float(report.proof.folds), 0))


def verdict_sentence(report: TeachingReport, decimal: Decimal) -> str:
    """Whether the albums' photos are found better."""
    if report.proof is None:
        return _unproven_sentence(report)
    verdict = report.proof.verdict
    if verdict.finding is Finding.TOO_FEW:
        return _("Photos to judge by: {n}; {needed} are needed to prove anything.").format(
            n=decimal(float(verdict.queries), 0), needed=decimal(float(FEWEST_QUERIES), 0)
        )
    interval = _interval(verdict, decimal)
    if verdict.finding is Finding.BETTER:
        return _("Better, judged by photos that were not learnt from: {interval}.").format(
            interval=interval
        )
    return _("Not shown to be better: {interval}.").format(interval=interval)


def _unproven_sentence(report: TeachingReport) -> str:
    if not report.labelled:
        return _("There were no labels to judge by, so nothing is proven.")
    if report.objective in WITHOUT_LABELS:
        return _("This method does not learn from albums, so nothing is proven by them.")
    return _("The albums hold too few photos to keep any back to judge by, so nothing is proven.")


def unforetold_sentence() -> str:
    """That nobody can say yet how long it will take."""
    return _("How long it will take is measured before it begins; it may be hours.")


def forecast_sentence(low_s: float, high_s: float, decimal: Decimal) -> str:
    """How long it will take, no finer than can be known."""
    if high_s <= _LARGEST_S:
        low, high = _rounded(low_s, _STEP_S), _rounded(high_s, _STEP_S)
        text = _("It will take about {low} to {high} seconds on this computer.")
    elif high_s <= _LONGEST_S:
        low, high = _rounded(low_s / 60, 1), _rounded(high_s / 60, 1)
        text = _("It will take about {low} to {high} minutes on this computer.")
    else:
        low, high = _rounded(low_s / 3_600, 1), _rounded(high_s / 3_600, 1)
        text = _("It will take about {low} to {high} hours on this computer.")
    return text.format(low=decimal(low, 0), high=decimal(max(high, low + 1), 0))


def _rounded(value: float, step: int) -> float:
    """Round to steps, but never to none."""
    return float(max(step, step * round(value / step)))


def loss_sentence(report: TeachingReport, decimal: Decimal) -> str:
    """What would be lost among all photos; empty if that is not much."""
    if not report.finds_enough and report.proof is not None:
        library = report.proof.library
        return _(
            "Among all photos those of the albums would be found less well: mAP {before} before,"
            " {after} taught."
        ).format(
            before=decimal(library[OLD].mean_ap, PLACES),
            after=decimal(library[NEW].mean_ap, PLACES),
        )
    if report.keeps_enough:
        return ""
    return _(
        "What is alike in general would be lost: of the nearest photos it keeps {after},"
        " and {before} were kept before."
    ).format(after=decimal(report.kept, PLACES), before=decimal(report.kept_before, PLACES))


def _interval(verdict: Verdict, decimal: Decimal) -> str:
    gain, low, high = (
        signed(value, decimal) for value in (verdict.gain, verdict.low, verdict.high)
    )
    return _("mAP {gain}, from {low} to {high} with 95 % confidence").format(
        gain=gain, low=low, high=high
    )


def signed(value: float, decimal: Decimal) -> str:
    """A change: with its sign, a minus as long as the plus."""
    return ("\N{MINUS SIGN}" if value < 0 else "+") + decimal(abs(value), PLACES)
