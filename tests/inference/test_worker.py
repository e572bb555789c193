"""The model's process, with a tiny model compiled as a real one is."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from llmagentos.inference.client import ModelWorker
from llmagentos.inference.compiling import compile_model
from llmagentos.inference.decision import Bounds
from llmagentos.inference.ports import ModelUnavailable, Sampling
from llmagentos.language.automaton import Automaton, Builder
from tests.inference.tiny import write_gguf

STATIC = (("system", ("Write each request as one command.",)), ("user", ("Request: x",)), ("assistant", ("Command:", " none")))  # fmt: skip
DYNAMIC = (("user", ("Request: turn on the lamp",)), ("assistant", ("Command:",)))


def lamp() -> Automaton:
    builder = Builder()
    for verb in (" turn on", " turn off"):
        for name in ("Lamp", "Light"):
            builder.accept(builder.path(builder.start, [verb, " light", f' "{name}"']))
    return builder.build()


def play(folder: Path, script: Callable[[ModelWorker], Awaitable[None]]) -> None:
    async def run() -> None:
        steps: list[tuple[int, int]] = []
        compiled = await compile_model(
            write_gguf(folder / "tiny.gguf"), folder, lambda done, total: steps.append((done, total))
        )
        assert steps[-1][0] == steps[-1][1]
        again: list[tuple[int, int]] = []
        assert await compile_model(folder / "tiny.gguf", folder, lambda *step: again.append(step)) == compiled
        assert again == []
        worker = ModelWorker(compiled, threads=1)
        try:
            await script(worker)
        finally:
            await worker.close()

    asyncio.run(run())


def test_it_decides_and_remembers(tmp_path: Path) -> None:
    async def script(worker: ModelWorker) -> None:
        await worker.read((*STATIC, ("user", ("",))), deadline_s=10)
        first = await worker.decide(STATIC, DYNAMIC, lamp(), Bounds(n_best=4, floor=1e-9))
        assert first.exact
        assert first.passes > 0
        assert abs(sum(one.probability for one in first.choices) - 1) < 1e-6
        second = await worker.decide(STATIC, DYNAMIC, lamp(), Bounds(n_best=4, floor=1e-9))
        assert (second.choices, second.passes) == (first.choices, 0)

    play(tmp_path, script)


def test_free_text_comes_in_pieces_and_stops_when_nobody_listens(tmp_path: Path) -> None:
    async def script(worker: ModelWorker) -> None:
        opened = (*STATIC, ("assistant", ("",)))
        whole = [one async for one in worker.generate(opened, max_tokens=8, deadline_s=10)]
        assert len(whole) > 1
        hot = worker.generate(opened, max_tokens=8, deadline_s=10, sampling=Sampling(temperature=5.0, seed=3))
        assert [one async for one in hot] != whole
        endless = worker.generate(opened, max_tokens=200, deadline_s=30)
        assert await anext(endless) == whole[0]
        await endless.aclose()
        assert (await asyncio.wait_for(worker.decide(STATIC, DYNAMIC, lamp(), Bounds()), 5)).choices

    play(tmp_path, script)


def test_it_comes_back_after_a_kill(tmp_path: Path) -> None:
    async def script(worker: ModelWorker) -> None:
        before = await worker.decide(STATIC, DYNAMIC, lamp(), Bounds())
        assert worker._process is not None
        worker._process.kill()
        await worker._process.wait()
        after = await worker.decide(STATIC, (("user", ("Request: lamp on",)), DYNAMIC[1]), lamp(), Bounds())
        assert after.passes > 0
        assert before.choices

    play(tmp_path, script)


def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"no model")
    with pytest.raises(ModelUnavailable, match="no GGUF file"):
        asyncio.run(compile_model(file, tmp_path))
