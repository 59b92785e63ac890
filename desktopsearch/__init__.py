"""Desktopsearch: find photos by example, wholly on your own machine."""

import os

__version__ = "0.1.0"

# After each product the threads of numpy's OpenBLAS spin for some 20 ms in the hope of another one.
# While photos are encoded that took half of the processor from the encoder. They read this (the
# logarithm of the cycles they wait) when numpy is first imported, so it must stand here.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
