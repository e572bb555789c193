"""What the README says of numbers is what the commands wrote."""

from pathlib import Path

from llmagentos.bench.figures import BEGIN, END, table

ROOT = Path(__file__).resolve().parents[2]


def test_the_readme_shows_the_figures_that_were_measured() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == table(ROOT / "figures")
