"""The encoder as a real child: embeddings, bad input, and devices that fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from desktopsearch.domain.errors import DesktopSearchError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.hashing.encoder import LARGEST_BATCH, create
from desktopsearch.hashing.messages import (
    ENCODER_ROLE,
    DeviceChanged,
    Encoded,
    EncodeProxies,
    EncoderOptions,
    EncoderReply,
)
from desktopsearch.hashing.model import (
    EmbeddingWeights,
    bundled_model_folder,
    load_model,
    save_model,
)
from desktopsearch.ipc.child import ChildProcess, Lost, Role
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready
from tests.textures import KINDS, jpeg, texture

Replies = list[Message | Lost]
Start = Callable[..., ChildProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    children: list[ChildProcess] = []

    def start_child(factory: str, options: EncoderOptions | None = None) -> ChildProcess:
        child = ChildProcess(Role(factory, EncoderReply, "encoder"), options)
        children.append(child)
        child.start()
        assert isinstance(_replies(child)[-1], Ready)
        return child

    yield start_child
    for child in children:
        child.stop()


@pytest.fixture(scope="module")
def bundled() -> Iterator[ChildProcess]:
    """A child with the model of the application; tests ask it one after the other."""
    yield from _shared(ENCODER_ROLE, _bundled())


@pytest.fixture(scope="module")
def small() -> Iterator[ChildProcess]:
    """A child whose device is short of memory."""
    yield from _shared(f"{__package__}.weak_devices:small_device", None)


def _shared(factory: str, options: EncoderOptions | None) -> Iterator[ChildProcess]:
    child = ChildProcess(Role(factory, EncoderReply, "encoder"), options)
    child.start()
    assert isinstance(_replies(child)[-1], Ready)
    yield child
    child.stop()


def _replies(child: ChildProcess) -> Replies:
    """Collect what the child says until it is idle or gone."""
    replies: Replies = []
    while not replies or not isinstance(replies[-1], Ready | Done | Lost):
        wait(child.waitables, max(0.0, child.expires_at - time.monotonic()))
        replies += child.receive()
    return replies


def _ask(child: ChildProcess, proxies: list[bytes]) -> Replies:
    child.request(EncodeProxies(proxies), 60.0)
    return _replies(child)


def _matrix(reply: Message | Lost) -> NDArray[np.float16]:
    assert isinstance(reply, Encoded), reply
    return np.frombuffer(reply.embeddings, dtype="<f2").reshape(-1, reply.dimensions)


def _proxies(count: int) -> list[bytes]:
    return [jpeg(texture(KINDS[seed % len(KINDS)], seed)) for seed in range(count)]


def _options(folder: Path, device: Literal["cpu", "cuda"] = "cpu") -> EncoderOptions:
    """For the model that lies there."""
    return EncoderOptions(
        str(folder), load_model(folder).manifest.fingerprint, device=device, threads=1
    )


def _bundled(device: Literal["cpu", "cuda"] = "cpu") -> EncoderOptions:
    return _options(bundled_model_folder(), device)


def test_the_bundled_model_embeds_proxies_in_order(bundled: ChildProcess) -> None:
    child = bundled
    assert child.detail == "CPU, 1 thread"
    proxies = _proxies(6)
    together, done = _ask(child, proxies)
    assert done == Done()
    embeddings = _matrix(together)
    assert embeddings.shape == (6, 256)
    np.testing.assert_allclose(np.linalg.norm(embeddings.astype(float), axis=1), 1, atol=2e-3)
    assert len(np.unique(embeddings, axis=0)) == 6
    alone = np.concatenate([_matrix(_ask(child, [proxy])[0]) for proxy in proxies])
    np.testing.assert_allclose(alone.astype(float), embeddings.astype(float), atol=2e-3)
    layer = load_model(bundled_model_folder()).layer
    differing = np.bitwise_count(layer.codes(alone) ^ layer.codes(embeddings)).sum()
    assert differing <= 6 * 256 * 0.002


def test_the_same_request_gives_the_same_bytes(bundled: ChildProcess) -> None:
    proxies = _proxies(3)
    assert _ask(bundled, proxies) == _ask(bundled, proxies)


def test_a_model_for_other_features_is_refused_at_the_start(tmp_path: Path) -> None:
    model = load_model(bundled_model_folder())
    fewer = EmbeddingWeights(model.embedding.weight[:, :1280], model.embedding.bias)
    save_model(tmp_path, model.manifest, fewer, model.layer)
    with pytest.raises(DesktopSearchError) as caught:
        create(msgspec.msgpack.encode(_options(tmp_path)))
    assert caught.value.code is ProblemCode.MODEL_DAMAGED


def test_a_model_for_features_that_were_pooled_otherwise_is_refused_at_the_start(
    tmp_path: Path,
) -> None:
    model = load_model(bundled_model_folder())
    older = msgspec.structs.replace(model.manifest, pooling="head-mean-1")
    save_model(tmp_path, older, model.embedding, model.layer)
    with pytest.raises(DesktopSearchError) as caught:
        create(msgspec.msgpack.encode(_options(tmp_path)))
    assert caught.value.code is ProblemCode.MODEL_DAMAGED
    assert caught.value.parameters["reason"] == (
        f"it takes features pooled by head-mean-1, not by {model.manifest.pooling}"
    )


def test_a_proxy_that_is_no_picture_fails_its_request_only(small: ChildProcess) -> None:
    failed, done = _ask(small, [_proxies(1)[0], b"no picture"])
    assert isinstance(failed, Failed)
    assert failed.code == "FILE_NOT_ENCODED"
    assert done == Done()
    assert _matrix(_ask(small, _proxies(1))[0]).shape == (1, 3)


def test_nothing_is_embedded_as_nothing(bundled: ChildProcess) -> None:
    assert _ask(bundled, []) == [Encoded(b"", 0), Done()]


@pytest.mark.skipif(
    torch.cuda.is_available(), reason="this machine has the device that should fail"
)
def test_a_machine_without_the_wanted_device_goes_on_with_the_cpu_and_says_so(
    start: Start,
) -> None:
    child = start(ENCODER_ROLE, _bundled("cuda"))
    assert child.detail.startswith("CPU")
    changed, encoded, _ = _ask(child, _proxies(2))
    assert isinstance(changed, DeviceChanged)
    assert changed.failed_device == "cuda"
    assert changed.device.startswith("CPU")
    assert changed.reason
    assert _matrix(encoded).shape == (2, 256)
    assert len(_ask(child, _proxies(2))) == 2  # said once


@pytest.mark.parametrize(
    "device", ["vanishing_device", "full_device", "mad_device", "absent_device"]
)
def test_a_device_that_fails_costs_speed_but_no_answer(
    start: Start, small: ChildProcess, device: str
) -> None:
    child = start(f"{__package__}.weak_devices:{device}")
    proxies = _proxies(LARGEST_BATCH + 5)
    changed, encoded, _ = _ask(child, proxies)
    assert isinstance(changed, DeviceChanged)
    assert changed.reason
    assert "\n" not in changed.reason
    assert changed.device.startswith("CPU")
    np.testing.assert_array_equal(_matrix(encoded), _matrix(_ask(small, proxies)[0]))
    assert isinstance(_ask(child, proxies[:2])[0], Encoded)


def test_a_device_short_of_memory_gets_smaller_batches_and_is_kept(start: Start) -> None:
    child = start(f"{__package__}.weak_devices:small_device")
    proxies = _proxies(40)
    encoded, done = _ask(child, proxies)
    assert done == Done()
    rows = _matrix(encoded)
    assert rows.shape == (40, 3)
    np.testing.assert_array_equal(rows[7:9], _matrix(_ask(child, proxies[7:9])[0]))


def test_one_picture_too_much_for_the_whole_machine_is_a_problem_not_a_crash(start: Start) -> None:
    child = start(f"{__package__}.weak_devices:full_machine")
    failed, done = _ask(child, _proxies(2))
    assert isinstance(failed, Failed)
    assert failed.code == "ENCODER_FAILED"
    assert done == Done()


def test_a_wrong_network_is_our_bug(start: Start) -> None:
    child = start(f"{__package__}.weak_devices:broken_network")
    broken, _ = _ask(child, _proxies(2))
    assert isinstance(broken, Broken)
    assert "shapes do not fit" in broken.traceback
