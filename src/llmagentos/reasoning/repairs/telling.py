"""Why a link is proposed, in sentences: the names, the neighbours, what others of the class have, and the rival."""

from llmagentos.reasoning.repairs.equipment import CLASS, Pattern
from llmagentos.reasoning.repairs.evidence import COLUMN, NEIGHBOURS
from llmagentos.reasoning.repairs.judging import NONE, Judged
from llmagentos.reasoning.repairs.names import parts

MANY, HALF, SOME = 0.8, 0.5, 0.25


def reasons(adding: bool, judged: Judged, pattern: Pattern, row: int, column: int) -> tuple[str, ...]:
    """What speaks for adding, or for taking out, the strongest first."""
    told = _for(judged, pattern, row, column) if adding else _against(judged, pattern, row, column)
    return tuple(told) or ("the whole of its surroundings speaks " + ("for it" if adding else "against it"),)


def _for(judged: Judged, pattern: Pattern, row: int, column: int) -> list[str]:
    recorded, evidence = judged.recorded, judged.evidence[row, column]
    head, tail = recorded.heads[row], recorded.tails[column]
    told: list[str] = []
    if evidence[COLUMN["best for each other"]] and (shared := _shared(head, tail)):
        told.append(f"of all names these two are most alike: both hold {shared!r}")
    for number, of, other in ((COLUMN["like neighbours of the second"], tail, head), (COLUMN["like neighbours of the first"], head, tail)):  # fmt: skip
        if evidence[number] >= HALF:
            told.append(f"{_share(evidence[number])} of what is named most like {of} is linked so to {other}")
    if evidence[COLUMN["like those linked as the first"]] >= HALF or evidence[COLUMN["like those linked as the second"]] >= HALF:  # fmt: skip
        told.append("so are most things that are linked to the same in other ways")
    told += _lacking(judged, pattern, row, column)
    return told


def _lacking(judged: Judged, pattern: Pattern, row: int, column: int) -> list[str]:
    table = judged.recorded.table
    if pattern[1] == CLASS:
        return [] if table[row].any() else [f"{judged.recorded.heads[row]} has no class"]
    told: list[str] = []
    for axis, thing, kind, number in ((1, judged.recorded.heads[row], pattern[0], row), (0, judged.recorded.tails[column], pattern[2], column)):  # fmt: skip
        degrees = table.sum(axis)
        if degrees[number] == 0 and (degrees > 0).mean() >= MANY:
            way = pattern[1] if axis else f"{pattern[1]} to it"
            told.append(f"{int((degrees > 0).sum())} of {len(degrees)} of class {kind} have such a link ({way}), {thing} has none")  # fmt: skip
    return told


def _against(judged: Judged, pattern: Pattern, row: int, column: int) -> list[str]:
    recorded, evidence, linked = judged.recorded, judged.evidence[row, column], judged.linked
    head, tail = recorded.heads[row], recorded.tails[column]
    told: list[str] = []
    told += _rivals(judged, row, column, pattern)
    if evidence[COLUMN["like neighbours of the second"]] < SOME and evidence[COLUMN["like neighbours of the first"]] < SOME:  # fmt: skip
        told.append(f"nothing named like {tail} or like {head} is linked so")
    own_in, own_out = linked[:, column].sum(), linked[row].sum()
    if own_in > 1 and (linked.sum(0) <= 1).mean() >= MANY:
        told.append(f"{tail} has {int(own_in)} such links, where others of its class have one")
    if own_out > 1 and (linked.sum(1) <= 1).mean() >= MANY:
        told.append(f"{head} has {int(own_out)} such links, where others of its class have one")
    if linked.sum() <= NEIGHBOURS and pattern[1] != CLASS:
        told.append(f"hardly anything of class {pattern[0]} has {pattern[1]} to anything of class {pattern[2]}")
    return told


def _rivals(judged: Judged, row: int, column: int, pattern: Pattern) -> list[str]:
    """Something that is not linked and would fit far better in its place."""
    own = judged.log_odds[row, column]
    for scores, names, rest in (
        (judged.log_odds[:, column], judged.recorded.heads, f"{pattern[1]} {judged.recorded.tails[column]}"),
        (judged.log_odds[row], judged.recorded.tails, None),
    ):
        best = int(scores.argmax())
        if scores[best] > max(own + 2, NONE):
            instead = names[best] if rest is None else f"{names[best]} {rest}"
            return [f"{instead} would fit better"]
    return []


def _shared(one: str, two: str) -> str:
    """The longest part of both names, of those with a number if there are any."""
    both = {part for part in parts(one) if part[0] not in "^#"} & set(parts(two))
    return max(both, key=lambda part: (any(one.isdigit() for one in part), len(part)), default="")


def _share(share: float) -> str:
    return "all" if share > 0.95 else f"{share:.0%}"
