"""What house words mean, from labels alone: phrases, wordings, and a stage over a library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.house_words import HouseWords
from rag.settings import RetrievalSettings, Settings
from rag.types import Chunk, ChunkId, DocumentId, SectionId
from rag.workspace import Workspace
from tests.library import fill, reindex
from tests.tuning.benches import bench_of
from tests.tuning.tuned_library import SETTINGS as TUNED
from tuning.artifacts import read_examples
from tuning.house_words import Frequencies, Learning, Resting, Standing, Teacher, asked_with, meanings
from tuning.house_words_stage import FILE, HouseWordsStage, as_understood
from tuning.items import Asked, Labelled
from tuning.soft_lists import Cuts, SoftList, soft_lists
from tuning.stages import NO_HELP
from tuning.unspoken import Phrase, phrases, unspoken

FAMILIES = {DocumentId(name): name for name in "abcd"}


def label(question: str, document: str, passage: str, probability: float) -> Labelled:
    asked = Asked(text=question, kind="log", origin="log", document_ids=(DocumentId(document),))
    return Labelled(
        item=f"{asked.id}{passage}", question=asked, chunk_id=ChunkId(f"{document} {passage}"),
        document=DocumentId(document), passage=passage, probability=probability, label_model="m",
    )  # fmt: skip


def asked_of(document: str, question: str, right: str, wrong: str = "The Trustee may resign.") -> SoftList:
    [found] = soft_lists([label(question, document, right, 0.9), label(question, document, wrong, 0.1)])
    return found


LISTS = [
    asked_of(one, f"What is the bogey of {name}?", f"The hurdle rate of {name} is 9%.")
    for one, name in zip("abcd", ("Alder", "Birch", "Cedar", "Dogwood"), strict=True)
]


def test_phrases_do_not_reach_over_stopwords_figures_and_marks() -> None:
    found = list(phrases("Junk drawer, the rainy-day pot 2022 limit", 2))
    assert found == ["junk", "junk drawer", "drawer", "rainy-day", "rainy-day pot", "pot", "limit"]
    assert "class a/b" in list(phrases("Class A/B and/or C", 2))


def test_phrases_of_questions_that_no_passage_has() -> None:
    passages = ["What a hurdle rate is.", "Alder, Birch"]
    [phrase] = unspoken(LISTS, passages, FAMILIES)
    assert phrase.text == "bogey"
    assert {one.question.id for one in phrase.lists} == {one.question.id for one in LISTS}
    assert not unspoken(LISTS, ["A Bogey is a spirit."], FAMILIES)
    assert not unspoken(LISTS[:2], passages, FAMILIES), "too few questions"
    assert not unspoken(LISTS, passages, dict.fromkeys(FAMILIES, "one")), "one family"


def test_the_longest_phrase_of_the_same_questions_counts_and_the_shortest_of_more() -> None:
    texts = ["the old rainy-day pot", "the rainy-day pot", "the rainy-day pot", "the old rainy-day pot"]
    lists = [asked_of(one, f"{text} of {one}?", "x") for one, text in zip("abcd", texts, strict=True)]
    found = unspoken(lists, [], FAMILIES, least_questions=2)
    assert [phrase.text for phrase in found] == ["rainy-day pot"]


def reads_hurdle(one: SoftList, text: str) -> float:
    return one.weight / (1 if "hurdle rate" in text else 10)


def passage(label: Labelled) -> list[Chunk]:
    """The whole of it, below a heading."""
    return [
        Chunk(
            id=label.chunk_id, document_id=label.document, section_id=SectionId("s"), ordinal=0, start=0,
            end=len(label.passage), first_page=0, last_page=0, text=label.passage, context="",
        )
    ]  # fmt: skip


def teacher_of(standing: Standing, resting: Resting = lambda *_: 0.0) -> Teacher:
    pieces = [one.passage for own in LISTS for one in own.labels]
    return Teacher(
        cuts=Cuts(),
        pointed=passage,
        frequencies=Frequencies(pieces, 4),
        standing=standing,
        resting=resting,
        settings=Learning(least_score=0.1),  # of few pieces nothing is rare
    )


def test_wordings_of_likely_passages_that_are_rare_elsewhere() -> None:
    found = teacher_of(reads_hurdle).wordings(LISTS)
    assert found == ["hurdle rate"], "neither a part of it, nor what stands in one document only"


def test_what_names_nothing_is_no_wording() -> None:
    """Marks of items and the filling of a table's row stand in every likely passage, and rarely elsewhere."""
    lists = [
        asked_of(one, f"What is the bogey of {one}?", "(g) Hurdle, n/a n/a, x.", "Fees.") for one in "abcd"
    ]
    assert teacher_of(reads_hurdle).wordings(lists) == ["hurdle"]


