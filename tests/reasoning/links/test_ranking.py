import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.reasoning.links.graph import Floats, Ints, LinkGraph, answers
from llmagentos.reasoning.links.ranking import ranked, ranks


class Fixed:
    """Says the same of everybody, row by row."""

    def __init__(self, table: Floats) -> None:
        self.table = table

    def scores(self, questions: Ints) -> Floats:
        return self.table[: len(questions)]


def test_a_question_has_one_code_forwards_and_one_backwards() -> None:
    graph = LinkGraph.of([("a", "r", "b"), ("b", "s", "c")])
    asked, right = graph.questions(graph.triples)
    assert asked.tolist() == [[0, 0], [1, 1], [1, 2], [2, 3]]
    assert right.tolist() == [1, 2, 0, 1]
    assert answers(graph, graph.triples)[1, 2].tolist() == [0]


@given(
    st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=5, max_size=5), st.integers(0, 4), st.sets(st.integers(0, 4))
)
def test_ranks_are_those_of_counting_one_by_one(scores: list[float], right: int, others: set[int]) -> None:
    table = np.array([scores], np.float32)
    known = {(0, 0): np.array(sorted(others | {right}), np.int32)}
    rivals = [score for number, score in enumerate(scores) if number not in others | {right}]
    wanted = 1 + sum(one > scores[right] for one in rivals) + sum(one == scores[right] for one in rivals) / 2
    found = ranks(Fixed(table), np.zeros((1, 2), np.int32), np.array([right], np.int32), known)
    assert found[0] == wanted


def test_scores_that_are_no_numbers_win_nothing() -> None:
    graph = LinkGraph.of([("a", "r", "b"), ("b", "r", "c")])
    table = np.full((4, 3), np.nan, np.float32)
    assert ranked(Fixed(table), graph, graph.triples, answers(graph, graph.triples)).mrr < 0.5
