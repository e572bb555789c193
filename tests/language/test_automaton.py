"""The automaton of sentences that hold certain pieces, against all sentences written out."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from llmagentos.language.automaton import Automaton, Builder, requiring

PIECES = (" a", " b", " c", " d")
SENTENCES = st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map(tuple), min_size=1, max_size=12)
GROUPS = st.lists(st.frozensets(st.sampled_from(PIECES), min_size=1, max_size=2), min_size=1, max_size=3)


def automaton(sentences: list[tuple[str, ...]]) -> Automaton:
    builder = Builder()
    for one in sentences:
        end = builder.path(builder.start, one)
        builder.accept(end)
        builder.loop(end, ";")
    return builder.build()


def written_out(found: Automaton, node: int = 0, said: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if node in found.accepting:
        yield said
    for piece, target in found.edges[node]:
        if len(said) < 6:
            yield from written_out(found, target, (*said, piece))


@given(SENTENCES, GROUPS)
def test_only_sentences_that_hold_a_piece_of_every_group(
    sentences: list[tuple[str, ...]], groups: list[frozenset[str]]
) -> None:
    wanted = {one for one in sentences if one[0] == " a" and all(group & set(one) for group in groups)}
    found = requiring(automaton(sentences), " a", groups)
    assert (set(written_out(found)) if found is not None else set()) == wanted
    if found is not None:
        assert all(edges or node in found.accepting for node, edges in _reached(found))


def _reached(found: Automaton) -> Iterator[tuple[int, tuple[tuple[str, int], ...]]]:
    seen, waiting = {0}, [0]
    while waiting:
        node = waiting.pop()
        yield node, found.edges[node]
        for _, target in found.edges[node]:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
