"""Runs commands that heed the rights of files, also where the tests are run by root."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

_HEEDING = ("--bounding-set=-dac_override,-dac_read_search",)


def heeding_rights() -> tuple[str, ...]:
    """Return what to put before a command; skips the test where that cannot be had."""
    if os.name == "nt":
        pytest.skip("needs the rights of POSIX")
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("run by root, whom no rights stop, and there is no setpriv to change that")
    prefix = (setpriv, *_HEEDING)
    if subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("run by root, whom no rights stop, and setpriv may not change that")
    return prefix
