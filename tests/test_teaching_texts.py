"""What is said of a teaching that proved nothing: the reason that is true of it."""

from __future__ import annotations

import msgspec
import pytest

from desktopsearch.domain.teaching import Reason
from desktopsearch.services.teaching_report import TeachingReport
from desktopsearch.teaching_texts import verdict_sentence

REPORT = TeachingReport(
    "ssdh_semi", Reason.ASKED_FOR, 128, [], 24, 500, 9, 40.0, None, 0.9, 0.9, whole=True
)


@pytest.mark.parametrize(
    ("objective", "labelled", "said"),
    [
        ("usdh", 0, "There were no labels to judge by"),
        ("usdh", 400, "This method does not learn from albums"),
        ("ddh", 400, "This method does not learn from albums"),
        ("ssdh_semi", 24, "The albums hold too few photos to keep any back"),
    ],
)
def test_why_nothing_is_proven(objective: str, labelled: int, said: str) -> None:
    report = msgspec.structs.replace(REPORT, objective=objective, labelled=labelled)
    assert verdict_sentence(report, lambda value, _places: str(value)).startswith(said)
