"""Test material that is kept beside the repository, in `../shared/data`; tests that need it skip where it is absent."""

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def needs(relative: str) -> Path:
    """The path of a file or folder of the material; skips the test that asks where it is absent."""
    path = DATA / relative
    if not path.exists():
        pytest.skip(f"test material {relative} is not beside this repository")
    return path
