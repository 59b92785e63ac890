"""The models that a library can use: which there are, and the switch from one to another.

A switch fills a generation of the other model beside the active one and makes it the active one in
a single transaction, so that no query ever meets codes of two models. Codes that were made stay:
an interrupted switch goes on where it stopped, and the way back is short.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.backbones.pinned import check_weights_at_hand
from desktopsearch.hashing.model import BUNDLED_MODEL, MANIFEST_FILE, ModelManifest, load_model
from desktopsearch.services.encoder_lane import EncoderLane
from desktopsearch.services.encoding import Encoding
from desktopsearch.services.events import Phase, Publish, RunProgress
from desktopsearch.services.library import Library, model_folder
from desktopsearch.services.loop import ServiceLoop
from desktopsearch.services.pace import Rate
from desktopsearch.storage import generations
from desktopsearch.storage.database import Database

_PROGRESS_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model as a list shows it."""

    name: str
    manifest: ModelManifest | None
    """None if it cannot be read."""
    size_bytes: int
    """Of its folder; weights in a package are not among it."""
    in_use: bool
    problem: DesktopSearchError | None
    """Why it cannot be used, if so."""


@dataclass(frozen=True, slots=True)
class Switch:
    """What a switch did."""

    model: str
    bits: int
    photos: int
    encoded: int
    """In this run; the others had their code already."""
    unencoded: int
    """Photos that have no proxy or cannot be encoded; ``index`` looks after them."""
    seconds: float
    device: str


def every(paths: LibraryPaths) -> list[ModelEntry]:
    """The bundled model first, then the imported ones by name; works without a library."""
    used = _name_in_use(paths)
    imported = {each.name for each in _folders(paths.models)} | {used}
    names = [BUNDLED_MODEL, *sorted(imported - {BUNDLED_MODEL})]
    return [_entry(model_folder(paths, name), name, in_use=name == used) for name in names]


def find(paths: LibraryPaths, wanted: str) -> Path:
    """Return the folder of a model that ``every`` lists by this name, else a model's own path.

    Raises:
        DesktopSearchError: MODEL_UNKNOWN.
    """
    names = [BUNDLED_MODEL, *sorted(each.name for each in _folders(paths.models))]
    if wanted in names:
        return model_folder(paths, wanted)
    folder = Path(wanted).absolute()
    if not (folder / MANIFEST_FILE).is_file():
        raise DesktopSearchError(ProblemCode.MODEL_UNKNOWN, model=wanted, known=", ".join(names))
    return folder


def use(
    paths: LibraryPaths, name: str, settings: Settings, publish: Publish, stop: Callable[[], bool]
) -> Switch:
    """Encode the whole library with a model, then search with it.

    Args:
        paths: A library that holds photos.
        name: Of a model that ``every`` lists.
        settings: How the encoder works.
        publish: Takes progress and notices.
        stop: Asked all the time whether to leave the rest to another run.

    Raises:
        Cancelled: ``stop`` said so; the library goes on with the model that it had.
        DesktopSearchError: LIBRARY_MISSING, MODEL_UNKNOWN; as ``Library.open_for_model`` and the
            encoder do.
    """
    if not paths.library.exists():
        raise DesktopSearchError(ProblemCode.LIBRARY_MISSING, path=str(paths.folder))
    folder = model_folder(paths, name)
    if not folder.is_dir():
        known = ", ".join(entry.name for entry in every(paths) if entry.manifest)
        raise DesktopSearchError(ProblemCode.MODEL_UNKNOWN, model=name, known=known)
    started_at = time.monotonic()
    with Library.open_for_model(paths, folder) as library:
        encoded, device = _encode_all(library, settings, publish, stop)
        library.activate()
        totals = library.totals()
        return Switch(
            model=name,
            bits=library.generation.bits,
            photos=totals.photos,
            encoded=encoded,
            unencoded=totals.unencoded,
            seconds=time.monotonic() - started_at,
            device=device,
        )


def _encode_all(
    library: Library, settings: Settings, publish: Publish, stop: Callable[[], bool]
) -> tuple[int, str]:
    """Give every photo a code of the library's generation; return how many, and on what device."""
    fingerprint, log = library.generation.fingerprint, library.database.paths.child_log
    lane = EncoderLane(library.model_folder, fingerprint, settings, publish, log)
    encoding = Encoding(library, lane, settings)
    total, rate, next_at = library.totals().photos, Rate(), 0.0

    def over() -> bool:
        nonlocal next_at
        now = time.monotonic()
        if now >= next_at:
            next_at = now + _PROGRESS_INTERVAL_S
            publish(
                RunProgress(
                    phase=Phase.ENCODING,
                    done=len(library.snapshot.index),
                    total=total,
                    left=max(0, total - len(library.snapshot.index)),
                    failed=encoding.failed,
                    images_per_second=rate.of(encoding.encoded),
                    device=lane.device,
                    paused=False,
                    on_battery=False,
                )
            )
        # The device is known once the encoder has loaded the model: one that does not load is
        # refused even where there is nothing to encode.
        return stop() or bool(lane.device and not encoding.busy)

    loop = ServiceLoop()
    try:
        loop.attach(lane)
        loop.attach(encoding)
        lane.start()
        encoding.wake()
        loop.run(until=over)
    finally:
        loop.close()
    if encoding.busy:
        raise Cancelled
    return encoding.encoded, lane.device


def _entry(folder: Path, name: str, *, in_use: bool) -> ModelEntry:
    manifest: ModelManifest | None = None
    problem: DesktopSearchError | None = None
    try:
        manifest = load_model(folder).manifest
        check_weights_at_hand(manifest, folder)
    except DesktopSearchError as error:
        problem = error
        if manifest is None and in_use and name != BUNDLED_MODEL:
            problem = DesktopSearchError(ProblemCode.MODEL_GONE, model=name, fallback=BUNDLED_MODEL)
    size = sum(file.stat().st_size for file in folder.glob("*") if file.is_file())
    return ModelEntry(name, manifest, size, in_use, problem)


def _folders(models: Path) -> list[Path]:
    """The folders of imported models; one that is being written begins with a dot."""
    if not models.is_dir():
        return []
    return [each for each in models.iterdir() if each.is_dir() and not each.name.startswith(".")]


def _name_in_use(paths: LibraryPaths) -> str:
    """The model of the active generation; a library that is yet to be made takes the bundled."""
    try:
        with Database.open_reader(paths) as database, database.read() as connection:
            active = generations.active(connection)
    except DesktopSearchError as error:
        if error.code is not ProblemCode.LIBRARY_MISSING:
            raise
        return BUNDLED_MODEL
    return active.model if active else BUNDLED_MODEL