def test_a_meaning_is_kept_where_it_helps_on_questions_held_apart() -> None:
    [phrase] = unspoken(LISTS[:3], [], FAMILIES)
    found = teacher_of(reads_hurdle).meaning(phrase, LISTS[3:])
    assert found is not None
    assert (found.word.said, found.word.meant) == ("bogey", "percentage of hurdle rate")
    assert (found.held_before, found.held_after) == pytest.approx((0.09, 0.9))
    assert teacher_of(reads_hurdle).meaning(phrase, []) is None
    assert teacher_of(lambda one, _: one.weight).meaning(phrase, LISTS[3:]) is None, "found as it is"


def test_the_kind_of_value_is_asked_for_only_where_answers_rest_as_before() -> None:
    [phrase] = unspoken(LISTS[:3], [], FAMILIES)
    found = teacher_of(reads_hurdle, lambda _, text: float("percentage" not in text)).meaning(
        phrase, LISTS[3:]
    )
    assert found is not None
    assert (found.word.meant, found.resting) == ("hurdle rate", 1.0)


def test_words_that_tell_one_item_of_a_list_from_the_others_are_asked_with_too() -> None:
    """Searches find the list by its heading as well as by its item; only the item's words are answered."""
    passages = [f"Limits of {name}.\nOf one obligor 2%.\nOf second liens 5%." for name in ("Alder", "Birch")]
    lists = [
        asked_of(one, f"What is the bogey of {one}?", passage)
        for one, passage in zip("ab", passages, strict=True)
    ]

    def item(label: Labelled) -> list[Chunk]:
        [chunk] = passage(label)
        start = max(0, label.passage.find("Of one"))
        text = label.passage[start:].partition("\n")[0]
        return [replace(chunk, start=start, text=text, context="Deal > Limits")]

    teacher = replace(
        teacher_of(
            lambda one, text: one.weight * (1.0 if "limits" in text else 0.99 if "obligor" in text else 0.01),
            lambda _, text: float("obligor" in text),
        ),
        pointed=item,
        settings=Learning(least_score=0.1, answered=1),
    )
    found = teacher.meaning(Phrase(text="bogey", lists=tuple(lists)), lists)
    assert found is not None
    assert "obligor" in found.word.meant
    assert found.resting == 1.0


def test_wordings_that_find_more_together_are_asked_with_together() -> None:
    """One leads to the list in some documents, the other in the rest: neither is among the best alone."""
    lists = [
        asked_of(one, f"What is the bogey of {one}?", f"Rent. {kind} coupon. Hurdle. Of {one}.")
        for one, kind in zip("abcd", ("income", "junior", "income", "junior"), strict=True)
    ]
    helped = {"a": "income", "b": "junior", "c": "income", "d": "junior"}

    def found(one: SoftList, text: str) -> float:
        [document] = one.documents
        return 0.9 if helped[document] in text else 0.2 if "hurdle" in text or "rent" in text else 0.01

    teacher = replace(teacher_of(found), settings=Learning(least_score=0.1, answered=1))
    meaning = teacher.meaning(Phrase(text="bogey", lists=tuple(lists)), lists)
    assert meaning is not None
    assert {"income", "junior"} <= set(meaning.word.meant.split())
    assert meaning.held_after == pytest.approx(0.9)
    alone = replace(teacher, settings=Learning(least_score=0.1, answered=1, together=1))
    found_alone = alone.meaning(Phrase(text="bogey", lists=tuple(lists)), lists)
    assert found_alone is not None
    assert found_alone.held_after < 0.9


def test_a_meaning_that_fails_on_questions_held_apart_is_dropped() -> None:
    [phrase] = unspoken(LISTS[:3], [], FAMILIES)

    def fails(one: SoftList, text: str) -> float:
        return reads_hurdle(one, text) if one in LISTS[:3] else 1.0 - ("hurdle" in text)

    assert teacher_of(fails).meaning(phrase, LISTS[3:]) is None


def test_of_wordings_that_are_found_the_one_with_the_right_answers_counts() -> None:
    lists = [
        asked_of(one, f"What is the bogey of {one}?", "The hurdle rate, on which the incentive fee rests.")
        for one in "abcd"
    ]
    phrase = Phrase(text="bogey", lists=tuple(lists[:3]))

    def found(one: SoftList, text: str) -> float:
        return one.weight / (10 if "bogey" in text else 1)

    def both(_: SoftList, text: str) -> float:
        return float("hurdle" in text and "incentive" in text)

    alone = teacher_of(found, lambda _, text: float("incentive fee" in text)).meaning(phrase, lists[3:])
    paired = teacher_of(found, both).meaning(phrase, lists[3:])
    assert alone is not None
    assert paired is not None
    assert alone.word.meant.startswith("incentive fee")
    assert set(paired.word.meant.split()) == {"hurdle", "rate", "incentive", "fee", "rests"}
    assert (alone.resting, paired.resting) == (1.0, 1.0)


