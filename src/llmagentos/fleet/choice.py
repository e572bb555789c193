"""Which releases are used: one small file, replaced as a whole.

At any instant, and after any loss of power, a model has the release before or the one after, never a mixture. What the file says is checked as it is
read: it names releases and nothing else.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACTIVE = "active.json"
_NAME = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Choice:
    """For one model: names of releases, the one in use first, and the highest version that was ever used."""

    used: tuple[str, ...] = ()
    highest: int = 0


def choices(folder: Path) -> dict[str, Choice]:
    """For each model; nothing where the file is not there or garbled: what ships is used then."""
    try:
        data: Any = json.loads((folder / ACTIVE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(data, dict):
        return {}
    return {model: choice for model, one in data.items() if (choice := _choice(one)) is not None}


def choose(folder: Path, model: str, choice: Choice) -> None:
    """Raises: OSError; then all is as before."""
    data = {
        name: {"used": one.used, "highest": one.highest} for name, one in {**choices(folder), model: choice}.items()
    }
    partial = folder / f"{ACTIVE}.partial"
    with partial.open("w", encoding="utf-8") as out:
        json.dump(data, out)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(folder / ACTIVE)
    synced(folder)


def synced(folder: Path) -> None:
    """A rename is on disk once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _choice(data: Any) -> Choice | None:
    used, highest = (data.get("used"), data.get("highest")) if isinstance(data, dict) else (None, None)
    if not isinstance(used, list) or not isinstance(highest, int):
        return None
    return Choice(tuple(one for one in used if isinstance(one, str) and _NAME.fullmatch(one)), highest)
