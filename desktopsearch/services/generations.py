"""The generations of a library: which there are, what they were taught, and what may be deleted."""

from __future__ import annotations

from dataclasses import dataclass

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.library import Generation
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.domain.teaching import Depth
from desktopsearch.services import taught_models
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_report import TeachingReport, from_json
from desktopsearch.storage import caches, generations, photos
from desktopsearch.storage.failures import unwritable


@dataclass(frozen=True, slots=True)
class GenerationEntry:
    """One generation as a list shows it."""

    generation: Generation
    active: bool
    report: TeachingReport | None
    """None of what was not taught."""
    fitted_to: int | None
    """Photos of the library that it was fitted to without any label; None of all others."""


def every(library: Library) -> list[GenerationEntry]:
    """All generations, the oldest first."""
    with library.database.read() as connection:
        found = generations.every(connection)
        active = generations.active(connection)
        reports = generations.reports(connection)
        fittings = generations.fittings(connection)
    return [
        GenerationEntry(
            each,
            active is not None and each.id == active.id,
            from_json(reports[each.id]) if each.id in reports else None,
            fittings.get(each.id) or None,
        )
        for each in found
    ]


def paths_in(library: Library, report: TeachingReport) -> dict[int, bytes]:
    """Where the photos of a report's examples lie, by id; those that lie nowhere are left out."""
    photo_ids = {
        photo_id for each in report.examples for photo_id in (each.query, *each.before, *each.after)
    }
    with library.database.read() as connection:
        places = photos.places(connection, list(photo_ids))
    return {photo_id: files[0].path for photo_id, files in places.items()}


def of_job(library: Library, job: str) -> tuple[Generation, TeachingReport] | None:
    """What a teaching has come to already, if the run that did it died before it could say so.

    Args:
        library: Which was taught.
        job: Id of the teaching's job.
    """
    for entry in every(library):
        if entry.report is not None and entry.report.job == job:
            return entry.generation, entry.report
    return None


def known(library: Library, generation_id: int) -> Generation:
    """The generation of this id.

    Raises:
        DesktopSearchError: GENERATION_UNKNOWN.
    """
    with library.database.read() as connection:
        found = generations.get(connection, generation_id)
    if found is None:
        raise DesktopSearchError(ProblemCode.GENERATION_UNKNOWN, id=generation_id)
    return found


def previous(library: Library) -> Generation | None:
    """The generation that searches used before the active one, if there is one to go back to."""
    with library.database.read() as connection:
        return generations.before_active(connection)


def untaught(library: Library) -> Generation | None:
    """What searches would use without albums, if they use what was taught on its embeddings."""
    with library.database.read() as connection:
        return generations.untaught(connection, library.generation)


def before_active(library: Library) -> Generation:
    """The generation that searches used before the active one.

    Raises:
        DesktopSearchError: GENERATION_NONE_BEFORE.
    """
    found = previous(library)
    if found is None:
        raise DesktopSearchError(ProblemCode.GENERATION_NONE_BEFORE)
    return found


def delete(library: Library, generation_id: int) -> None:
    """Forget what was taught or fitted with its codes, and with its model if that was taught too.

    Raises:
        DesktopSearchError: GENERATION_UNKNOWN, GENERATION_ACTIVE, GENERATION_COMING,
            GENERATION_OF_MODEL, LIBRARY_UNWRITABLE.
    """
    doomed = known(library, generation_id)
    if doomed.id == library.generation.id:
        raise DesktopSearchError(ProblemCode.GENERATION_ACTIVE, id=doomed.id)
    if library.coming is not None and doomed.id == library.coming.id:
        raise DesktopSearchError(ProblemCode.GENERATION_COMING, id=doomed.id)
    with library.database.read() as connection:
        report = generations.reports(connection).get(doomed.id)
        fitted = doomed.id in generations.fittings(connection)
    if report is None and not fitted:
        raise DesktopSearchError(ProblemCode.GENERATION_OF_MODEL, id=doomed.id, model=doomed.model)
    own_model = report is not None and from_json(report).depth is Depth.DEEP
    try:
        if own_model:
            taught_models.hide(library.database.paths, doomed.model)
    except OSError as error:
        raise unwritable(library.database.paths, error) from error
    with library.database.write() as connection:
        generations.remove(connection, doomed.id)
        if own_model:
            caches.forget_embeddings(connection, doomed.fingerprint)
    if own_model:
        taught_models.forget_unused(library, doomed.model)
