"""Makes `classes.tsv` from the Brick ontology: `python -m llmagentos.knowledge.graph.ontology Brick.ttl > classes.tsv`."""

import sys
from collections import defaultdict
from pathlib import Path

import pyoxigraph

from llmagentos.knowledge.graph.vocabulary import BRICK, RDFS, normal


def class_tree(file: Path) -> dict[str, list[str]]:
    """Each class of Brick's own and its parents there. Raises: OSError, SyntaxError."""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE):
        if quad.predicate.value != f"{RDFS}subClassOf":
            continue
        ends = [normal(one.value) for one in (quad.subject, quad.object) if isinstance(one, pyoxigraph.NamedNode)]
        if len(ends) == 2 and all(one.startswith(BRICK) for one in ends):
            found[ends[0].removeprefix(BRICK)].add(ends[1].removeprefix(BRICK))
    return {name: sorted(above) for name, above in sorted(found.items())}


if __name__ == "__main__":
    print("# Classes of Brick and what each is a kind of. Brick Consortium, BSD-3-Clause; made by ontology.py")
    for name, above in class_tree(Path(sys.argv[1])).items():
        print(f"{name}\t{' '.join(above)}")
