"""Labeling functions of this workspace: what your team knows about where answers stand.

Each votes on a question with a passage (or with an answer): RELEVANT, IRRELEVANT, or ABSTAIN where it cannot
tell. They may be wrong now and then and may contradict each other: the label model finds out from their
agreement, and from gold labels where you have some, how far each can be trusted. Run

    covenant label --questions questions.jsonl

and look at coverage, contradictions and examples; then correct, add, and run it again: only what is new or
was changed runs. This file runs with your rights: let only those write it who may run commands here.
"""

from tuning.items import PassageItem
from tuning.labeling import ABSTAIN, IRRELEVANT, RELEVANT, Vote, labeling_function
from tuning.labeling.library.answers import answer_functions
from tuning.labeling.library.patterns import make_pattern
from tuning.labeling.library.places import Definitions
from tuning.labeling.library.standard import passage_functions

# The ready ones for contracts and filings. Without a reranker: passage_functions(reranker=False).
READY = [*passage_functions(), *answer_functions()]

# What you know as a pattern: questions about the governing law are answered where one is named.
GOVERNING_LAW = make_pattern(
    "governing_law",
    passage=r"governed by,? and construed|laws? of the (?:State|Commonwealth) of",
    question=r"govern\w+ law|law govern",
)


# What takes a few lines. Resources are named and handed in: definitions, tables, sections, references, facts,
# links and text of a document; glossary, ontology, embedder, reranker, judgements, questions.
@labeling_function(on="passage", kind="section", slices=["definition"])
def outside_definitions(item: PassageItem) -> Vote:
    """A definition is asked for, and this is not among the definitions."""
    return ABSTAIN if "definition" in item.chunk.headings.casefold() else IRRELEVANT


@labeling_function(on="passage", kind="definition", resources=["definitions"])
def many_definitions(item: PassageItem, *, definitions: Definitions) -> Vote:
    """A term in quotation marks is asked for, and it is defined in this passage."""
    chunk = item.chunk
    inside = [one for one in definitions(chunk.document_id) if chunk.start <= one.term_start < chunk.end]
    return RELEVANT if any(f"“{one.term}”" in item.question.text for one in inside) else ABSTAIN
