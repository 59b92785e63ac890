"""The process in which an engine is measured: memory settings and threads belong to a process."""

from __future__ import annotations

import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.engines import ENGINES, Embed


def serve(name: str, folder: Path, threads: int, pixels: Path, pipe: Connection) -> None:
    """Load an engine, then answer what the pipe asks.

    A pair of a batch size and a number of pictures is answered by the seconds that it took, the
    word ``embeddings`` by those of all pictures. Closing the pipe ends it.
    """
    started_at = time.perf_counter()
    embed = ENGINES[name].load(folder, threads)
    pictures: NDArray[np.uint8] = np.load(pixels)
    loading_s = time.perf_counter() - started_at
    embed(pictures[:1])
    pipe.send((loading_s, time.perf_counter() - started_at))
    with suppress(EOFError):
        while True:
            pipe.send(_answer(pipe.recv(), embed, pictures))


def _answer(
    question: object, embed: Embed, pictures: NDArray[np.uint8]
) -> float | NDArray[np.float32]:
    if question == "embeddings":
        runs = range(0, len(pictures), 16)
        return np.concatenate([embed(pictures[start : start + 16]) for start in runs])
    assert isinstance(question, tuple)
    batch, count = question
    turns = np.resize(np.arange(len(pictures)), count)
    started_at = time.perf_counter()
    for start in range(0, count, batch):
        embed(pictures[turns[start : start + batch]])
    return time.perf_counter() - started_at
