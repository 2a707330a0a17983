from __future__ import annotations

import pytest

from tests.tuning.labels import DOCUMENTS, TOPICS, labels
from tuning.soft_lists import Cuts, by_document, labels_hash, soft_lists, teaching

CUTS = Cuts()


def test_a_list_has_a_question_s_passages_by_probability_and_drops_the_ambiguous() -> None:
    lists = soft_lists(labels())
    assert len(lists) == len(DOCUMENTS) * len(TOPICS)
    for one in lists:
        assert [label.probability for label in one.labels] == sorted(
            (label.probability for label in one.labels), reverse=True
        )
        assert len(one.positives(CUTS)) == len(one.unsure(CUTS)) == 1
        assert len(one.negatives(CUTS)) == len(TOPICS) - 2
    assert teaching(lists, CUTS) == lists
    assert teaching(lists, Cuts(least=0.95)) == []


def test_no_document_is_in_both_parts_and_questions_across_parts_are_in_neither() -> None:
    parts = by_document(labels(), share=0.25, seed=3)
    trained, held = ({one.document for one in part} for part in (parts.train, parts.dev))
    assert not trained & held
    assert len(held) == 1
    assert trained | held == set(DOCUMENTS)
    assert by_document(labels(), share=0.25, seed=3) == parts
    with pytest.raises(ValueError, match="two documents"):
        by_document(labels(DOCUMENTS[:1]), share=0.25, seed=3)


def test_documents_of_a_family_stay_together() -> None:
    families = {DOCUMENTS[0]: "a", DOCUMENTS[1]: "a", DOCUMENTS[2]: "b", DOCUMENTS[3]: "b"}
    for seed in range(4):
        parts = by_document(labels(), share=0.5, seed=seed, families=families)
        assert {families[one.document] for one in parts.dev} in ({"a"}, {"b"})
        assert len({one.document for one in parts.dev}) == 2


def test_documents_of_an_earlier_run_stay_in_their_part_and_new_ones_are_drawn() -> None:
    for seed in range(4):
        before = by_document(labels(DOCUMENTS[:2]), share=0.5, seed=seed)
        settled = {one.document: False for one in before.train} | {one.document: True for one in before.dev}
        after = by_document(labels(), share=0.5, seed=seed, settled=settled)
        assert {one.document for one in before.dev} < {one.document for one in after.dev}
        assert {one.document for one in before.train} < {one.document for one in after.train}


def test_the_hash_of_labels_forgets_their_order_but_no_probability() -> None:
    made = labels()
    assert labels_hash(made) == labels_hash(made[::-1])
    assert labels_hash(made) != labels_hash(made[1:])


def test_cuts_that_cross_are_refused() -> None:
    with pytest.raises(ValueError, match="cuts"):
        Cuts(near=0.2, far=0.3)
