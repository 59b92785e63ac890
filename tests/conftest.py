from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests import warm_children

# The tests read English, whatever the language of the machine.
os.environ["LANGUAGE"] = "en"


@pytest.fixture(scope="session", autouse=True)
def children_are_warm() -> Iterator[None]:
    """Children need not import everything first, unless a test wants them from nothing."""
    with warm_children.warm_children():
        yield


@pytest.fixture
def cold_children() -> Iterator[None]:
    """Children are started from nothing, as the application starts them."""
    with warm_children.cold_children():
        yield
