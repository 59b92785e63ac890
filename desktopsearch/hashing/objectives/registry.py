"""Which objectives there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.objectives.base import Objective
from desktopsearch.hashing.objectives.ddh import DeepDiscreteHashing
from desktopsearch.hashing.objectives.dsrh import DeepSemanticRanking
from desktopsearch.hashing.objectives.ssdh_semi import SemiSupervisedHashing
from desktopsearch.hashing.objectives.ssdh_sup import SupervisedSemanticsHashing
from desktopsearch.hashing.objectives.usdh import UnsupervisedSemanticHashing

OBJECTIVES: Mapping[str, type[Objective]] = MappingProxyType(
    {
        "ssdh_semi": SemiSupervisedHashing,
        "ssdh_sup": SupervisedSemanticsHashing,
        "usdh": UnsupervisedSemanticHashing,
        "ddh": DeepDiscreteHashing,
        "dsrh": DeepSemanticRanking,
    }
)
"""By the id that commands and stored plans know them by."""


def objective_named(name: str) -> type[Objective]:
    """Return the objective of an id.

    Raises:
        DesktopSearchError: TRAINING_OBJECTIVE_UNKNOWN.
    """
    if name not in OBJECTIVES:
        raise DesktopSearchError(
            ProblemCode.TRAINING_OBJECTIVE_UNKNOWN, objective=name, known=", ".join(OBJECTIVES)
        )
    return OBJECTIVES[name]
