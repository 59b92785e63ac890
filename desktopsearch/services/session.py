"""Puts a library, its children and a loop together, for a command or for the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from desktopsearch.config import LibraryPaths, Settings
from desktopsearch.domain.errors import Cancelled, DesktopSearchError
from desktopsearch.domain.explaining import Explanation
from desktopsearch.domain.search import Query, SearchAnswer
from desktopsearch.domain.suggesting import Suggestions
from desktopsearch.services.differing import Differing
from desktopsearch.services.encoder_lane import EncoderLane
from desktopsearch.services.events import GenerationChanged, Notice, Publish
from desktopsearch.services.explaining import Explaining
from desktopsearch.services.fitting import Fitting
from desktopsearch.services.ingest import Ingest
from desktopsearch.services.labelling import Labelling
from desktopsearch.services.library import Library
from desktopsearch.services.loop import ServiceLoop
from desktopsearch.services.saved_searches import SavedSearches
from desktopsearch.services.searching import Searching
from desktopsearch.services.suggesting import Suggesting
from desktopsearch.services.switching import Surroundings, Switching
from desktopsearch.services.teaching import Teaching
from desktopsearch.services.whole_pictures import WholePictures
from desktopsearch.storage.paths import photos_at


class ReadingSession:
    """A library that is searched while others may change it."""

    def __init__(self, library: Library, settings: Settings, publish: Publish) -> None:
        self.library = library
        self.loop = ServiceLoop()
        self.lane = EncoderLane(
            library.model_folder,
            library.generation.fingerprint,
            settings,
            publish,
            library.database.paths.child_log,
        )
        self.searching = Searching(library, self.lane, settings)
        self.suggesting = Suggesting(library)
        self.explaining = Explaining(library)
        self.loop.attach(self.lane)
        self.loop.attach(self.searching)
        self.loop.attach(self.suggesting)
        self.loop.attach(self.explaining)

    @classmethod
    def open(cls, paths: LibraryPaths, settings: Settings, publish: Publish) -> Self:
        """Open for searching.

        Raises:
            DesktopSearchError: As ``Library.open_reader``.
        """
        return cls._around(Library.open_reader(paths), settings, publish)

    @classmethod
    def _around(cls, library: Library, settings: Settings, publish: Publish) -> Self:
        try:
            return cls(library, settings, publish)
        except BaseException:
            library.close()
            raise

    def search(self, query: Query) -> SearchAnswer:
        """Answer one query, running the loop until it is there.

        Raises:
            DesktopSearchError: The picture cannot be read, or a child cannot be started.
        """
        answers: list[SearchAnswer | DesktopSearchError | Cancelled] = []
        self.searching.search(query, answers.append)
        if self._asks_for_the_unknown(query):
            self.lane.warm_up()
        self.loop.run(until=lambda: bool(answers))
        if isinstance(answers[0], SearchAnswer):
            return answers[0]
        raise answers[0]

    def suggest(self, album_id: int, limit: int, *, ask: bool = True) -> Suggestions:
        """Look for photos that may belong to an album, running the loop until they are there.

        Args:
            album_id: Of the album.
            limit: How many photos of each kind.
            ask: As ``Suggesting.suggest`` has it.

        Raises:
            DesktopSearchError: ALBUM_GONE or SUGGEST_TOO_FEW.
        """
        answers: list[Suggestions | DesktopSearchError | Cancelled] = []
        self.suggesting.suggest(album_id, limit, answers.append, ask=ask)
        self.loop.run(until=lambda: bool(answers))
        if isinstance(answers[0], Suggestions):
            return answers[0]
        raise answers[0]

    def explain(self, found: SearchAnswer, photo_id: int) -> Explanation:
        """Say why a photo was found, running the loop until it is known.

        Args:
            found: The answer to a query of pictures.
            photo_id: Of a photo of the library, found or not.

        Raises:
            DesktopSearchError: QUERY_OUTDATED or PHOTO_NOT_READY.
        """
        answers: list[Explanation | DesktopSearchError | Cancelled] = []
        self.explaining.explain(found, photo_id, answers.append)
        self.loop.run(until=lambda: bool(answers))
        if isinstance(answers[0], Explanation):
            return answers[0]
        raise answers[0]

    def close(self) -> None:
        """End the children and close the library."""
        self.loop.close()
        self.library.close()

    def _asks_for_the_unknown(self, query: Query) -> bool:
        """Whether a query is likely to need the encoder, as far as can be told at once."""
        if query.framing is not None or query.data is not None:
            return True
        if query.path is None:
            return False
        with self.library.database.read() as connection:
            return not photos_at(connection, [query.path])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class WritingSession(ReadingSession):
    """The one session that changes a library."""

    def __init__(self, library: Library, settings: Settings, publish: Publish) -> None:
        super().__init__(library, settings, publish)
        surroundings = Surroundings(publish, self._is_quiet, self._on_switched, self._on_refused)
        self.switching = Switching(library, settings, surroundings)
        self.teaching = Teaching(library, self.switching, settings, publish)
        self.fitting = Fitting(library, self.switching, lambda: self.teaching.busy, publish)
        self.ingest = Ingest(
            library, self.lane, settings, publish, self.loop, self.fitting.consider
        )
        self.loop.attach(self.switching)
        self.loop.attach(self.teaching)
        self.loop.attach(self.fitting)
        self._publish = publish
        self.whole_pictures = WholePictures(library, settings)
        self.loop.attach(self.whole_pictures)
        self.labelling = Labelling(library, publish)
        self.saved_searches = SavedSearches(library, publish)
        self.differing = Differing(library, publish)

    @classmethod
    def open(cls, paths: LibraryPaths, settings: Settings, publish: Publish) -> Self:
        """Open for changing and searching; makes the library on first use.

        Raises:
            DesktopSearchError: As ``Library.open_writer``.
        """
        return cls._around(Library.open_writer(paths), settings, publish)

    def use(self, settings: Settings) -> None:
        """Use more or less of the machine from now on; what is under way is finished first."""
        self.lane.use(settings)
        self.ingest.use(settings)
        self.switching.use(settings)
        self.teaching.use(settings)

    def bring_up_to_date(
        self, *, retry: bool = False, stop: Callable[[], bool] = lambda: False
    ) -> None:
        """Scan, read and encode until nothing is left, and fit the codes to what there is.

        Args:
            retry: As ``Ingest.start`` has it.
            stop: Asked all the time whether to leave the rest to another run.

        Raises:
            Cancelled: ``stop`` said so.
            DesktopSearchError: A child cannot be started, or the library cannot be written.
        """
        self.ingest.start(retry=retry)
        self.loop.run(until=lambda: stop() or not (self.ingest.running or self.fitting.busy))
        if self.ingest.running:
            raise Cancelled

    def _is_quiet(self) -> bool:
        return not (self.searching.busy or self.suggesting.busy)

    def _on_switched(self) -> None:
        self.lane.use_model(self.library.model_folder, self.library.generation.fingerprint)
        # Photos that no embedding is stored of are encoded for the new generation now.
        self.ingest.encoding.wake()
        self._publish(GenerationChanged(self.library.generation.id))

    def _on_refused(self, error: DesktopSearchError) -> None:
        self._publish(Notice(error.code, error.parameters))
        # Whoever waits for the end of the switch looks again which generation is in use.
        self._publish(GenerationChanged(self.library.generation.id))
