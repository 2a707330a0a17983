"""Functions on where a passage stands: in what the question was made from, in the section that it names.

Where a question was made from documents, its place is a strong belief and no gold: the same may stand
elsewhere, in other words or to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rag.quotes import locate
from rag.related import asked_definitions, asked_places
from rag.sentences import sentence_spans
from rag.structure import Definition, Reference
from rag.types import Chunk, DocumentId, Section
from tuning.items import Asked, PassageItem, Place
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import IRRELEVANT, RELEVANT, LabelingFunction, Vote, labeling_function
from tuning.labeling.library.ranks import PLACES
from tuning.labeling.library.reading import QuestionReader, heading_words, stems
from tuning.labeling.library.relative import Scores, by_question, covered, places, rarity

_SHINGLE = 3
_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")

Definitions = Callable[[DocumentId], Sequence[Definition]]
References = Callable[[DocumentId], Sequence[Reference]]
Sections = Callable[[DocumentId], Sequence[Section]]
Texts = Callable[[DocumentId], str]
Spans = list[tuple[int, int]]


def make_made_from(name: str = "made_from", *, share: float = 0.5) -> LabelingFunction:
    """Relevant where it holds ``share`` of a place that the question was made from; others are not."""

    @labeling_function(on="passage", kind="place", name=name, family="place")
    def made_from(item: PassageItem) -> Vote:
        """The question was made from it."""
        if not item.question.places:
            return ABSTAIN
        held = any(_held(item.chunk, place) >= share for place in item.question.places)
        touched = any(_held(item.chunk, place) > 0 for place in item.question.places)
        return RELEVANT if held else ABSTAIN if touched else IRRELEVANT

    return made_from


def make_says_the_same(name: str = "says_the_same", *, alike: float = 0.7) -> LabelingFunction:
    """Relevant where it repeats a place that the question was made from, with its figures."""

    @labeling_function(on="passage", kind="place", name=name, resources=["text"])
    def says_the_same(item: PassageItem, *, text: Texts) -> Vote:
        """It repeats what the question was made from."""
        for place in item.question.places:
            if place.document_id != item.chunk.document_id or _held(item.chunk, place) > 0:
                continue
            original = text(place.document_id)[place.start : place.end]
            if _repeats(original, item.chunk.text, alike):
                return RELEVANT
        return ABSTAIN

    return says_the_same


def make_holds_answer(name: str = "holds_answer") -> LabelingFunction:
    """Whether it has the answer that the question's maker read, as far as any passage at hand has it.

    What was computed stands nowhere, and tells nothing of a passage.
    """

    @labeling_function(on="passage", kind="number", name=name, family="answer", batch=True, query_wise=True)
    def holds_answer(items: Sequence[PassageItem]) -> Scores:
        """The maker's answer stands in it."""
        found = np.full(len(items), np.nan)
        for question, rows in by_question(items):
            answer = "" if question.computed else question.answer.strip()
            held = [bool(answer) and locate(items[int(row)].chunk.text, answer) is not None for row in rows]
            if any(held):
                found[rows] = held
        return found

    return holds_answer


def make_answer_in_context(name: str = "answer_in_context") -> LabelingFunction:
    """At which place its sentence with the maker's answer is, by the words shared with the question."""

    @labeling_function(
        on="passage", kind="number", name=name, family="answer", resources=["questions"], batch=True,
        query_wise=True, scored=True, edges=PLACES,
    )  # fmt: skip
    def answer_in_context(items: Sequence[PassageItem], *, questions: QuestionReader) -> Scores:
        """The maker's answer stands in it among words of the question."""
        found = np.full(len(items), np.nan)
        for question, rows in by_question(items):
            asked, answer = questions(question).words, question.answer.strip()
            chunks = [items[int(row)].chunk for row in rows]
            weight = rarity(stems(chunk.text) for chunk in chunks)
            for row, chunk in zip(rows, chunks, strict=True) if answer else ():
                around = heading_words(chunk)
                for start, end in sentence_spans(chunk.text):
                    sentence = chunk.text[start:end]
                    if locate(sentence, answer) is not None:
                        said = stems(sentence) | stems(chunk.table_line) | around
                        found[row] = np.nanmax([found[row], covered(asked, said, weight)])
        return places(found, items)

    return answer_in_context


def make_clause_asked(name: str = "clause_asked") -> LabelingFunction:
    """Relevant in the section or clause that the question names by number, irrelevant elsewhere."""

    @labeling_function(
        on="passage",
        kind="reference",
        name=name,
        resources=["questions", "references", "sections"],
        batch=True,
    )
    def clause_asked(
        items: Sequence[PassageItem],
        *,
        questions: QuestionReader,
        references: References,
        sections: Sections,
    ) -> Scores:
        """The question names its section by number."""

        def spans(question: Asked, document: DocumentId) -> Spans:
            text = questions(question).text
            found = asked_places(references(document), sections(document), text)
            return [(span.start, span.end) for span in found]

        return _inside(items, spans, otherwise=IRRELEVANT)

    return clause_asked


