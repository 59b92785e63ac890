"""Keeps the results of a long series, a file each, so that it can be stopped and gone on with."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

Result = TypeVar("Result", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Kept(Generic[Result]):
    """Results in a folder."""

    folder: Path
    kind: type[Result]

    def find(self, name: str) -> Result | None:
        """Return what was kept under a name."""
        file = self._file(name)
        return msgspec.json.decode(file.read_bytes(), type=self.kind) if file.exists() else None

    def keep(self, name: str, result: Result) -> None:
        """Write a result whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self._file(name)
        partial = file.with_suffix(".partial")
        partial.write_bytes(msgspec.json.encode(result))
        partial.replace(file)

    def everything(self) -> list[Result]:
        """Return all that was kept, in the order of the names."""
        files = sorted(self.folder.glob("*.json"))
        return [msgspec.json.decode(file.read_bytes(), type=self.kind) for file in files]

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def commit() -> str:
    """Of the program; ends with a plus where it was changed since."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=+"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
