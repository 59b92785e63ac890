"""How long a teaching takes: beforehand by what earlier ones took, meanwhile by how it goes.

How many steps a training takes hardly depends on how many photos there are, so that the method says
nearly all. How fast this machine is, earlier teachings of the library tell, or before the first one
a product of matrices.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from desktopsearch.domain.teaching import Depth
from desktopsearch.hashing.teaching.messages import Foretold
from desktopsearch.services.events import TeachingForetold
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_report import TeachingReport, from_json
from desktopsearch.storage import generations

_OF_METHOD: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "ssdh_semi": (62.0, 1.7),
        "ssdh_sup": (37.0, 2.7),
        "dsrh": (69.0, 2.9),
        "ddh": (5.5, 1.7),
        "usdh": (5.5, 1.3),
    }
)
"""Seconds of a processor's time where the products take ``_PRODUCTS_S``: in any case, and for each
thousand photos. Measured with embeddings of 256 dimensions, 128 bits and 20 albums to which all
photos belong; where few do, ``ssdh_semi`` takes down to a third of it."""
_PRODUCTS_S = 0.00025
_PRODUCTS, _TRIES = 50, 20
_SHAPES = (32, 64, 64)
"""So small that no library spreads them over several threads."""
_KNOWN, _UNKNOWN = 2.0, 4.0
"""By what a forecast may be wrong either way: after teachings here, and before the first one."""
_LATEST = 3
_SETTLED_S, _SETTLED_SHARE = 2.0, 0.01
_AT_ONCE_S = 0.02
"""Epochs that are told once more follow each other faster, those that are learnt hardly ever."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Between what times it will be over."""

    low_s: float
    high_s: float


def forecasts(library: Library, photos: int) -> dict[str, Forecast]:
    """How long each method will take on this machine, by its id.

    Args:
        library: Which is to be taught.
        photos: That are learnt from, with labels and without.
    """
    speed, wrong = _speed(library)
    found: dict[str, Forecast] = {}
    for objective in _OF_METHOD:
        likely = speed * _usual_s(objective, photos)
        found[objective] = Forecast(likely / wrong, likely * wrong)
    return found


def forecast(library: Library, objective: str, photos: int) -> Forecast:
    """How long one method will take; as ``forecasts``."""
    return forecasts(library, photos)[objective]


def until_used(measured: Foretold, photos: int) -> TeachingForetold:
    """How long a deep teaching takes until all photos are encoded with what it taught.

    Args:
        measured: By the trainer.
        photos: That are to be encoded.
    """
    encoding_s = measured.encoding_s * photos
    return TeachingForetold(measured.low_s + encoding_s, measured.high_s + encoding_s)


class TimeLeft:
    """Tells from the share that is done how long the rest will take.

    A trainer that goes on tells at once what was done before; only what is new counts.
    """

    def __init__(self) -> None:
        self._highest = -1.0
        self._first: tuple[float, float] | None = None
        self._latest = 0.0
        self._left: float | None = None

    def begin(self) -> None:
        """A trainer has been started."""
        self._first = self._left = None

    def after(self, share: float, now: float) -> float | None:
        """Take in the share that is done now.

        Args:
            share: From 0 to 1.
            now: ``time.monotonic``.

        Returns:
            Seconds, or None as long as nothing can be said.
        """
        if share <= self._highest:
            return self._left
        self._highest = share
        told_once_more = self._left is None and now - self._latest < _AT_ONCE_S
        self._latest = now
        if self._first is None or told_once_more:
            self._first = share, now
        first_share, first_at = self._first
        done, passed = share - first_share, now - first_at
        if done < _SETTLED_SHARE or passed < _SETTLED_S:
            return None
        self._left = (1.0 - share) * passed / done
        return self._left


def _usual_s(objective: str, photos: int) -> float:
    fixed, of_thousand = _OF_METHOD[objective]
    return fixed + of_thousand * photos / 1_000


def _speed(library: Library) -> tuple[float, float]:
    """How much longer all takes here than it usually does, and by what that may be wrong."""
    with library.database.read() as connection:
        reports = [from_json(text) for text in generations.reports(connection).values()]
    heads = [each for each in reports if each.whole and each.depth is Depth.HEAD]
    measured = [_ratio(report) for report in heads[-_LATEST:]]
    if measured:
        return math.exp(float(np.mean(np.log(measured)))), _KNOWN
    return _products_s() / _PRODUCTS_S, _UNKNOWN


def _ratio(report: TeachingReport) -> float:
    return report.seconds / _usual_s(report.objective, report.labelled + report.unlabelled)


def _products_s() -> float:
    """Seconds that some products of matrices take here when nothing else is in the way."""
    rows, inner, columns = _SHAPES
    generator = np.random.default_rng(0)
    left = generator.standard_normal((rows, inner), dtype=np.float32)
    right = generator.standard_normal((inner, columns), dtype=np.float32)
    times = []
    for _try in range(_TRIES):
        began = time.perf_counter()
        for _product in range(_PRODUCTS):
            left @ right
        times.append(time.perf_counter() - began)
    return min(times)