def make_defines_asked(name: str = "defines_asked") -> LabelingFunction:
    """Relevant where a term that the question quotes, or names by several words, is defined in it."""

    @labeling_function(
        on="passage", kind="definition", name=name, resources=["questions", "definitions"], batch=True
    )
    def defines_asked(
        items: Sequence[PassageItem], *, questions: QuestionReader, definitions: Definitions
    ) -> Scores:
        """A term of the question is defined in it."""

        def spans(question: Asked, document: DocumentId) -> Spans:
            asked = _terms_asked(questions(question).text, definitions(document))
            return [(one.start, one.end) for one in asked]

        return _inside(items, spans)

    return defines_asked


def make_quoted_elsewhere(name: str = "quoted_elsewhere") -> LabelingFunction:
    """Irrelevant where none of the terms that the question quotes is used in it."""

    @labeling_function(on="passage", kind="counter", name=name, resources=["questions"])
    def quotes_other(item: PassageItem, *, questions: QuestionReader) -> Vote:
        """The term that the question quotes is not in it."""
        quoted = questions(item.question).quoted
        if not quoted:
            return ABSTAIN
        text = item.chunk.text.casefold()
        return ABSTAIN if any(one.casefold() in text for one in quoted) else IRRELEVANT

    return quotes_other


def make_definition_points_to(name: str = "definition_points_to") -> LabelingFunction:
    """Relevant where the definition of a term asked for refers to it, or is of a rare term used there."""

    @labeling_function(
        on="passage",
        kind="reference",
        name=name,
        resources=["questions", "definitions", "references"],
        batch=True,
    )
    def definition_points_to(
        items: Sequence[PassageItem],
        *,
        questions: QuestionReader,
        definitions: Definitions,
        references: References,
    ) -> Scores:
        """The definition of a term of the question leads to it."""

        def spans(question: Asked, document: DocumentId) -> Spans:
            known = definitions(document)
            asked = _terms_asked(questions(question).text, known)
            return list(_pointed(asked, known, references(document))) if asked else []

        return _inside(items, spans)

    return definition_points_to


def _inside(
    items: Sequence[PassageItem],
    spans: Callable[[Asked, DocumentId], Spans],
    otherwise: int = ABSTAIN,
) -> Scores:
    """``[n]``: relevant where a passage overlaps a span of its question; abstaining where there are none."""
    found = np.full(len(items), float(ABSTAIN))
    for question, rows in by_question(items):
        known: dict[DocumentId, Spans] = {}
        for row in rows:
            chunk = items[int(row)].chunk
            if chunk.document_id not in known:
                known[chunk.document_id] = spans(question, chunk.document_id)
            own = known[chunk.document_id]
            if own:
                inside = any(_overlaps(chunk, start, end) for start, end in own)
                found[row] = RELEVANT if inside else otherwise
    return found


def _terms_asked(question: str, definitions: Sequence[Definition]) -> list[Definition]:
    """Definitions of terms in a question that are of several words or in capitals there."""
    return [
        one for one in asked_definitions(definitions, question) if " " in one.term or one.term in question
    ]


def _pointed(
    asked: Sequence[Definition], known: Sequence[Definition], references: Sequence[Reference]
) -> Iterator[tuple[int, int]]:
    few, long = 6, 4000
    for one in asked:
        for reference in references:
            start, end = reference.target_start, reference.target_end
            if one.start <= reference.start < one.end and start is not None and end is not None:
                yield start, min(end, start + long)
        for other in known:
            if len(other.uses) <= few and any(one.start <= use < one.end for use in other.uses):
                yield other.start, other.end


def _held(chunk: Chunk, place: Place) -> float:
    """The share of a place that stands in a chunk."""
    if chunk.document_id != place.document_id or place.end <= place.start:
        return 0.0
    inside = min(chunk.end, place.end) - max(chunk.start, place.start)
    return max(inside, 0) / (place.end - place.start)


def _overlaps(chunk: Chunk, start: int, end: int) -> bool:
    return chunk.start < end and start < chunk.end


def _repeats(original: str, text: str, alike: float) -> bool:
    """Whether most runs of three words of a text stand in another, with all its figures."""
    own, other = (_runs(one) for one in (original, text))
    if not own or not set(_FIGURE.findall(original)) <= set(_FIGURE.findall(text)):
        return False
    return len(own & other) >= alike * len(own)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return frozenset(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))
