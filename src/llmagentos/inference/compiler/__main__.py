"""`python -m llmagentos.inference.compiler MODEL STORE [ADAPTER]`: compile in a process of its own, whose memory goes with it.

Prints `DONE ALL` for each step and, last, the folder of the artefact.
"""

import sys
from pathlib import Path

from llmagentos.inference.compiler.compile import compiled
from llmagentos.inference.weights.model import UnsupportedModel


def main() -> None:
    model, store, *adapter = map(Path, sys.argv[1:])
    try:
        artefact = compiled(
            model, adapter[0] if adapter else None, store, lambda done, total: print(done, total, flush=True)
        )
    except (UnsupportedModel, OSError) as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from error
    print(artefact.folder, flush=True)


if __name__ == "__main__":
    main()
