"""Desktopsearch: find photos by example, wholly on your own machine."""

__version__ = "0.1.0"
