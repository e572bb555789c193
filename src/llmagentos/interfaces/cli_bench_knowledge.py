"""`agentos bench kg`, `repairs`, `graph`, `diagnosis`, `causes`: what is known of a site and what follows from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from llmagentos.bench.report import Figures
from llmagentos.interfaces.measuring import JsonOption, measure_bench, out


def kg_command(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="NAME.tar.gz, each with train, valid and test.")
    ],
    sets: Annotated[str, typer.Option(help="Which sets, with commas.")] = "nations,umls,kinship",
    models: Annotated[str, typer.Option(help="Which models, with commas.")] = "transe,transr,complex,rules,combined",
    json: JsonOption = None,
) -> None:
    """Missing facts of a graph: embeddings, mined rules, and both together."""

    async def measure() -> Figures:
        from llmagentos.bench.kg import run_kg  # loads numpy, which no other command waits for

        return run_kg(folder, sets.split(","), models.split(","), out)

    measure_bench("kg", measure(), json)


def repairs_command(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Brick models, as .ttl.")],
    json: JsonOption = None,
) -> None:
    """Mistakes put into drawn-up sites, and whether proposals find them."""

    async def measure() -> Figures:
        from llmagentos.bench.repairs import run_repairs  # loads numpy, which no other command waits for

        return run_repairs(folder, out)

    measure_bench("repairs", measure(), json)


def graph_command(
    triples: Annotated[int, typer.Option(min=1000, help="How large.")] = 1_000_000, json: JsonOption = None
) -> None:
    """A site graph of a million triples: to load it, to ask it, and its memory."""

    async def measure() -> Figures:
        from llmagentos.bench.graph import run_graph  # loads a database, which no other command waits for

        return run_graph(triples, out)

    measure_bench("graph", measure(), json)


def diagnosis_command(
    episodes: Annotated[int, typer.Option(min=20, help="How many days of as many plants.")] = 400,
    json: JsonOption = None,
) -> None:
    """What is wrong with simulated plants: twelve kinds of faults, days without any, and rules beside it."""

    async def measure() -> Figures:
        from llmagentos.bench.diagnosis import run_diagnosis  # loads numpy, which no other command waits for

        return run_diagnosis(episodes, out)

    measure_bench("diagnosis", measure(), json)


def causes_command(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Networks as NAME.bif.")],
    networks: Annotated[str, typer.Option(help="Which networks, with commas.")] = "asia,sachs,child,insurance,alarm",
    json: JsonOption = None,
) -> None:
    """Causal models: exactness, what cannot be told, and known networks learned from samples."""

    async def measure() -> Figures:
        from llmagentos.bench.causes import run_causes  # loads numpy, which no other command waits for

        return run_causes(folder, networks.split(","), out)

    measure_bench("causes", measure(), json)


COMMANDS: dict[str, Callable[..., None]] = {
    "kg": kg_command,
    "repairs": repairs_command,
    "graph": graph_command,
    "diagnosis": diagnosis_command,
    "causes": causes_command,
}
"""By name, as `agentos bench` has them."""
