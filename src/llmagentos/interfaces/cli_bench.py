"""`agentos bench ...`: every command shows progress, a table and the failures, and ends with one JSON line."""

import time
from pathlib import Path
from typing import Annotated

import typer

from llmagentos.bench import exposes, fuzz, impossible
from llmagentos.bench.assist import find_cases, run_assist
from llmagentos.bench.crash import passed, run_crash
from llmagentos.bench.dangers import run_dangers
from llmagentos.bench.dialogues import run_dialogues
from llmagentos.bench.house import run_house
from llmagentos.bench.hwu import run_hwu
from llmagentos.bench.injection import broken as let_through
from llmagentos.bench.injection import run_injection
from llmagentos.bench.intents import run_intents
from llmagentos.bench.kill9 import broken, run_kill9
from llmagentos.bench.orders import run_orders
from llmagentos.bench.promises import broken as unkept
from llmagentos.bench.promises import run_promises
from llmagentos.bench.promptness import run_promptness
from llmagentos.bench.rcpsp import run_rcpsp
from llmagentos.bench.reaction import run_reaction
from llmagentos.bench.recall import run_recall
from llmagentos.bench.report import Figures
from llmagentos.bench.rules import run_rules
from llmagentos.bench.subject import chosen, measured, store
from llmagentos.bench.thermal import run_thermal
from llmagentos.inference.compiling import compile_model
from llmagentos.inference.store import DEFAULT_MODEL
from llmagentos.interfaces import cli_bench_knowledge, cli_bench_models, cli_bench_senses
from llmagentos.interfaces.measuring import (
    FolderArgument,
    JsonOption,
    LimitOption,
    ModelOption,
    measure_bench,
    out,
    with_model,
)

bench_app = typer.Typer(help="Measurements that anyone can repeat.", no_args_is_help=True)


@bench_app.command()
def assist(
    folder: FolderArgument, model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None
) -> None:
    """Homes with sentences, in the format of home-assistant-datasets; the whole home is compared."""

    with_model("assist", model, json, lambda decider: run_assist(find_cases(folder)[:limit], decider, out))


@bench_app.command("ha-intents")
def ha_intents(
    folder: FolderArgument, model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None
) -> None:
    """Sentences with Home Assistant's intent and slots, read off the tree of what was understood."""

    with_model("ha-intents", model, json, lambda decider: run_intents(folder, limit, decider, out))


@bench_app.command()
def hwu(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The test part of HWU64, fold 1.")],
    model: ModelOption = DEFAULT_MODEL,
    limit: LimitOption = None,
    json: JsonOption = None,
) -> None:
    """What people said to a home robot: the right verb and place."""

    with_model("hwu", model, json, lambda decider: run_hwu(file, decider, limit, out))


@bench_app.command()
def house(model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None) -> None:
    """What people say to the demo house."""

    with_model("house", model, json, lambda decider: run_house(decider, out, limit))


@bench_app.command("orders")
def orders_command(model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None) -> None:
    """Standing orders in words, said to the demo house."""
    with_model("orders", model, json, lambda decider: run_orders(decider, out, limit))


@bench_app.command("questions")
def questions_command(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Holds soda_brick.ttl and chiller-plant.ttl.")
    ],
    model: ModelOption = DEFAULT_MODEL,
    limit: LimitOption = None,
    json: JsonOption = None,
) -> None:
    """What owners and operators ask of a house with a past and of two drawn-up buildings."""
    from llmagentos.bench.questions import run_questions  # loads a database, which no other command waits for

    with_model("questions", model, json, lambda decider: run_questions(decider, folder, out, limit))


@bench_app.command("dialogues")
def dialogues_command(model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None) -> None:
    """Conversations with the demo house, turn by turn."""

    with_model("dialogues", model, json, lambda decider: run_dialogues(decider, out, limit))


