"""The node's side of the compiler's process."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from llmagentos.inference.ports import ModelUnavailable


async def compile_model(
    model: Path,
    store: Path,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    adapter: Path | None = None,
) -> Path:
    """The folder of the compiled model; what was compiled before takes no time. Raises: ModelUnavailable."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "llmagentos.inference.compiler", str(model), str(store), *([str(adapter)] if adapter else []),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    last = ""
    try:
        async for line in process.stdout:
            last = line.decode().strip()
            done, _, total = last.partition(" ")
            if done.isdigit() and total.isdigit():
                progress(int(done), int(total))
        errors = (await process.stderr.read()).decode().strip()
        if await process.wait() != 0:
            raise ModelUnavailable(errors.splitlines()[-1] if errors else "the model could not be compiled")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Path(last)
