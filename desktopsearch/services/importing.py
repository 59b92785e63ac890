"""Makes a model of a backbone's weights, fitted to photos of the library, in a child process.

The child sees proxies and the file with the weights. The model's folder appears whole or not at
all; the library goes on with the model that it has.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import wait
from pathlib import Path

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.messages import (
    FITTER_ROLE,
    Described,
    DescribePhotos,
    DeviceChanged,
    EpochDone,
    FitModel,
    FitterOptions,
    FitterReply,
)
from desktopsearch.hashing.model import BUNDLED_MODEL, ModelManifest, load_model
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Failed, Message
from desktopsearch.services import taught_models
from desktopsearch.services.events import Notice, Publish
from desktopsearch.storage import caches
from desktopsearch.storage.database import Database

FEWEST_PHOTOS, MOST_PHOTOS = 300, 4_000
_FITTER = Role(FITTER_ROLE, FitterReply, "fitter")
# Principal components of long features take minutes, and so may an epoch on a slow machine.
_FIT_SILENCE_S = 900.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PARTIAL = ".partial"


class Phase(StrEnum):
    """What takes its time."""

    DESCRIBING = "describing photos"
    LEARNING = "learning codes"


Progress = Callable[[Phase, int, int], None]
"""Takes the phase, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What model is wanted."""

    backbone: str
    path: Path | None
    """File with the weights; None for those of a package."""
    name: str
    bits: int
    px: int | None
    """None for the side that suits the backbone."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A model, and what it was fitted to."""

    manifest: ModelManifest
    photos: int
    left_out: int
    """Photos whose proxy is no picture."""


def import_model(
    paths: LibraryPaths, wish: Wish, settings: Settings, publish: Publish, progress: Progress
) -> Imported:
    """Make a model and put it beside the library.

    Args:
        paths: A library that holds photos.
        wish: What model.
        settings: How the child works.
        publish: Takes notices.
        progress: Called now and then.

    Raises:
        DesktopSearchError: LIBRARY_MISSING, MODEL_NAME_INVALID, MODEL_NAME_TAKEN,
            MODEL_TOO_FEW_PHOTOS, CHILD_FAILED, ENCODER_FAILED; as ``Database.open_writer`` and the
            fitter do.
    """
    if not paths.library.exists():
        raise DesktopSearchError(ProblemCode.LIBRARY_MISSING, path=str(paths.folder))
    if not _NAME.fullmatch(wish.name) or taught_models.is_name(wish.name):
        raise DesktopSearchError(ProblemCode.MODEL_NAME_INVALID, model=wish.name)
    # The writer's lock: whatever a killed import left behind is then nobody's.
    with Database.open_writer(paths) as database:
        final = paths.models / wish.name
        if wish.name == BUNDLED_MODEL or final.exists():
            raise DesktopSearchError(ProblemCode.MODEL_NAME_TAKEN, model=wish.name)
        partial = paths.models / _PARTIAL
        shutil.rmtree(partial, ignore_errors=True)
        try:
            described = _fit(database, partial, wish, settings, publish, progress)
            partial.rename(final)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return Imported(load_model(final).manifest, described.photos, described.left_out)


def _fit(
    database: Database,
    folder: Path,
    wish: Wish,
    settings: Settings,
    publish: Publish,
    progress: Progress,
) -> Described:
    digests = _chosen(database)
    options = FitterOptions(
        backbone=wish.backbone,
        path=str(wish.path.absolute()) if wish.path else "",
        bits=wish.bits,
        input_px=wish.px or 0,
        device=settings.encoder_device,
    )
    child = ChildProcess(_FITTER, options, database.paths.child_log)
    described = Described(0, 0)

    def told(message: Message) -> None:
        nonlocal described
        match message:
            case Described():
                described = message
                progress(Phase.DESCRIBING, message.photos + message.left_out, len(digests))
            case EpochDone():
                progress(Phase.LEARNING, message.epoch, message.epochs)
            case DeviceChanged():
                publish(
                    Notice(
                        ProblemCode.DEVICE_FAILED,
                        {"device": message.failed_device, "reason": message.reason},
                    )
                )

    try:
        child.start()
        _attend(child, told)
        for proxies in _batches(database, digests, settings.encoder_batch):
            child.request(DescribePhotos(proxies), settings.encode_deadline_s)
            _attend(child, told)
        _check_enough(described.photos)
        child.request(FitModel(str(folder), wish.name, _command(wish)), _FIT_SILENCE_S)
        _attend(child, told)
    finally:
        child.stop()
    return described


def _chosen(database: Database) -> list[bytes]:
    """The contents that a model is fitted to: all, or evenly spaced ones in order of arrival."""
    with database.read() as connection:
        digests = caches.digests_with_proxy(connection)
    _check_enough(len(digests))
    if len(digests) <= MOST_PHOTOS:
        return digests
    return [digests[place * len(digests) // MOST_PHOTOS] for place in range(MOST_PHOTOS)]


def _check_enough(photos: int) -> None:
    if photos < FEWEST_PHOTOS:
        raise DesktopSearchError(
            ProblemCode.MODEL_TOO_FEW_PHOTOS, photos=photos, needed=FEWEST_PHOTOS
        )


def _batches(database: Database, digests: list[bytes], size: int) -> Iterator[list[bytes]]:
    for start in range(0, len(digests), size):
        with database.read() as connection:
            yield list(caches.read_proxies(connection, digests[start : start + size]).values())


def _attend(child: ChildProcess, told: Callable[[Message], None]) -> None:
    """Wait until the child is idle.

    Raises:
        DesktopSearchError: It failed or was lost.
    """
    while child.state is not ChildState.IDLE:
        wait(child.waitables, max(0.0, child.expires_at - time.monotonic()))
        for message in child.receive():
            match message:
                case Failed():
                    raise DesktopSearchError(message.problem, **message.parameters)
                case Broken():
                    raise BugError(f"the fitter broke:\n{message.traceback}")
                case Lost():
                    raise _lost(message)
                case _:
                    told(message)


def _lost(lost: Lost) -> DesktopSearchError:
    reason = "no answer" if lost.timed_out else lost.detail
    if lost.during_start:
        return DesktopSearchError(ProblemCode.CHILD_FAILED, role=_FITTER.name, reason=reason)
    return DesktopSearchError(ProblemCode.ENCODER_FAILED, reason=reason)


def _command(wish: Wish) -> str:
    """The command for the manifest, with the name of the file but not where it lay."""
    words = ["desktopsearch model import"]
    words += [wish.path.name] if wish.path else []
    words += ["--backbone", wish.backbone, "--name", wish.name, "--bits", str(wish.bits)]
    words += ["--px", str(wish.px)] if wish.px else []
    return " ".join(words)
