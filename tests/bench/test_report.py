import json
from io import StringIO
from pathlib import Path

from rich.console import Console

from llmagentos.bench.report import CaseResult, accuracy_figures, finish, quantile


def test_figures_and_the_last_line(tmp_path: Path) -> None:
    results = [
        CaseResult(group="g", words="w", passed=index < 3, duration_ms=index, wrong=index == 3) for index in range(4)
    ]
    figures = accuracy_figures(results)
    assert (figures["cases"], figures["accuracy"], figures["wrong_acts"]) == (4, 0.75, 1)
    out = StringIO()
    finish("x", figures, Console(file=out), tmp_path / "x.json")
    line = json.loads(out.getvalue().splitlines()[-1])
    assert (line["bench"], line["figures"], set(line["machine"]) >= {"cpus", "load_1m"}) == ("x", figures, True)
    assert json.loads((tmp_path / "x.json").read_text()) == line


def test_quantiles() -> None:
    values = [float(one) for one in range(1, 101)]
    assert (quantile(values, 0.5), quantile(values, 0.95), quantile([7.0], 0.95), quantile([], 0.5)) == (50, 95, 7, 0)
