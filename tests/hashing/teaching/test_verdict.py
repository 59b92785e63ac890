"""The gate: sure gains pass, noise does not, too little is called too little."""

from __future__ import annotations

import numpy as np
import pytest

from desktopsearch.hashing.teaching.verdict import FEWEST_QUERIES, Finding, verdict_on


def _albums(count: int, each: int) -> np.ndarray:
    return np.repeat(np.eye(count, dtype=np.bool_), each, axis=0)


def test_a_sure_gain_is_better_and_its_interval_holds_it() -> None:
    generator = np.random.default_rng(0)
    gains = 0.1 + 0.05 * generator.standard_normal(100)
    found = verdict_on(gains, _albums(5, 20), generator)
    assert found.finding is Finding.BETTER
    assert found.low < found.gain < found.high
    assert found.gain == pytest.approx(gains.mean())
    assert found.queries == 100


def test_a_sure_but_tiny_gain_is_not_worth_a_change() -> None:
    found = verdict_on(np.full(100, 0.019), _albums(5, 20), np.random.default_rng(0))
    assert found.finding is Finding.NOT_BETTER
    assert found.low == pytest.approx(0.019)
    sure = verdict_on(np.full(100, 0.021), _albums(5, 20), np.random.default_rng(0))
    assert sure.finding is Finding.BETTER


def test_a_loss_is_not_better() -> None:
    found = verdict_on(np.full(100, -0.1), _albums(5, 20), np.random.default_rng(0))
    assert found.finding is Finding.NOT_BETTER


def test_few_queries_prove_nothing_however_large_the_gain() -> None:
    few = FEWEST_QUERIES - 1
    found = verdict_on(np.full(few, 0.5), np.ones((few, 1), np.bool_), np.random.default_rng(0))
    assert found.finding is Finding.TOO_FEW
    none = verdict_on(np.empty(0), np.empty((0, 3), np.bool_), np.random.default_rng(0))
    assert none.finding is Finding.TOO_FEW


def test_each_album_counts_the_same_whatever_its_size() -> None:
    gains = np.concatenate([np.full(90, 0.1), np.full(10, -0.3)])
    albums = np.zeros((100, 2), dtype=np.bool_)
    albums[:90, 0], albums[90:, 1] = True, True
    assert verdict_on(gains, albums, np.random.default_rng(0)).gain == pytest.approx(-0.1)


def test_one_lucky_album_among_many_does_not_pass() -> None:
    gains = np.zeros(200)
    gains[:20] = 0.6
    found = verdict_on(gains, _albums(10, 20), np.random.default_rng(0))
    assert found.gain == pytest.approx(0.06)
    assert found.finding is Finding.NOT_BETTER


def test_noise_seldom_passes() -> None:
    generator = np.random.default_rng(7)
    passed = 0
    for _ in range(200):
        # Photos of one album share their luck.
        luck = np.repeat(0.05 * generator.standard_normal(8), 15)
        gains = luck + 0.2 * generator.standard_normal(120)
        passed += verdict_on(gains, _albums(8, 15), generator).finding is Finding.BETTER
    assert passed <= 10
