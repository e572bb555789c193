"""The whole state of a run in one file, written whole or not at all, and a log that agrees with it."""

import json
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

CHECKPOINT, LOG = "checkpoint.pt", "log.jsonl"
Line = Mapping[str, float]


class DamagedRun(ValueError):
    """A checkpoint cannot be read. The message says which file to remove."""


def save(folder: Path, state: Mapping[str, Any]) -> None:
    """Guarantees: after a loss of power the file is the old one or the new one."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{CHECKPOINT}.partial"
    with partial.open("wb") as out:
        torch.save(dict(state), out)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(folder / CHECKPOINT)


def load(folder: Path) -> dict[str, Any] | None:
    """None where no run has saved anything. Raises: DamagedRun."""
    file = folder / CHECKPOINT
    if not file.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(file, weights_only=True, map_location="cpu")
    except (RuntimeError, OSError, EOFError, pickle.UnpicklingError) as error:
        raise DamagedRun(f"{file} is damaged; remove it to begin this run again") from error
    if not {"course", "step", "network", "optimisers"} <= state.keys():
        raise DamagedRun(f"{file} is of another version of this program; remove it to begin this run again")
    return state


class Log:
    """A line of JSON for each thing measured, in the order of steps."""

    def __init__(self, folder: Path, until: int) -> None:
        """What an earlier segment wrote after step `until` is forgotten: it will be done again."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / LOG
        self.lines: list[Line] = [one for one in _read(self._file) if one["step"] <= until]
        self._file.write_text("".join(json.dumps(one) + "\n" for one in self.lines), encoding="utf-8")

    def add(self, line: Line) -> None:
        self.lines.append(line)
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")


def _read(file: Path) -> "list[Line]":
    lines: list[Line] = []
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:  # cut off when the power went: it will be measured again
            break
    return lines
