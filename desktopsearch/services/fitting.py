"""Fits the hash layer of the bundled model to the library, as soon as there is one to fit it to.

The bundled layer is made for photos of all kinds. Within one library, above all one about a few
subjects, many of its bits hardly differ; a layer fitted to the embeddings of the library itself,
without any label, makes better use of them (``python -m benchmarks.fitting``). It is used if it
keeps as many neighbours as the layer before it, and fitted anew when the library has become much
larger or smaller; a fit that was declined is remembered and tried again no sooner. Whoever goes
back to an earlier layer, or uses what albums taught, keeps that.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection as Pipe

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Generation
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.messages import (
    LAYER_FITTER_ROLE,
    FitLayer,
    LayerFitted,
    LayerFitterReply,
)
from desktopsearch.hashing.model import BUNDLED_MODEL
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Failed, Message, Ready
from desktopsearch.services.events import Notice, Publish
from desktopsearch.services.library import Library
from desktopsearch.services.switching import Switching
from desktopsearch.storage import caches, codes, generations

FEWEST_PHOTOS = 200
TIMES_LARGER = 4
"""A library that has grown by so much, or shrunk, is fitted to anew."""
MOST_PHOTOS = 5_000
"""That are looked at; more of them change little."""
_PHOTOS_A_TURN = 1_000
_NICENESS = 10
_SILENCE_S = 600.0
_FITTER = Role(LAYER_FITTER_ROLE, LayerFitterReply, "layer fitter")

_log = logging.getLogger(__name__)


class Fitting:
    """A part of the loop; one fitting at a time."""

    def __init__(
        self,
        library: Library,
        switching: Switching,
        is_taught: Callable[[], bool],
        publish: Publish,
    ) -> None:
        """Prepare.

        Args:
            library: Open for writing.
            switching: Encodes the library with the new layer; attached to the loop by its owner.
            is_taught: Whether a teaching is under way, which nothing may get ahead of.
            publish: Takes notices.
        """
        self._library = library
        self._switching = switching
        self._is_taught = is_taught
        self._publish = publish
        self._from: Generation | None = None
        self._photos = self._failed_at = 0
        self._photo_ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._vectors: list[NDArray[np.float16]] = []
        self._read = 0
        self._child: ChildProcess | None = None
        self._coming: Generation | None = None

    @property
    def busy(self) -> bool:
        """Whether a layer is being fitted, or the library is given its codes."""
        return self._from is not None or self._coming is not None

    def consider(self) -> None:
        """Begin, if the library has come to differ much from what its layer was fitted to."""
        active = self._library.generation
        if self.busy or not self._is_free or active.model != BUNDLED_MODEL:
            return
        with self._library.database.read() as connection:
            photos = codes.count(connection, active.id)
            if photos < FEWEST_PHOTOS:
                return
            taught = active.id in generations.reports(connection)
            of_model = {
                each.id
                for each in generations.every(connection)
                if each.fingerprint == active.fingerprint
            }
            fittings = generations.fittings(connection)
            declined_at = caches.declined_fit_of(connection, active.fingerprint, active.hash_layer)
        latest = max((each for each in of_model & fittings.keys() if fittings[each]), default=None)
        # Of a library that went back there is a later fitting that is not used.
        if taught or latest not in (None, active.id):
            return
        tried_at = (fittings.get(active.id, 0), declined_at, self._failed_at)
        if any(each / TIMES_LARGER < photos < TIMES_LARGER * each for each in tried_at):
            return
        photo_ids = np.sort(self._library.snapshot.index.photo_ids)
        if len(photo_ids) < FEWEST_PHOTOS:
            return
        self._from, self._photos = active, photos
        places = np.linspace(0, len(photo_ids) - 1, min(len(photo_ids), MOST_PHOTOS))
        self._photo_ids = photo_ids[places.astype(np.int64)]
        self._vectors, self._read = [], 0

    def waitables(self) -> Iterable[Pipe]:
        """The child's pipe."""
        return self._child.waitables if self._child else ()

    def due_at(self) -> float:
        """At once while embeddings are read, or when the child has been silent for too long."""
        if self._child is not None:
            return self._child.expires_at
        return time.monotonic() if self._from is not None else float("inf")

    def turn(self) -> None:
        """Read on, or take in what the child says."""
        if self._coming is not None and not self._switching.busy:
            self._settle(self._coming)
            self._coming = None
        if self._from is not None and self._child is None:
            self._read_some()
        for message in self._child.receive() if self._child else []:
            self._take_in(message)

    def close(self) -> None:
        """End the child; another run begins anew."""
        self._end()

    @property
    def _is_free(self) -> bool:
        return not (self._is_taught() or self._switching.busy)

    def _read_some(self) -> None:
        assert self._from is not None
        some = self._photo_ids[self._read : self._read + _PHOTOS_A_TURN].tolist()
        self._read += len(some)
        if some:
            with self._library.database.read() as connection:
                _, vectors = caches.embeddings_of(connection, self._from.fingerprint, some)
            if len(vectors):
                self._vectors.append(vectors)
        elif sum(map(len, self._vectors)) < FEWEST_PHOTOS:
            self._end()
        else:
            log = self._library.database.paths.child_log
            self._child = ChildProcess(_FITTER, None, log, _NICENESS)
            self._child.start()

    def _take_in(self, message: Message | Lost) -> None:
        match message:
            case Ready():
                self._ask()
            case LayerFitted():
                self._use(message)
            case Failed():
                self._fail(str(DesktopSearchError(message.problem, **message.parameters)))
            case Broken():
                _log.error("The layer fitter met a bug:\n%s", message.traceback)
                self._fail(message.traceback.strip().rsplit("\n", 1)[-1])
            case Lost():
                self._fail("no answer" if message.timed_out else message.detail)

    def _ask(self) -> None:
        assert self._child is not None
        assert self._from is not None
        vectors = np.concatenate(self._vectors)
        content = vectors.astype("<f2").tobytes()
        request = FitLayer(content, vectors.shape[1], self._from.hash_layer)
        self._child.request(request, _SILENCE_S)

    def _use(self, fitted: LayerFitted) -> None:
        before, photos = self._from, self._photos
        self._end()
        if before is None or before.id != self._library.generation.id or not self._is_free:
            return
        if fitted.kept < fitted.kept_before:
            _log.info("A fitted layer keeps %.3f, not %.3f", fitted.kept, fitted.kept_before)
            with self._library.database.write() as connection:
                caches.keep_declined_fit(connection, before.fingerprint, before.hash_layer, photos)
            return
        with self._library.database.write() as connection:
            generation = generations.add(
                connection,
                name=time.strftime("fitted %Y-%m-%d %H:%M"),
                model=before.model,
                fingerprint=before.fingerprint,
                bits=before.bits,
                hash_layer=fitted.hash_layer,
            )
            generations.keep_fitting(connection, generation.id, 0)
        self._switching.switch_to(generation)
        self._coming = generation

    def _settle(self, fitted: Generation) -> None:
        """Remember to how many photos the layer was fitted; forget what was never switched to."""
        with self._library.database.write() as connection:
            if self._library.generation.id == fitted.id:
                generations.keep_fitting(connection, fitted.id, self._photos)
            elif self._switching.refused is not None:
                self._failed_at = self._photos
            for generation_id, photos in generations.fittings(connection).items():
                if not photos and generation_id != self._library.generation.id:
                    generations.remove(connection, generation_id)

    def _fail(self, reason: str) -> None:
        self._failed_at = self._photos
        self._end()
        self._publish(Notice(ProblemCode.FITTING_STOPPED, {"reason": reason}))

    def _end(self) -> None:
        self._from, self._vectors = None, []
        child, self._child = self._child, None
        if child is not None and child.state is not ChildState.STOPPED:
            # It keeps nothing, and the loop is not to wait for it.
            child.kill()
