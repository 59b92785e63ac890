"""What processors are called."""

from __future__ import annotations

import torch

from desktopsearch.hashing.devices import CPU, device_name


def test_the_name_of_a_cpu_is_one_that_the_window_can_translate() -> None:
    before = torch.get_num_threads()
    try:
        names = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            names.append(device_name(CPU))
    finally:
        torch.set_num_threads(before)
    assert names == ["CPU, 1 thread", "CPU, 2 threads"]
