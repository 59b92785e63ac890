"""The parent's side of many proxies at once: one encoder child, embeddings in order.

For commands that work through a folder and wait. Imports no torch.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing.connection import wait

import numpy as np
from numpy.typing import NDArray

from desktopsearch.domain.errors import BugError, DesktopSearchError
from desktopsearch.domain.problems import ProblemCode, sentence
from desktopsearch.hashing.messages import (
    ENCODER_ROLE,
    DeviceChanged,
    Encoded,
    EncodeProxies,
    EncoderOptions,
    EncoderReply,
)
from desktopsearch.ipc.child import ChildProcess, Lost, Role
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready

BATCH = 16
DEADLINE_S = 120.0

_log = logging.getLogger(__name__)


def encode_proxies(
    proxies: Iterable[bytes], options: EncoderOptions, batch: int = BATCH
) -> Iterator[NDArray[np.float16]]:
    """Yield (n, D) embeddings for up to ``batch`` proxies at a time, in their order.

    The next proxies are taken while the child computes. Closing the iterator ends the child.

    Args:
        proxies: JPEG bytes made by the decoder.
        options: What the child loads.
        batch: Proxies a request.

    Raises:
        DesktopSearchError: CHILD_FAILED, ENCODER_FAILED, MODEL_MISSING, MODEL_DAMAGED,
            FILE_NOT_ENCODED.
    """
    child = ChildProcess(Role(ENCODER_ROLE, EncoderReply, "encoder"), options)
    remaining = iter(proxies)
    try:
        child.start()
        upcoming = list(islice(remaining, batch))
        _await(child)
        while upcoming:
            child.request(EncodeProxies(upcoming), DEADLINE_S)
            upcoming = list(islice(remaining, batch))
            yield _await(child)
    finally:
        child.stop()


def _await(child: ChildProcess) -> NDArray[np.float16]:
    """Wait until the child is idle; return what it encoded, an empty matrix after its start."""
    embeddings = np.empty((0, 0), dtype=np.float16)
    while True:
        wait(child.waitables, max(0.0, child.expires_at - time.monotonic()))
        for message in child.receive():
            if isinstance(message, Encoded):
                values = np.frombuffer(message.embeddings, dtype="<f2")
                embeddings = values.reshape(-1, message.dimensions)
            elif isinstance(message, DeviceChanged):
                _log.warning("%s", _device_sentence(message))
            elif isinstance(message, Ready | Done):
                return embeddings
            else:
                _refuse(message)


def _refuse(message: Message | Lost) -> None:
    if isinstance(message, Failed):
        raise DesktopSearchError(message.problem, **message.parameters)
    if isinstance(message, Broken):
        raise BugError(f"the encoder broke:\n{message.traceback}")
    if isinstance(message, Lost) and message.during_start:
        raise DesktopSearchError(ProblemCode.CHILD_FAILED, role="encoder", reason=message.detail)
    if isinstance(message, Lost):
        reason = "no answer" if message.timed_out else message.detail
        raise DesktopSearchError(ProblemCode.ENCODER_FAILED, reason=reason)
    raise BugError(f"the encoder said {message}")


def _device_sentence(changed: DeviceChanged) -> str:
    return sentence(
        ProblemCode.DEVICE_FAILED, {"device": changed.failed_device, "reason": changed.reason}
    )