@bench_app.command()
def latency(
    model: ModelOption = DEFAULT_MODEL,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Sentences for each size of home.")] = 40,
    sizes: Annotated[str, typer.Option(help="Entities of the homes, with commas.")] = "10,100,1000,10000",
    json: JsonOption = None,
) -> None:
    """From words to a legal command, our way and the usual way in turns, over homes of growing size."""

    async def measure() -> Figures:
        from llmagentos.bench.latency import run_latency  # loads model code, which no other command waits for

        file = chosen(model).file
        async with measured(model) as decider:
            return {"model": model, **await run_latency(model, file, decider, limit, tuple(map(int, sizes.split(","))), out)}  # fmt: skip

    measure_bench("latency", measure(), json)


@bench_app.command()
def engine(model: ModelOption = DEFAULT_MODEL, json: JsonOption = None) -> None:
    """Passes of our engine beside llama.cpp and CTranslate2 (both of the `dev` extra)."""

    async def measure() -> Figures:
        from llmagentos.bench.engine import run_cold, run_engine  # loads model code, which no other command waits for

        file, folder = chosen(model).file, store().folder
        started = time.perf_counter()
        compiled = await compile_model(file, folder)
        figures: Figures = {
            "model": model,
            "compile_s": round(time.perf_counter() - started, 1),
            **await run_cold(compiled),
        }
        return {**figures, **run_engine(model, file, folder, out)}

    measure_bench("engine", measure(), json)


@bench_app.command()
def recall(folder: FolderArgument, json: JsonOption = None) -> None:
    """Whether what sentences are about is among the candidates that the model sees."""

    async def measure() -> Figures:
        return run_recall(folder, out)

    measure_bench("recall", measure(), json)


@bench_app.command()
def reaction(model: ModelOption = DEFAULT_MODEL, json: JsonOption = None) -> None:
    """From a request on the local socket to the message on the broker."""

    with_model("reaction", model, json, lambda decider: run_reaction(decider, out))


@bench_app.command()
def fidelity(
    text: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A text, plain or gzipped; its end is read.")
    ],
    model: ModelOption = DEFAULT_MODEL,
    tokens: Annotated[int, typer.Option(min=2048, help="How much of it.")] = 20_480,
    json: JsonOption = None,
) -> None:
    """What int8 costs against float32 and llama.cpp's F16, over a text."""

    async def measure() -> Figures:
        from llmagentos.bench.fidelity import run_fidelity  # loads model code, which no other command waits for

        file, folder = chosen(model).file, store().folder
        return {"model": model, **run_fidelity(file, text, tokens, folder, out)}

    measure_bench("fidelity", measure(), json)


