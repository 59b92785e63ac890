from __future__ import annotations

import math

import pytest

from desktopsearch.domain.framing import TURNS, WHOLE, Box, Framing, crop_of, turned, unturned

BOX: Box = (0.125, 0.25, 0.5, 1.0)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("turn", TURNS)
def test_a_box_goes_with_the_picture_and_comes_back(turn: int, mirror: bool) -> None:
    there = turned(BOX, turn, mirror=mirror)
    assert unturned(there, turn, mirror=mirror) == BOX
    assert Framing(BOX, turn, mirror).shown_box == there
    assert Framing(WHOLE, turn, mirror).with_shown_box(there).crop == BOX
    assert turned(WHOLE, turn, mirror=mirror) == WHOLE


def test_a_quarter_turn_takes_the_top_left_to_the_top_right() -> None:
    assert turned((0, 0, 0.25, 0.5), 90, mirror=False) == (0.5, 0, 1, 0.25)
    assert turned((0, 0, 0.25, 0.5), 90, mirror=True) == (0, 0, 0.5, 0.25)


def test_what_is_seen_turns_to_the_right_mirrored_or_not() -> None:
    for framing in (Framing(BOX), Framing(BOX, 90, mirror=True)):
        seen = framing.shown_box
        assert framing.turned_right().shown_box == turned(seen, 90, mirror=False)
        assert framing.mirrored().shown_box == turned(seen, 0, mirror=True)
        again = framing
        for _ in range(4):
            again = again.turned_right()
        assert again == framing


@pytest.mark.parametrize(
    "box",
    [(0, 0, 0, 1), (0.5, 0, 0.4, 1), (-0.1, 0, 1, 1), (0, 0, 1, 1.01), (0, 0, math.nan, 1)],
)
def test_a_box_that_is_none_is_refused(box: Box) -> None:
    with pytest.raises(ValueError, match="crop"):
        Framing(box)


def test_a_turn_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="turn"):
        Framing(turn=45)


def test_crops_are_written_as_fractions_or_percent() -> None:
    assert crop_of("0.125,0.25,0.5,1") == BOX
    assert crop_of("12.5%, 25%, 0.5, 100%") == BOX
    for text in ("", "0,0,1", "0,0,1,1,1", "a,b,c,d", "0,0,nan,1", "0,0,200%,1", "50,0,60,1"):
        with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
            crop_of(text)
