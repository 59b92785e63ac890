"""Which part of a picture is looked for, and how it is held.

A box is left, top, right, bottom as fractions of a picture's width and height. The *upright*
picture is the whole one as its file means it; the *shown* picture is that turned and mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

Box = tuple[float, float, float, float]

WHOLE: Final[Box] = (0.0, 0.0, 1.0, 1.0)
TURNS: Final = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class Framing:
    """A picture is cropped first, then turned, then mirrored."""

    crop: Box = WHOLE
    """Of the upright picture."""
    turn: int = 0
    """Degrees clockwise, one of ``TURNS``."""
    mirror: bool = False
    """Whether left and right are exchanged."""

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            ValueError: The box is empty or sticks out, or the turn is none.
        """
        left, top, right, bottom = self.crop
        # Written so that what is not a number fails too.
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise ValueError("a crop needs left < right and top < bottom, all from 0 to 1")
        if self.turn not in TURNS:
            raise ValueError("a turn is 0, 90, 180 or 270 degrees")

    @property
    def shown_box(self) -> Box:
        """The crop as a box of the shown picture."""
        return turned(self.crop, self.turn, mirror=self.mirror)

    def with_shown_box(self, box: Box) -> Framing:
        """The same with another crop, given as a box of the shown picture."""
        return replace(self, crop=unturned(box, self.turn, mirror=self.mirror))

    def turned_right(self) -> Framing:
        """The same after what is seen was turned by 90 degrees clockwise."""
        # What is mirrored turns the other way round before it is mirrored.
        return replace(self, turn=(self.turn + (270 if self.mirror else 90)) % 360)

    def mirrored(self) -> Framing:
        """The same after what is seen was mirrored."""
        return replace(self, mirror=not self.mirror)


def turned(box: Box, turn: int, *, mirror: bool) -> Box:
    """Where a box of a picture lies when the picture is turned clockwise, then mirrored."""
    left, top, right, bottom = box
    for _ in range(turn // 90):
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return (1 - right, top, 1 - left, bottom) if mirror else (left, top, right, bottom)


def unturned(box: Box, turn: int, *, mirror: bool) -> Box:
    """The box that ``turned`` takes to this one."""
    left, top, right, bottom = box
    if mirror:
        left, right = 1 - right, 1 - left
    return turned((left, top, right, bottom), (360 - turn) % 360, mirror=False)


def crop_of(text: str) -> Box:
    """Read a crop such as ``0.1,0.2,0.9,1`` or ``10%,20%,90%,100%``.

    Raises:
        ValueError: It is something else.
    """
    parts = text.split(",")
    if len(parts) != 4:
        raise ValueError("a crop has four parts")
    left, top, right, bottom = map(_fraction, parts)
    return Framing((left, top, right, bottom)).crop


def _fraction(text: str) -> float:
    bare = text.strip()
    return float(bare[:-1]) / 100 if bare.endswith("%") else float(bare)
