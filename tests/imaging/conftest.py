from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.imaging.asking import DecoderAsker, ScannerAsker


@pytest.fixture(scope="module")
def decoder() -> Iterator[DecoderAsker]:
    asker = DecoderAsker()
    yield asker
    asker.child.stop()


@pytest.fixture(scope="module")
def scanner() -> Iterator[ScannerAsker]:
    asker = ScannerAsker()
    yield asker
    asker.child.stop()
