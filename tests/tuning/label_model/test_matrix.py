from __future__ import annotations

import numpy as np
import pytest

from tuning.label_model import Function, LabelError, LabelMatrix
from tuning.label_model.matrix import gold_classes


def test_votes_out_of_range_are_named() -> None:
    with pytest.raises(LabelError, match=r"b votes 2 on row 1; use -1 to abstain, else 0 to 1"):
        LabelMatrix.of([[1, 0], [0, 2]], ["a", "b"])
    with pytest.raises(LabelError, match="a votes -2 on row 0"):
        LabelMatrix.of([[-2]], ["a"])
    with pytest.raises(LabelError, match="whole numbers"):
        LabelMatrix.of([[0.5]])
    with pytest.raises(LabelError, match="whole numbers"):
        LabelMatrix.of([[255]])


@pytest.mark.parametrize(
    ("votes", "names", "told"),
    [
        ([[1, 0]], ["a"], "for 1 functions"),
        ([[1, 0]], ["a", "a"], "share names: a"),
        ([1], ["a"], "dimension"),
    ],
)
def test_shapes_and_names_that_do_not_fit_are_refused(votes: object, names: list[str], told: str) -> None:
    with pytest.raises(LabelError, match=told):
        LabelMatrix.of(votes, names)  # type: ignore[arg-type] # made of anything


def test_pairs_have_two_classes() -> None:
    with pytest.raises(LabelError, match="two for pairs"):
        LabelMatrix.of([[2]], classes=3, mirrored=True)


@pytest.mark.parametrize("edges", [(1.0, 1.0), (2.0, 1.0), (float("nan"),), (float("inf"),)])
def test_edges_ascend(edges: tuple[float, ...]) -> None:
    with pytest.raises(LabelError, match="ascending"):
        LabelMatrix(votes=np.zeros((1, 1), np.int8), functions=(Function(name="a", edges=edges),))


def test_what_no_triple_names_abstains() -> None:
    functions = [Function(name="a"), Function(name="b", edges=(0.0, 1.0))]
    matrix = LabelMatrix.from_triples([(2, 0, 1), (0, 1, 2)], 3, functions)
    assert matrix.votes.tolist() == [[-1, 2], [-1, -1], [1, -1]]
    assert LabelMatrix.from_triples([], 2, functions).votes.tolist() == [[-1, -1]] * 2
    for triple in ((3, 0, 1), (0, 2, 1), (-1, 0, 1), (0, 0, 200)):
        with pytest.raises(LabelError):
            LabelMatrix.from_triples([triple], 3, functions)


def test_columns_are_selected_by_name_and_put_beside() -> None:
    matrix = LabelMatrix.of([[1, 0, -1]], ["a", "b", "c"], families={"b": "words"})
    chosen = matrix.select(["c", "b"])
    assert chosen.votes.tolist() == [[-1, 0]]
    assert chosen.functions[1] == Function(name="b", family="words")
    assert chosen.beside(matrix.select(["a"])).names == ("c", "b", "a")
    with pytest.raises(LabelError, match="no votes of d"):
        matrix.select(["a", "d"])
    with pytest.raises(LabelError, match="same items"):
        matrix.beside(LabelMatrix.of([[1], [1]], ["d"]))


def test_bins_of_pairs_are_mirrored() -> None:
    functions = (Function(name="a", edges=(-1.0, 1.0)), Function(name="b"))
    matrix = LabelMatrix(votes=np.array([[0, 1], [1, -1]], np.int8), functions=functions, mirrored=True)
    assert matrix.swapped().votes.tolist() == [[2, 0], [1, -1]]
    assert np.array_equal(matrix.swapped().swapped().votes, matrix.votes)
    with pytest.raises(LabelError, match="only pairs"):
        LabelMatrix.of([[1]]).swapped()


def test_gold_has_a_class_or_minus_one_for_each_row() -> None:
    matrix = LabelMatrix.of([[1], [0]])
    assert gold_classes(None, matrix).tolist() == [-1, -1]
    assert gold_classes([1, -1], matrix).tolist() == [1, -1]
    for gold in ([1], [2, 0], [0.5, 0], [-2, 0]):
        with pytest.raises(LabelError):
            gold_classes(gold, matrix)