def test_words_of_asking_explain_nothing_that_another_phrase_does() -> None:
    """Both are in the same passages' questions; the one that is in more of them takes them."""
    few = replace(phrase_of("kindly"), lists=tuple(LISTS[:3]))
    both = [few, phrase_of("bogey")]
    kindly = [
        replace(one, question=replace(one.question, text=f"Kindly: {one.question.text}")) for one in LISTS
    ]
    both = [replace(one, lists=tuple(kindly[: len(one.lists)])) for one in both]
    found = [one for one in meanings(both, kindly, teacher_of(reads_hurdle).meaning, lambda: False) if one]
    assert [one.word.said for one in found] == ["bogey"]
    assert list(meanings(both, kindly, teacher_of(reads_hurdle).meaning, lambda: True)) == [None, None]


def phrase_of(text: str) -> Phrase:
    return Phrase(text=text, lists=tuple(LISTS))


def test_a_question_with_a_meaning_in_it() -> None:
    assert asked_with("The Bogey of Alder?", "bogey", "hurdle rate") == "The hurdle rate of Alder?"
    assert asked_with("The Bogey of Alder?", "bogey", "") == "The Bogey of Alder?"


NAMES = ("alder", "birch", "cedar", "dogwood", "elm", "fir")
WORDS: Settings = TUNED.model_copy(
    update={"retrieval": RetrievalSettings(lexical_hits=100, fusion="reciprocal_rank")}
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path)
    with Catalog(workspace.catalog_file) as catalog:
        told = ("Parties", "Liens", "Taxes", "Notices", "Meetings")
        texts = [
            (
                name,
                "\f".join(f"Section {i}.1 {title}. Tell {name} of them." for i, title in enumerate(told, 1))
                + "\fSection 7.2 Fee. Above the hurdle rate of 9%.",
            )
            for name in NAMES
        ]
        fill(catalog, texts)
    reindex(workspace, WORDS)
    return workspace


def labels_of(workspace: Workspace, names: tuple[str, ...]) -> list[Labelled]:
    found = []
    with Catalog(workspace.catalog_file) as catalog:
        for name in names:
            document = catalog.resolve(name)
            asked = Asked(
                text=f"Tell {name} the bogey of {name}.", kind="log", origin="log", document_ids=(document,)
            )
            found += [_labelled(asked, chunk) for chunk in catalog.iter_chunks(document)]
    return found


def _labelled(asked: Asked, chunk: Chunk) -> Labelled:
    return Labelled(
        item=f"{asked.id}/{chunk.id}", question=asked, chunk_id=chunk.id, document=chunk.document_id,
        passage=chunk.passage, probability=0.9 if "hurdle" in chunk.text else 0.05, label_model="m",
    )  # fmt: skip


def test_the_stage_learns_a_word_and_later_stages_hear_what_it_means(workspace: Workspace) -> None:
    train, dev = labels_of(workspace, NAMES[:4]), labels_of(workspace, NAMES[4:])
    given = bench_of(workspace, WORDS, train, dev)
    change = HouseWordsStage().run(given)
    assert change.artifact is not None, change
    assert change.settings == {"retrieval": {"house_words": f"artifacts/{change.artifact.name}/{FILE}"}}
    assert change.figures["after"] > change.figures["before"]
    [word] = HouseWords.load(change.artifact / FILE).words
    assert word.said == "bogey"
    assert word.meant.startswith("percentage of ")
    assert set(word.meant.split()[2:]) <= {"above", "hurdle", "rate", "fee", "section"}
    assert {row["item"] for row in read_examples(change.artifact)} == {one.item for one in (*train, *dev)}
    assert HouseWordsStage().run(given) == change, "what was made is found"
    retrieval = WORDS.retrieval.model_copy(update={"house_words": change.artifact / FILE})
    tuned = WORDS.model_copy(update={"retrieval": retrieval})
    heard = as_understood(train, tuned)
    assert {one.question.text for one in heard if "alder" in one.question.text} == {
        f"Tell alder the {word.meant} of alder."
    }
    again = HouseWordsStage().run(bench_of(workspace, tuned, heard, as_understood(dev, tuned)))
    assert (again.settings, again.note) == ({}, NO_HELP), "nothing is learned twice"


def test_questions_made_from_documents_have_no_house_words(workspace: Workspace) -> None:
    """Nor have their paraphrases: nobody said the words of a language model."""
    train, dev = (
        [replace(one, question=replace(one.question, origin="llm")) for one in labels_of(workspace, names)]
        for names in (NAMES[:4], NAMES[4:])
    )
    for given in ((train, dev), ([], [])):
        change = HouseWordsStage().run(bench_of(workspace, WORDS, *given))
        assert (change.settings, change.note) == ({}, "nobody's own questions")
