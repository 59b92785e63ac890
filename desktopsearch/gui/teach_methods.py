"""The training methods as the window names and explains them, by their ids."""

from __future__ import annotations

from typing import Final

from desktopsearch.domain.teaching import Depth
from desktopsearch.gui.texts import _, figure

AUTO: Final = "auto"
METHODS: Final = (AUTO, "ssdh_semi", "ssdh_sup", "dsrh", "ddh", "usdh")
"""In the order in which they are offered."""


def name_of(method: str) -> str:
    """What a method is called."""
    return {
        AUTO: _("Automatic"),
        "ssdh_semi": _("Semi-supervised (SSDH)"),
        "ssdh_sup": _("Supervised (SSDH)"),
        "dsrh": _("By shared albums (DSRH)"),
        "ddh": _("Without albums, by neighbours (DDH)"),
        "usdh": _("Without albums, by similarity (USDH)"),
    }[method]


def filling_text(done: int, total: int) -> str:
    """How far all photos are encoded with another model."""
    return _("All photos are encoded with another model: {n} of {all}").format(
        n=figure(done), all=figure(total)
    )


def depth_name(depth: Depth) -> str:
    """What is taught."""
    return {
        Depth.HEAD: _("The codes"),
        Depth.DEEP: _("The codes and the neural network"),
    }[depth]


def depth_explanation(depth: Depth) -> str:
    """In some lines, what it takes and what it gives."""
    return {
        Depth.HEAD: _("Takes minutes: what is seen in photos stays as it is."),
        Depth.DEEP: _(
            "Learns to see photos anew, on a graphics card or overnight. Then all photos are"
            " encoded again; until that is over search uses what it used before."
        ),
    }[depth]


def explanation_of(method: str) -> str:
    """In a line, what a method does and when it suits."""
    return {
        AUTO: _("Chooses by what your albums hold."),
        "ssdh_semi": _("Learns from the albums and from all photos that are in none."),
        "ssdh_sup": _("Learns from the albums alone; for libraries that are nearly all sorted."),
        "dsrh": _("The more albums two photos share, the nearer they come; for photos in several."),
        "ddh": _("Takes photos with many common neighbours for alike; for large libraries."),
        "usdh": _("Keeps what looks alike together, in fewer bits; for small libraries."),
    }[method]
