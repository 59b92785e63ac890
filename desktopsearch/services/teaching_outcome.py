"""Keeps what a teaching came to: a generation with its report, and its model if it has one."""

from __future__ import annotations

import time

from desktopsearch.domain.library import Generation
from desktopsearch.hashing.teaching.messages import Taught
from desktopsearch.services import taught_models
from desktopsearch.services.library import Library
from desktopsearch.services.teaching_job import Job
from desktopsearch.services.teaching_report import TeachingReport, to_json
from desktopsearch.storage import generations
from desktopsearch.storage.failures import unwritable

Outcome = tuple[Generation, TeachingReport]


def keep(library: Library, job: Job, taught: Taught, report: TeachingReport) -> Generation:
    """Add a generation with its report in one transaction, its model in place just before.

    Args:
        library: That was taught.
        job: Of the teaching.
        taught: What it came to.
        report: What is to be remembered of it.

    Raises:
        DesktopSearchError: LIBRARY_UNWRITABLE or LIBRARY_DISK_FULL.
    """
    model, fingerprint = library.generation.model, job.fingerprint
    if taught.fingerprint:
        model, fingerprint = taught_models.name_for(job.id), taught.fingerprint
        try:
            taught_models.put_in_place(library, model)
        except OSError as error:
            raise unwritable(library.database.paths, error) from error
    with library.database.write() as connection:
        generation = generations.add(
            connection,
            name=time.strftime("taught %Y-%m-%d %H:%M"),
            model=model,
            fingerprint=fingerprint,
            bits=report.bits,
            hash_layer=taught.hash_layer,
        )
        generations.keep_report(connection, generation.id, to_json(report))
    return generation
