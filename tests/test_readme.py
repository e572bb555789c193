"""What the README shows must work: its site file, its commands, its benches."""

import re
from pathlib import Path

from llmagentos.agent.dialogue import Dialogue
from llmagentos.app.ports import NoModel
from llmagentos.app.simulated import snapshot_of
from llmagentos.app.sitefile import load_site
from llmagentos.bench.house import SITES
from llmagentos.devices.simulation import yaml12
from llmagentos.interfaces.cli import app
from llmagentos.interfaces.cli_bench import bench_app
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.messages.snapshot import Speaker

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_site_file_is_one(tmp_path: Path) -> None:
    [block] = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    file = tmp_path / "site.yaml"
    file.write_text(block, encoding="utf-8")
    site = load_site(file)
    assert (site.level, site.broker is not None, site.areas[0].name) == ("observe", True, "Kitchen")


def test_its_sentences_mean_something_to_the_demo_house() -> None:
    sentences = re.findall(r"^\$ .*agentos do '(.*)'", README, re.MULTILINE)
    home = snapshot_of(yaml12.load((SITES / "demo.yaml").read_text(encoding="utf-8")))
    dialogue = Dialogue(NoModel("readme"), Retriever(), select, local_zone())
    for one in sentences:
        assert dialogue.understand(one, home, Speaker()).acts, one
    assert len(sentences) >= 4


def names(commands: list[object]) -> set[str]:
    return {getattr(one, "name", None) or one.callback.__name__ for one in commands}  # type: ignore[attr-defined]  # typer's own records


def test_every_command_and_room_is_in_it() -> None:
    for name in names([*app.registered_commands]) | {"models", "bench"}:
        assert re.search(rf"\b{name}\b", README), name
    for name in names([*bench_app.registered_commands]):
        assert f"`{name}`" in README, name
    for room in (ROOT / "src" / "llmagentos").iterdir():
        if room.is_dir() and room.name != "__pycache__":
            assert f"      {room.name}/" in README, room.name
