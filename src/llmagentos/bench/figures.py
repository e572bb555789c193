"""The figures kept in the repository (`figures/*.json`, written by `--json`) as the table of the README."""

import json
from pathlib import Path

BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"
_QUIET = ("model", "first")


def table(folder: Path) -> str:
    """Markdown: a row a file, in the order of the names."""
    rows = ["| bench | figures | load |", "|---|---|---|"]
    for file in sorted(folder.glob("*.json")):
        line = json.loads(file.read_text(encoding="utf-8"))
        figures = line["figures"]
        model = f" ({figures['model']})" if "model" in figures else ""
        prefix = f"{figures.get('model')}/"
        shown = ", ".join(f"{name.removeprefix(prefix)} {one}" for name, one in figures.items() if name not in _QUIET)
        rows.append(f"| {file.stem.split('@')[0]}{model} | {shown} | {line['machine']['load_1m']} |")
    return "\n".join(rows) + "\n"


def write(readme: Path, folder: Path) -> None:
    """Put the table between its marks. Raises: ValueError where the marks are missing."""
    text = readme.read_text(encoding="utf-8")
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    readme.write_text(text[:start] + table(folder) + text[end:], encoding="utf-8")


if __name__ == "__main__":
    write(Path("README.md"), Path("figures"))
