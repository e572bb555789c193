from hypothesis import given
from hypothesis import strategies as st

from llmagentos.inference.engine.tree import TokenTree

PATHS = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6).map(tuple), min_size=1, max_size=8)


def sees(tree: TokenTree, path: tuple[int, ...]) -> list[int]:
    """The slots that the end of a path sees, first token first."""
    return [one.slot for one in tree.node(path).upwards()][::-1]


@given(PATHS, PATHS)
def test_every_path_sees_its_own_tokens_and_no_token_is_there_twice(first: list[tuple[int, ...]], then: list[tuple[int, ...]]) -> None:  # fmt: skip
    tree = TokenTree(200)
    rows: dict[int, tuple[int, ...]] = {}
    for paths in (first, then):
        expected = tree.missing(paths)
        new = tree.grow(paths)
        assert len(new) == expected
        for node in new:
            rows[node.slot] = tuple(one.token for one in node.upwards())[::-1]
            assert node.parent is not None
            assert node.parent.slot < node.slot
    assert sorted(rows) == list(range(tree.used))
    assert len(set(rows.values())) == tree.used
    for path in (*first, *then):
        assert [rows[slot] for slot in sees(tree, path)] == [path[: n + 1] for n in range(len(path))]


@given(PATHS, PATHS)
def test_keeping_moves_rows_and_forgets_the_rest(paths: list[tuple[int, ...]], kept: list[tuple[int, ...]]) -> None:
    tree = TokenTree(200)
    before = {node.slot: tuple(one.token for one in node.upwards())[::-1] for node in tree.grow(paths)}
    known = {path: tree.common(path) for path in kept}
    rows = tree.keep(kept)
    assert tree.used == len(rows) == len(set(rows))
    moved = [before[old] for old in rows]
    for path in kept:
        assert tree.common(path) == known[path]
        for length in range(1, known[path] + 1):
            assert moved[tree.node(path[:length]).slot] == path[:length]
    for content in moved:
        assert any(path[: len(content)] == content[: len(path)] for path in kept)
