"""Real child processes that answer, fail, crash, hang and lose their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from desktopsearch.domain.errors import BugError
from desktopsearch.domain.problems import ProblemCode
from desktopsearch.ipc.child import ChildProcess, ChildState, Lost, Role
from desktopsearch.ipc.messages import Broken, Done, Failed, Message, Ready
from tests.ipc.roles import REPLIES, ROLE, Deed, Echo, Options, Said

DEADLINE_S = 30.0
SHORT_S = 1.0

Arrived = list[Message | Lost]
pytestmark = pytest.mark.usefixtures("cold_children")
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of POSIX")


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., ChildProcess]]:
    made: list[ChildProcess] = []

    def child(factory: str = ROLE, options: Message | None = None) -> ChildProcess:
        made.append(ChildProcess(Role(factory, REPLIES, "talker"), options, tmp_path / "log"))
        return made[-1]

    yield child
    for each in made:
        each.stop()


@pytest.fixture
def child(make: Callable[..., ChildProcess]) -> ChildProcess:
    return started(make())


def collect(child: ChildProcess, last: type[Message]) -> Arrived:
    """Everything that arrives until a message of a class, or until the child is lost."""
    arrived: Arrived = []
    while not arrived or not isinstance(arrived[-1], (last, Lost)):
        wait(child.waitables, max(0.0, child.expires_at - time.monotonic()))
        arrived += child.receive()
    return arrived


def started(child: ChildProcess) -> ChildProcess:
    child.start()
    assert child.state.value == "starting"
    [ready] = collect(child, Ready)
    assert isinstance(ready, Ready)
    assert child.state is ChildState.IDLE
    return child


def ask(child: ChildProcess, request: Message, deadline_s: float = DEADLINE_S) -> Arrived:
    child.request(request, deadline_s)
    assert child.state is ChildState.BUSY
    return collect(child, Done)


def lost(arrived: Arrived) -> Lost:
    assert isinstance(arrived[-1], Lost), arrived
    return arrived[-1]


def check_alive(child: ChildProcess) -> None:
    assert ask(child, Echo("still there?")) == [Said("still there?"), Done()]


def check_restarts(child: ChildProcess) -> None:
    assert child.state is ChildState.STOPPED
    assert child.pid is None
    assert list(child.waitables) == []
    assert child.expires_at == float("inf")
    check_alive(started(child))


def test_answers_one_request_after_the_other(child: ChildProcess) -> None:
    for number in range(5):
        assert ask(child, Echo(str(number))) == [Said(str(number)), Done()]
        assert child.state is ChildState.IDLE
    assert child.expires_at == float("inf")


def test_gets_its_options_and_a_quiet_openmp(make: Callable[..., ChildProcess]) -> None:
    child = started(make(options=Options("hello")))
    assert child.detail.startswith("PASSIVE ")
    assert "hello" in child.detail


def test_a_large_message_passes(child: ChildProcess) -> None:
    text = "x" * 5_000_000
    assert ask(child, Echo(text)) == [Said(text), Done()]


def test_a_talkative_child_is_heard_in_parts(child: ChildProcess) -> None:
    child.request(Echo("again", times=500), DEADLINE_S)
    longest, total = 0, 0
    while child.state is ChildState.BUSY:
        wait(child.waitables, DEADLINE_S)
        arrived = child.receive()
        longest, total = max(longest, len(arrived)), total + len(arrived)
    assert total == 501
    assert longest <= 32


def test_a_problem_and_a_bug_leave_the_child_usable(child: ChildProcess) -> None:
    [refused, done] = ask(child, Deed("refuse"))
    assert isinstance(refused, Failed)
    assert (refused.problem, refused.parameters) == (
        ProblemCode.FILE_UNREADABLE,
        {"reason": "as asked"},
    )
    assert done == Done()
    [broken, done] = ask(child, Deed("raise"))
    assert isinstance(broken, Broken)
    assert "RuntimeError: as asked" in broken.traceback
    assert done == Done()
    check_alive(child)


@pytest.mark.parametrize("deed", ["segfault", "exit"])
def test_a_crash_is_noticed_and_mended(child: ChildProcess, deed: str) -> None:
    loss = lost(ask(child, Deed(deed)))
    assert not loss.timed_out
    assert not loss.during_start
    assert loss.detail.startswith("exit status ")
    check_restarts(child)


@posix
@pytest.mark.parametrize("deed", ["hang", "hang asleep", "hang in native code"])
def test_a_hang_is_killed_at_its_deadline(child: ChildProcess, deed: str) -> None:
    process = child.pid
    begun_at = time.monotonic()
    assert lost(ask(child, Deed(deed), SHORT_S)).timed_out
    assert time.monotonic() - begun_at >= SHORT_S
    assert process is not None
    assert not is_alive(process)
    check_restarts(child)


def test_the_deadline_is_for_silence_not_for_the_whole(child: ChildProcess) -> None:
    begun_at = time.monotonic()
    assert len(ask(child, Deed("slow but talking"), 2.5)) == 9
    assert time.monotonic() - begun_at > 2.5
    arrived = ask(child, Deed("hang after a word"), SHORT_S)
    assert arrived[0] == Said("first")
    assert lost(arrived).timed_out


def test_a_reply_that_nobody_expects_ends_the_child(child: ChildProcess) -> None:
    loss = lost(ask(child, Deed("strange reply")))
    assert "unreadable reply" in loss.detail
    check_restarts(child)


@pytest.mark.parametrize("deed", ["write nonsense", "write half a message and exit"])
def test_bytes_that_are_no_message_end_the_child(child: ChildProcess, deed: str) -> None:
    """As if native code in the child had written into the pipe."""
    assert not lost(ask(child, Deed(deed))).timed_out
    check_restarts(child)


@posix
def test_a_child_that_dies_idle_is_noticed(child: ChildProcess) -> None:
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    wait(child.waitables, DEADLINE_S)
    [loss] = child.receive()
    assert isinstance(loss, Lost)
    assert not loss.timed_out
    check_restarts(child)


@posix
def test_a_request_to_a_child_that_has_just_died(child: ChildProcess) -> None:
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    wait(child.waitables, DEADLINE_S)
    lost(ask(child, Echo("anybody?")))
    check_restarts(child)


@posix
def test_a_stopped_child_is_killed_at_its_deadline(child: ChildProcess) -> None:
    assert child.pid is not None
    os.kill(child.pid, signal.SIGSTOP)
    assert lost(ask(child, Echo("anybody?"), SHORT_S)).timed_out
    check_restarts(child)


@posix
def test_a_large_request_to_a_stopped_child_keeps_nobody_waiting(child: ChildProcess) -> None:
    assert child.pid is not None
    os.kill(child.pid, signal.SIGSTOP)
    asked_at = time.monotonic()
    child.request(Echo("x" * 8_000_000), SHORT_S)
    assert time.monotonic() - asked_at < SHORT_S
    assert lost(collect(child, Done)).timed_out
    check_restarts(child)


@posix
def test_an_interrupt_of_the_terminal_is_the_parents_business(child: ChildProcess) -> None:
    assert child.pid is not None
    os.kill(child.pid, signal.SIGINT)
    check_alive(child)


@pytest.mark.parametrize(
    ("factory", "reply"),
    [
        ("tests.ipc.roles:create_failing", Failed("MODEL_MISSING")),
        ("tests.ipc.roles:create_broken", Broken),
        ("tests.ipc.roles:create_dying", None),
        ("tests.ipc.roles:missing", Broken),
        ("tests.ipc.missing:create", Broken),
    ],
)
def test_a_role_that_cannot_be_made(
    make: Callable[..., ChildProcess], factory: str, reply: object
) -> None:
    child = make(factory)
    child.start()
    *before, last = collect(child, Ready)
    assert isinstance(last, Lost)
    assert last.during_start
    if reply is None:
        assert before == []
    elif isinstance(reply, type):
        assert [type(each) for each in before] == [reply]
    else:
        assert before == [reply]
    assert child.state is ChildState.STOPPED


def test_misuse_is_a_bug(make: Callable[..., ChildProcess]) -> None:
    child = make()
    with pytest.raises(BugError):
        child.request(Echo("too early"), DEADLINE_S)
    started(child)
    with pytest.raises(BugError):
        child.start()
    child.request(Echo("first"), DEADLINE_S)
    with pytest.raises(BugError):
        child.request(Echo("second"), DEADLINE_S)


@posix
def test_stop_is_quick_and_may_be_repeated(child: ChildProcess) -> None:
    process = child.pid
    assert process is not None
    child.request(Deed("hang"), DEADLINE_S)
    child.stop()
    child.stop()
    assert not is_alive(process)
    assert child.receive() == []
    check_restarts(child)


def test_what_a_child_prints_goes_to_the_log(child: ChildProcess, tmp_path: Path) -> None:
    ask(child, Deed("print"))
    child.stop()
    assert sorted((tmp_path / "log").read_text().splitlines()) == ["from C", "from Python"]


PARENT = """
import sys, time
from multiprocessing.connection import wait
from tests.ipc.roles import REPLIES, ROLE, Deed
from desktopsearch.ipc.child import ChildProcess, ChildState, Role

if __name__ == "__main__":
    child = ChildProcess(Role(ROLE, REPLIES, "talker"))
    child.start()
    while child.state is not ChildState.IDLE:
        wait(child.waitables)
        child.receive()
    if sys.argv[1]:
        child.request(Deed(sys.argv[1]), 0.5)
        time.sleep(0.2)
    print(child.pid, flush=True)
    time.sleep(600)
"""


@posix
@pytest.mark.parametrize("deed", ["", "hang", "hang asleep", "hang in native code"])
def test_no_child_outlives_a_killed_parent(tmp_path: Path, deed: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    checkout = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(
        [sys.executable, str(script), deed],
        env={**os.environ, "PYTHONPATH": checkout},
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
    expires_at = time.monotonic() + 60.0
    while is_alive(child):
        assert time.monotonic() < expires_at, "the child has outlived its parent"
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    # An orphan that nobody waits for stays as a zombie where init is not looking after it.
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
