"""Several generators at once, each on a thread, told of by one.

A step of a lesson is many small products, in which the interpreter's lock is free: two lessons on
two cores take hardly longer than one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event
from typing import TypeVar

Item = TypeVar("Item")
Stop = Callable[[], bool]
Work = Callable[[Stop], Iterator[Item]]

MOST_AT_ONCE = 2
"""More were not measured: the lock is one for all of them."""


def side_by_side(works: Sequence[Work[Item]], at_once: int) -> Generator[Item]:
    """Yield what the works yield as it comes; they begin in their order.

    Ends them all, at their next look at ``stop``, when one of them raises or nobody wants more.

    Args:
        works: Each is handed a ``stop`` to ask and returns an iterator that only its thread uses.
        at_once: How many run at a time.

    Raises:
        Exception: What the first of them to fail raised.
    """
    ended = Event()
    told: SimpleQueue[Item | Future[None]] = SimpleQueue()

    def run(work: Work[Item]) -> None:
        for item in work(ended.is_set):
            told.put(item)

    pool = ThreadPoolExecutor(at_once, thread_name_prefix="lesson")
    try:
        for work in works:
            pool.submit(run, work).add_done_callback(told.put)
        left = len(works)
        while left:
            item = told.get()
            if isinstance(item, Future):
                item.result()
                left -= 1
            else:
                yield item
    finally:
        ended.set()
        pool.shutdown(cancel_futures=True)
