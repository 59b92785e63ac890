"""The training methods as the window names and explains them, by their ids."""

from __future__ import annotations

from typing import Final

from desktopsearch.gui.texts import _

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
