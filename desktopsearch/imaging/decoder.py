"""The decoder role: reads a user's file, says which content it is, makes its proxy.

Runs in a child of its own because the bytes are a stranger's: it may crash, hang or run out of
memory at any line, and must then cost one file and nothing else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

from PIL import Image

from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.framing import Framing
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.formats import suffix
from desktopsearch.imaging.identity import check_size, digest, read_file
from desktopsearch.imaging.kept import KeptPixels
from desktopsearch.imaging.messages import (
    CheckFiles,
    Decoded,
    DecodeIdentified,
    DecoderRequest,
    DecodeWhole,
    FilesChecked,
    Identified,
    IdentifyFile,
    WholeDecoded,
)
from desktopsearch.imaging.pixels import Upright, upright, whole
from desktopsearch.imaging.proxy import encode_proxy
from desktopsearch.imaging.raw import is_raw, upright_raw, whole_raw

T = TypeVar("T", Upright, Image.Image)

DecoderAnswer = Identified | Decoded | WholeDecoded | FilesChecked

ADDRESS_SPACE_BYTES = 4 * 2**30
"""Enough for every picture within the pixel limit, too little to bring a machine down."""


def create(options: bytes) -> Decoder:  # noqa: ARG001 - every role is made the same way
    """Make the role for ``ipc.serve``; limits the memory of the process for good."""
    _limit_memory()
    return Decoder()


class Decoder:
    """Answers the requests about one file after the other, keeping the bytes of the last.

    Where a part of it was wanted, its pixels are kept too: the next wish is often another part.
    """

    requests = DecoderRequest
    detail = ""

    def __init__(self) -> None:
        self._data: bytes | None = None
        self._suffix = b""
        self._kept = KeptPixels()

    def handle(self, request: DecoderRequest) -> Iterator[DecoderAnswer]:
        """Yield the one reply to a request.

        Raises:
            DesktopSearchError: One of the FILE codes.
        """
        if isinstance(request, DecodeIdentified):
            kept = None if request.framing is None else self._kept
            yield _decoded(self._identified(), self._suffix, request.framing, kept)
        elif isinstance(request, DecodeWhole):
            yield _whole(self._identified(), self._suffix)
        elif isinstance(request, IdentifyFile):
            self._data, self._suffix = None, suffix(request.path)
            identified, self._data = read_file(request.path)
            self._kept.turn_to(identified.digest)
            yield identified
        elif isinstance(request, CheckFiles):
            yield FilesChecked([os.path.lexists(path) for path in request.paths])
        else:
            self._data, self._suffix = None, b""
            check_size(len(request.data))
            self._data = request.data
            identified = Identified(digest(request.data), len(request.data), 0)
            self._kept.turn_to(identified.digest)
            yield identified

    def _identified(self) -> bytes:
        data, self._data = self._data, None
        if data is None:
            raise BugError("nothing was identified that could be decoded")
        return data


def _decoded(
    data: bytes, name_suffix: bytes, framing: Framing | None, kept: KeptPixels | None
) -> Decoded:
    result = _either(
        data,
        name_suffix,
        lambda data: upright_raw(data, framing, kept),
        lambda data: upright(data, framing=framing, kept=kept),
    )
    return Decoded(
        proxy=encode_proxy(result.picture),
        width=result.width,
        height=result.height,
        format=result.format,
        taken_at=result.facts.taken_at,
        taken_offset_min=result.facts.taken_offset_min,
        camera=result.facts.camera,
        framed=None if result.framed is None else encode_proxy(result.framed),
    )


def _either(
    data: bytes, name_suffix: bytes, as_raw: Callable[[bytes], T], as_picture: Callable[[bytes], T]
) -> T:
    if is_raw(data, name_suffix):
        try:
            return as_raw(data)
        except DesktopSearchError as error:
            # An ordinary TIFF may carry the name of a RAW format.
            if error.code is not ProblemCode.FILE_NOT_AN_IMAGE:
                raise
    return as_picture(data)


def _whole(data: bytes, name_suffix: bytes) -> WholeDecoded:
    picture = _either(data, name_suffix, whole_raw, whole)
    return WholeDecoded(picture.tobytes(), picture.width, picture.height)


def _limit_memory() -> None:
    # macOS refuses the limit and Windows has no such call; there the pixel limit alone protects.
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = (
            ADDRESS_SPACE_BYTES
            if hard == resource.RLIM_INFINITY
            else min(hard, ADDRESS_SPACE_BYTES)
        )
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
