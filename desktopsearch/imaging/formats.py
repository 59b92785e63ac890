"""The allow-list: which file names a scan takes for pictures and which formats may be opened.

Imports no picture library. A file is opened by its content, never by its name; the names only
decide what a scan looks at.
"""

from __future__ import annotations

RAW_SUFFIXES = frozenset(
    b".3fr .arw .cr2 .cr3 .dng .erf .fff .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .rw2"
    b" .rwl .sr2 .srf .srw .x3f".split()
)
"""Camera RAW, read by LibRaw."""

PICTURE_SUFFIXES = RAW_SUFFIXES | frozenset(
    b".apng .avif .bmp .dib .gif .heic .heics .heif .heifs .hif .j2c .j2k .jfif .jp2 .jpc .jpe"
    b" .jpeg .jpf .jpg .jpx .mpo .pbm .pgm .png .pnm .ppm .tif .tiff .webp".split()
)
"""Lower-case endings of the names that a scan takes for pictures."""

# Pillow's names. MPO comes with JPEG. Left out on purpose: everything that runs or renders
# something (EPS, PS, WMF), everything without a signature to go by (TGA), and the rare old formats
# whose readers nobody looks after. JPEG XL is left out because the wheels that read it link code
# under the GPL.
OPENED_FORMATS = (
    "JPEG",
    "PNG",
    "WEBP",
    "GIF",
    "TIFF",
    "AVIF",
    "HEIF",
    "JPEG2000",
    "BMP",
    "DIB",
    "PPM",
)

SIGNED_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF", "JPEG2000")
"""Formats whose first bytes leave no doubt: what starts so and cannot be opened is damaged."""


def suffix(name: bytes) -> bytes:
    """Return the lower-case ending of a file name or path with its dot, or nothing."""
    stem, dot, ending = name.rpartition(b".")
    return dot + ending.lower() if dot and stem else b""


def is_picture_name(name: bytes) -> bool:
    """Return whether a scan takes a file of this name for a picture."""
    return suffix(name) in PICTURE_SUFFIXES
