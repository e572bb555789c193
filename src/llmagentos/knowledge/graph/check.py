"""Whether a site is drawn as sites usually are: SHACL shapes, whose findings are warnings. Real buildings break them; nothing is rejected.

Needs shifty, of the extra `shacl`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from pyoxigraph import NamedNode, Triple

from llmagentos.knowledge.graph.vocabulary import BRICK, RDFS, parents, short


class CheckUnavailable(RuntimeError):
    """The checker is not installed."""


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """What departs from a shape. `severity`: Violation, Warning or Info."""

    severity: str
    thing: str
    message: str


def shapes() -> str:
    """The shapes that come with the project, in Turtle."""
    return files("llmagentos.knowledge.graph").joinpath("shapes.ttl").read_text(encoding="utf-8")


def check(triples: Iterable[Triple], own_shapes: str | None = None) -> list[Finding]:
    """Findings, sorted. `own_shapes`: Turtle, in the place of ours. Raises: CheckUnavailable; ValueError for shapes that are none."""
    try:
        import shifty
    except ImportError as error:
        raise CheckUnavailable("checking needs a SHACL engine: pip install 'llmagentos[shacl]'") from error
    data = "\n".join(f"{one} ." for one in triples)
    tree = "\n".join(
        f"{NamedNode(BRICK + name)} <{RDFS}subClassOf> {NamedNode(BRICK + above)} ."
        for name, each in parents().items()
        for above in each
    )
    result = shifty.validate_algebra(f"{data}\n{tree}", own_shapes or shapes(), infer=False)
    found = set[Finding]()
    for violation in result.violations:
        for reason in violation.reasons:
            severity = short(str(reason.severity or violation.severity or "Violation").strip("<>"))
            found.add(Finding(severity, short(violation.focus_node.strip("<>")), str(reason.author_message or reason.message)))  # fmt: skip
    return sorted(found)