@bench_app.command()
def decisions(
    model: ModelOption = DEFAULT_MODEL,
    count: Annotated[int, typer.Option(min=1, help="Sentences.")] = 500,
    seed: int = 5,
    keep: Annotated[
        Path | None, typer.Option(help="Write the decisions for `python -m llmagentos.bench.replay`.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Decisions as they are made, against reading every sentence that could win, and against float32."""

    async def measure() -> Figures:
        from llmagentos.bench.decisions import run_decisions  # loads model code, which no other command waits for

        return {"model": model, **await run_decisions(chosen(model), store().folder, count, seed, keep, out)}

    def broken(figures: Figures) -> list[str]:
        return [] if figures["float32_exact"] == 1 else ["the search missed the most probable sentence"]

    measure_bench("decisions", measure(), json, broken)


@bench_app.command()
def crash(
    kills: Annotated[int, typer.Option(min=1, help="How often the node is killed.")] = 25,
    seed: Annotated[int, typer.Option(help="Where the instants come from.")] = 1,
    json: JsonOption = None,
) -> None:
    """Kill the node at random instants while commands stream: nothing is lost, nothing is sent twice."""
    measure_bench("crash", run_crash(kills, seed, out), json, passed)


@bench_app.command()
def kill9(
    kills: Annotated[int, typer.Option(min=0, help="Kills at random instants.")] = 20,
    boundaries: Annotated[
        int, typer.Option(min=0, help="Kills at the first so many writes and messages, before and after each.")
    ] = 40,
    seed: Annotated[int, typer.Option(help="Where the instants come from.")] = 1,
    json: JsonOption = None,
) -> None:
    """Kill the node over standing orders and a plan: every event fires once, nothing is done twice, ends are kept."""
    measure_bench("kill9", run_kill9(kills, boundaries, seed, out), json, broken)


@bench_app.command()
def promises(
    seed: Annotated[int, typer.Option(help="Where the instants come from.")] = 1,
    json: JsonOption = None,
) -> None:
    """Silent breakages in a simulated week: said before the order that needs the thing, and never for nothing."""
    measure_bench("promises", run_promises(seed, out), json, unkept)


@bench_app.command()
def injection(json: JsonOption = None) -> None:
    """Attacks hidden in what tools return, against rights from the person's words alone (needs agentdojo==0.1.35)."""
    measure_bench("injection", run_injection(out), json, let_through)


@bench_app.command("fuzz")
def fuzz_command(
    folder: Annotated[Path | None, typer.Argument(help="A folder with messages of a real bridge.")] = None,
    codecs: Annotated[int, typer.Option(min=0, help="Messages through the codecs alone.")] = 1_000_000,
    broker: Annotated[int, typer.Option(min=0, help="Messages through a broker into a node.")] = 20_000,
    seed: int = 1,
    json: JsonOption = None,
) -> None:
    """Mutated MQTT messages: nothing may raise, the node must still answer."""
    measure_bench("fuzz", fuzz.run_fuzz(codecs, broker, seed, folder, out), json, fuzz.broken)


@bench_app.command("thermal")
def thermal_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Hourly CSV with Ph, Ti and Ta.")],
    json: JsonOption = None,
) -> None:
    """The simulated house's heat model against a real house."""

    async def measure() -> Figures:
        return run_thermal(file, out)

    measure_bench("thermal", measure(), json)


@bench_app.command("rules")
def rules_command(
    model: ModelOption = DEFAULT_MODEL,
    reactions: Annotated[
        int, typer.Option(min=20, help="That are measured on a broker, each with the model idle and busy.")
    ] = 300,
    json: JsonOption = None,
) -> None:
    """Readings a second through 200 standing orders over 1,000 devices, and from a reading to its command on a broker."""

    async def measure() -> Figures:
        inside = run_rules(out)
        return {**inside, **await run_promptness(model, reactions)}

    measure_bench("rules", measure(), json)


@bench_app.command("rcpsp")
def rcpsp_command(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="PSPLIB's projects and best-known.csv.")],
    sizes: Annotated[str, typer.Option(help="Which sets, with commas.")] = "j30,j60,j120",
    seconds: Annotated[float, typer.Option(min=0.01, help="For each project.")] = 1.0,
    limit: LimitOption = None,
    json: JsonOption = None,
) -> None:
    """Schedules of projects against the best that are known."""

    async def measure() -> Figures:
        return run_rcpsp(folder, sizes.split(","), seconds, limit, out)

    measure_bench("rcpsp", measure(), json)


@bench_app.command("exposes")
def exposes_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A gzipped JSON list of device models.")],
    json: JsonOption = None,
) -> None:
    """Every known Zigbee device model through the codec."""

    async def measure() -> Figures:
        return exposes.run_exposes(file, out)

    measure_bench("exposes", measure(), json, exposes.broken)


@bench_app.command()
def dangers(
    count: Annotated[int, typer.Option(min=1, help="Generated sentences.")] = 1000,
    model: ModelOption = DEFAULT_MODEL,
    json: JsonOption = None,
) -> None:
    """Generated sentences in unknown homes on which nothing may be done: how often would something be, and something harmful."""
    with_model("dangers", model, json, lambda decider: run_dangers(decider, count, out))


@bench_app.command("impossible")
def impossible_command(
    people: Annotated[Path | None, typer.Argument(help="The test part of HWU64, fold 1.")] = None,
    model: ModelOption = DEFAULT_MODEL,
    limit: LimitOption = None,
    json: JsonOption = None,
) -> None:
    """Wishes the demo house cannot grant: how often would the model act, and can it ever leave the grammar."""

    with_model(
        "impossible",
        model,
        json,
        lambda decider: impossible.run_impossible(decider, out, limit, people),
        impossible.broken,
    )


for _name, _command in {
    **cli_bench_knowledge.COMMANDS,
    **cli_bench_senses.COMMANDS,
    **cli_bench_models.COMMANDS,
}.items():
    bench_app.command(_name)(_command)
