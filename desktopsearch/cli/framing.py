"""How a part of a query, turned or mirrored, is written on the command line."""

from __future__ import annotations

import argparse

from desktopsearch.cli.texts import _
from desktopsearch.domain.framing import TURNS, WHOLE, Box, Framing, crop_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command take ``--crop``, ``--turn`` and ``--mirror``."""
    parser.add_argument(
        "--crop",
        type=_crop,
        default=WHOLE,
        metavar="LEFT,TOP,RIGHT,BOTTOM",
        help=_(
            "look for this part of the upright image, in fractions or percent of its width and"
            " height"
        ),
    )
    parser.add_argument(
        "--turn",
        type=int,
        choices=TURNS,
        default=0,
        metavar="DEGREES",
        help=_("turn it clockwise, after the crop: 90, 180 or 270"),
    )
    parser.add_argument(
        "--mirror",
        action="store_true",
        help=_("exchange left and right, after the turn"),
    )


def framing_of(arguments: argparse.Namespace) -> Framing | None:
    """What was given; None for the image as it is."""
    framing = Framing(arguments.crop, arguments.turn, arguments.mirror)
    return None if framing == Framing() else framing


def document_of(framing: Framing | None) -> dict[str, object]:
    """The same for a JSON document."""
    given = framing or Framing()
    return {"crop": list(given.crop), "turn": given.turn, "mirror": given.mirror}


def _crop(text: str) -> Box:
    try:
        return crop_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("{text} is no crop such as 0.1,0.2,0.9,1 or 10%,20%,90%,100%").format(text=text)
        ) from error
