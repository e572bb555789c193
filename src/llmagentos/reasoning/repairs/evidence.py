"""What speaks for a link, as numbers, for all pairs of a pattern at once. Each leaves out the link it speaks of."""

from collections.abc import Sequence

import numpy as np

from llmagentos.reasoning.repairs.equipment import Equipment, Pattern, Recorded, Table

FEATURES = (
    "words of the first", "words of the second", "all words of the first", "all words of the second", "pairs linked", "names alike", "its best name", "best name for it", "best for each other",
    "like neighbours of the second", "like neighbours of the first", "like those linked as the first", "like those linked as the second",
    "one more from the first", "one more to the second", "best for each other, one more to the second", "best for each other, one more from the first",
    "neighbours of the second, one more to it", "neighbours of the first, one more from it", "how many seconds", "how many firsts",
)  # fmt: skip
COLUMN = {name: column for column, name in enumerate(FEATURES)}
NEIGHBOURS, ALIKE, LEAST_ALIKE, MOST_NATS = 5, 15, 0.05, 12.0


def features(site: Equipment, pattern: Pattern, recorded: Recorded) -> Table:
    """(heads, tails, features)."""
    table = recorded.table
    heads = [site.numbers[name] for name in recorded.heads]
    tails = [site.numbers[name] for name in recorded.tails]
    among = list(dict.fromkeys([*heads, *tails]))
    alike = (site.names.vectors(heads, among) @ site.names.vectors(tails, among).T).astype(float)
    its_best = alike / (alike.max(1, keepdims=True) + 1e-6) * (alike > LEAST_ALIKE)
    best_for = alike / (alike.max(0, keepdims=True) + 1e-6) * (alike > LEAST_ALIKE)
    mutual = ((its_best > 0.999) & (best_for > 0.999)).astype(float)
    by_tail, by_head = table @ _near_names(site, tails).T, _near_names(site, heads) @ table
    more_out = _log_odds(_one_more(table.sum(1), table.sum(1, keepdims=True) - table))
    more_in = _log_odds(_one_more(table.sum(0), table.sum(0, keepdims=True) - table))
    words_head, all_head = _words(site, heads, table)
    words_tail, all_tail = _words(site, tails, table.T)
    like_heads = _like(site, recorded.heads, pattern[1], True)
    like_tails = _like(site, recorded.tails, pattern[1], False)
    return np.stack(
        [
            words_head, words_tail.T, all_head, all_tail.T,
            _log_odds((table.sum() - table) / max(table.size - 1, 1)),
            alike, its_best, best_for, mutual, by_tail, by_head, like_heads @ table, table @ like_tails.T, more_out, more_in,
            mutual * more_in, mutual * more_out, by_tail * more_in, by_head * more_out,
            np.full_like(table, np.log(len(tails))), np.full_like(table, np.log(len(heads))),
        ],
        -1,
    )  # fmt: skip


def _near_names(site: Equipment, things: list[int]) -> Table:
    vectors = site.names.vectors(things, things)
    return _nearest((vectors @ vectors.T).astype(float), NEIGHBOURS)


def _nearest(alike: Table, most: int) -> Table:
    np.fill_diagonal(alike, 0)
    if len(alike) > most:
        alike[alike < np.partition(alike, -most, 1)[:, -most][:, None]] = 0
    weights = alike**2
    return np.asarray(weights / (weights.sum(1, keepdims=True) + 1e-6))


def _like(site: Equipment, things: Sequence[str], relation: str, forwards: bool) -> Table:
    """How much each listens to each other by what both are linked to, the pattern's own relation left out."""
    columns: dict[tuple[str, bool, str], int] = {}
    rows = [
        [
            columns.setdefault(one, len(columns))
            for one in site.surroundings.get(thing, ())
            if one[:2] != (relation, forwards)
        ]
        for thing in things
    ]
    seen = np.zeros((len(things), len(columns) + 1))
    seen[:, -1] = 0.1  # what has no links at all is like nothing, not like everything
    for row, each in enumerate(rows):
        seen[row, each] = 1
    seen *= np.maximum(np.log((1 + len(things)) / (0.5 + seen.sum(0))), 0.01)
    seen /= np.sqrt((seen**2).sum(1, keepdims=True))
    return _nearest(seen @ seen.T, ALIKE)


def _words(site: Equipment, heads: Sequence[int], table: Table) -> tuple[Table, Table]:
    """What the parts of the head's name say of a link to the tail, judged by the others that have them: the strongest, in log-odds, and all
    together as if they were independent (naive Bayes), in nats.
    """
    rows = [site.names.parts(head) for head in heads]
    size = 1 + max((part for row in rows for part in row), default=0)
    often, linked = np.zeros(size), np.zeros((size, table.shape[1]))
    for row, its_links in zip(rows, table, strict=True):
        often[row] += 1
        linked[row] += its_links
    strongest, together = np.zeros_like(table), np.zeros_like(table)
    for number, row in enumerate(rows):
        usual = np.maximum(table.sum(0) - table[number], 0.5) / len(rows)
        others = (often[row] - 1)[:, None]
        share = (linked[row] - table[number] + usual) / (others + 1)
        known = others > 0
        strongest[number] = np.where(known, share, 0).max(0, initial=0)
        together[number] = np.where(known, np.log(share / usual), 0).sum(0)
    return _log_odds(strongest), np.clip(together, -MOST_NATS, MOST_NATS)


def _one_more(degrees: Table, now: Table) -> Table:
    """Of those with as many links as this one has beside the link in question, how many have more."""
    most = int(max(degrees.max(initial=0), now.max(initial=0))) + 2
    at_least = np.array([(degrees >= number).sum() for number in range(most + 1)], float)
    return np.asarray(((at_least[1:] + 0.3) / (at_least[:-1] + 1.0))[now.astype(int)])


def _log_odds(share: Table) -> Table:
    share = np.clip(share, 1e-3, 0.999)
    return np.asarray(np.log(share / (1 - share)))
