"""What a person sees on the terminal: help for every command, one sentence and exit code 2 for what they can mend."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from llmagentos.app.run import FolderInUse, owned
from llmagentos.devices.broker import free_port
from llmagentos.interfaces.cli import app
from llmagentos.kernel.journal import SqliteJournal

COMMANDS = (
    "demo",
    "run",
    "ask",
    "do",
    "chat",
    "consent",
    "devices",
    "watch",
    "why",
    "stop",
    "models",
    "bench",
    "train",
)
BENCHES = (
    "assist", "ha-intents", "hwu", "house", "dialogues", "crash", "kill9", "fuzz", "exposes", "thermal", "impossible", "latency", "engine", "fidelity",
    "decisions", "recall", "reaction", "kg", "causes", "repairs", "graph", "diagnosis", "questions",
)  # fmt: skip
GRAPH = ("sources", "import", "drop", "query", "show", "check", "prove", "similar", "repairs", "diagnose")
TRAINING = ("corpus", "site-model", "export", "calibrate", "diagnoser")


def said(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output + (result.stderr if result.stderr_bytes else "")


@pytest.mark.parametrize(
    "command",
    [(one,) for one in COMMANDS]
    + [("bench", one) for one in BENCHES]
    + [("train", one) for one in TRAINING]
    + [("graph", one) for one in GRAPH],
)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    code, text = said(*command, "--help")
    assert (code, "Usage" in text) == (0, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("site: [", "no YAML"),
        ("- a list", "must be a mapping"),
        ("level: act", "`site: NAME` is missing"),
        ("site: X\nlevel: high", "none of"),
        ("site: X\nlamps: 3", "unknown key `lamps`"),
        ("site: X\nbroker: 127.0.0.1:{port}", "no MQTT broker answers"),
        ("site: X\nareas: 3", "must be a list"),
        ("site: X\nbroker: here:mqtt", "port must be a number"),
        ("site: X\nnames: [a]", "must be a mapping"),
        ("site: X\nguards: [{entities: a, excludes: switch.b}]", "guards[0]: expected a list"),
        ("site: X\nguards: [{entities: a, minimum: low}]", "guards[0]: expected float"),
        ("entities: [1]", "cannot be read as such"),
    ],
)
def test_a_broken_site_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(text.replace("{port}", str(free_port())))
    code, output = said("run", str(file), "--data", str(tmp_path / "data"), "--port", "0")
    assert code == 2
    assert sentence in " ".join(output.split())
    assert "Traceback" not in output


def test_without_a_node_or_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTOS_MODELS", str(tmp_path / "models"))
    for command in (("ask", "hello"), ("devices",), ("why", "x"), ("stop",), ("watch",)):
        code, output = said(*command, "--data", str(tmp_path))
        assert (code, "agentos demo" in output) == (2, True), command
    code, output = said("bench", "house")
    assert (code, "agentos models fetch" in output) == (2, True)
    code, output = said("models", "fetch", "nothing-like-it")
    assert (code, "known:" in output) == (2, True)
    code, output = said("bench", "assist", str(tmp_path), "--model", "smollm2-135m")
    assert code == 2


def test_a_terminal_is_there_at_once() -> None:
    """Neither help nor a question to the node loads model code."""
    script = "import sys; import llmagentos.interfaces.cli; print([one for one in ('xllamacpp', 'torch', 'gguf', 'numpy', 'onnxruntime') if one in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_folder_belongs_to_one_node_and_one_site(tmp_path: Path) -> None:
    with owned(tmp_path), pytest.raises(FolderInUse, match="already runs"), owned(tmp_path):
        pass
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    asyncio.run(journal.put_state("site", "Another House"))
    journal.close()
    site = tmp_path / "site.yaml"
    site.write_text("site: This House\nsimulate: {devices: []}")
    code, output = said("demo", str(site), "--data", str(tmp_path), "--model", "none", "--port", "0")
    assert (code, "journal of 'Another House'" in " ".join(output.split())) == (2, True)
