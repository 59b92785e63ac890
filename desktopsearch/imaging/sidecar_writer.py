"""The sidecar writer role: puts keywords into the XMP sidecars beside photos.

Never writes into a photo. A sidecar is replaced as a whole or stays as it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.imaging.filefacts import reason, shown
from desktopsearch.imaging.messages import AddKeywords, KeywordsAdded
from desktopsearch.imaging.sidecar import LARGEST_BYTES, NotMergeableError, with_keywords

SUFFIX = b".xmp"


def create(options: bytes) -> SidecarWriter:  # noqa: ARG001 - every role is made the same way
    """Make the role for ``ipc.serve``."""
    return SidecarWriter()


class SidecarWriter:
    """Answers ``AddKeywords``."""

    requests = AddKeywords
    detail = ""

    def handle(self, request: AddKeywords) -> Iterator[KeywordsAdded]:
        """Yield whether the sidecar had to be written.

        Raises:
            DesktopSearchError: SIDECAR_LEFT_ALONE.
        """
        # Where a link leads is what has to change, not the link.
        sidecar = os.path.realpath(request.photo + SUFFIX)
        try:
            old = _read(sidecar)
            new = with_keywords(old, request.keywords)
            if new is not None:
                _replace(sidecar, new)
        except NotMergeableError as error:
            raise _left_alone(sidecar, str(error)) from error
        except OSError as error:
            raise _left_alone(sidecar, reason(error)) from error
        yield KeywordsAdded(written=new is not None)


def _read(sidecar: bytes) -> bytes | None:
    try:
        status = os.stat(sidecar)  # noqa: PTH116 - Path takes no bytes
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise NotMergeableError("it is not an ordinary file")
    if status.st_size > LARGEST_BYTES:
        raise NotMergeableError("it is too large")
    with open(sidecar, "rb") as file:  # noqa: PTH123 - Path takes no bytes
        return file.read()


def _replace(sidecar: bytes, content: bytes) -> None:
    partial = b"%s.%d.partial" % (sidecar, os.getpid())
    try:
        with open(partial, "xb") as file:  # noqa: PTH123 - Path takes no bytes
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(sidecar, partial)
        os.replace(partial, sidecar)  # noqa: PTH105 - Path takes no bytes
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(partial)  # noqa: PTH108 - Path takes no bytes
        raise


def _left_alone(sidecar: bytes, why: str) -> DesktopSearchError:
    return DesktopSearchError(ProblemCode.SIDECAR_LEFT_ALONE, path=shown(sidecar), reason=why)
