"""What child processes import, for one that forks them (``tests.warm_children``)."""

from __future__ import annotations

import gc

import desktopsearch.hashing.encoder
import desktopsearch.hashing.fitter
import desktopsearch.hashing.layer_fitter
import desktopsearch.hashing.teaching.trainer
import desktopsearch.imaging.decoder
import desktopsearch.imaging.scanner
import desktopsearch.imaging.sidecar_writer  # noqa: F401 - to have them imported is all

# What is here for good need not be looked at by the collections of the forks.
gc.freeze()
