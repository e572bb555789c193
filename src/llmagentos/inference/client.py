"""The node's side of the model's process: starts it, speaks to it, replaces it when it dies or hangs."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from llmagentos.inference.chat import Message
from llmagentos.inference.decision import Bounds, Choice, Outcome
from llmagentos.inference.ports import GREEDY, ModelUnavailable, Sampling
from llmagentos.inference.remembered import RememberedDecisions
from llmagentos.language.automaton import Automaton

START_DEADLINE_S = 120.0
GRACE_S = 10.0
"""How much longer than its own deadline a decision may take before the process counts as hung."""
LINE_LIMIT = 64 * 1024 * 1024


class ModelWorker:
    """One worker process. Requests may overlap; they are answered in order."""

    def __init__(self, model: Path, *, threads: int = 0) -> None:
        self._model = model
        self._threads = threads or max(1, min(4, (os.cpu_count() or 2)))
        self._process: asyncio.subprocess.Process | None = None
        self._pending: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._hearing: dict[int, Callable[[str], None]] = {}
        self._count = 0
        self._starting = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self._remembered = RememberedDecisions()
        self.name = model.stem

    async def start(self) -> None:
        """Load the model. Raises: ModelUnavailable."""
        async with self._starting:
            if self._process is not None and self._process.returncode is None:
                return
            await self._stop()
            environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "llmagentos.inference.worker", str(self._model), str(self._threads),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                limit=LINE_LIMIT, env=environment,
            )  # fmt: skip
            ready = asyncio.get_running_loop().create_future()
            self._pending = {0: ready}
            self._reader = asyncio.create_task(self._read(self._process))
            try:
                await asyncio.wait_for(ready, START_DEADLINE_S)
            except TimeoutError as error:
                await self._stop()
                raise ModelUnavailable(f"the model did not load within {START_DEADLINE_S:.0f} s") from error

    async def decide(
        self, static: tuple[Message, ...], dynamic: tuple[Message, ...], automaton: Automaton, bounds: Bounds,
        likely: Sequence[str] = (),
    ) -> Outcome:  # fmt: skip
        """See `decision.decide`; what was decided before is not asked again. Raises: ModelUnavailable."""
        started, key = time.monotonic(), (static, dynamic, automaton, bounds)
        known = self._remembered.recall(key)
        if known is not None:
            return replace(known, passes=0, duration_ms=(time.monotonic() - started) * 1000)
        result = await self._ask(
            bounds.deadline_s,
            op="decide",
            static=static,
            dynamic=dynamic,
            automaton=automaton.to_json(),
            bounds=asdict(bounds),
            likely=likely,
        )
        choices = tuple(Choice(text, probability) for text, probability in result["choices"])
        outcome = Outcome(choices, result["passes"], result["duration_ms"], result["exact"], result["prompt_tokens"])
        self._remembered.keep(key, outcome)
        return outcome

    async def read(self, messages: tuple[Message, ...], *, deadline_s: float) -> None:
        """Let the model read the beginning of prompts to come. Raises: ModelUnavailable."""
        await self._ask(deadline_s, op="read", messages=messages)

    async def states(
        self, messages: tuple[Message, ...], paths: Sequence[str], *, deadline_s: float
    ) -> list[list[float]]:
        """What the model holds after an open message, and after each text that may follow: "" is none. Raises: ModelUnavailable."""
        result = await self._ask(deadline_s, op="states", messages=messages, paths=list(paths))
        states: list[list[float]] = result["states"]
        return states

    async def generate(
        self, messages: tuple[Message, ...], *, max_tokens: int, deadline_s: float, sampling: Sampling = GREEDY
    ) -> AsyncGenerator[str]:
        """Free text in pieces as it comes; the last message is open. Who stops listening stops the model. Raises: ModelUnavailable."""
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        request = {"op": "generate", "messages": messages, "max_tokens": max_tokens, "sampling": asdict(sampling)}
        asked = asyncio.create_task(self._ask(deadline_s, pieces.put_nowait, **request))
        asked.add_done_callback(lambda _: pieces.put_nowait(None))
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
            await asked
        finally:
            asked.cancel()

    def resident_mb(self) -> int:
        """Memory of the process; 0 where it does not run or the system does not tell."""
        status = Path(f"/proc/{self._process.pid}/status") if self._process is not None else None
        if status is None or not status.exists():
            return 0
        fields = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(fields["VmRSS"].split()[0]) // 1024

    async def close(self) -> None:
        """End the process."""
        await self._stop()

    async def _ask(
        self, deadline_s: float, hear: Callable[[str], None] = lambda _piece: None, **request: Any
    ) -> dict[str, Any]:
        await self.start()
        assert self._process is not None
        assert self._process.stdin is not None
        self._count += 1
        identity = self._count
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._pending[identity] = answer
        self._hearing[identity] = hear
        try:
            self._process.stdin.write(json.dumps({"id": identity, **request}, ensure_ascii=False).encode() + b"\n")
            await self._process.stdin.drain()
            return await asyncio.wait_for(answer, deadline_s + GRACE_S)
        except TimeoutError as error:
            await self._stop()
            raise ModelUnavailable(
                f"the model took longer than {deadline_s + GRACE_S:.0f} s and was stopped"
            ) from error
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ModelUnavailable("the model's process ended") from error
        except asyncio.CancelledError:
            self._process.stdin.write(json.dumps({"op": "cancel", "id": identity}).encode() + b"\n")
            raise
        finally:
            self._pending.pop(identity, None)
            self._hearing.pop(identity, None)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            data = json.loads(line)
            waiting = self._pending.get(data["id"])
            if waiting is None or waiting.done():
                continue
            if "piece" in data:
                self._hearing[data["id"]](data["piece"])
            elif "error" in data:
                waiting.set_exception(ModelUnavailable(data["error"]))
            else:
                waiting.set_result(data["result"])
        for waiting in self._pending.values():
            if not waiting.done():
                waiting.set_exception(ModelUnavailable("the model's process ended"))

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._reader is not None:
            await self._reader
            self._reader = None
