"""From the stages at which a group's questions fail, and what they are about, to what would help.

Two proposals: a slicing function, ready to be put in a file and watched from then on, and the kinds of
labeling function whose votes would teach the stage that fails. The rules are a table (``RULES``), read from
the top; a rule speaks where its stages are those of a fifth of the group or more and its content is the
group's.

============ ==============================================================================================
content      most of the group's …
============ ==============================================================================================
table        evidence stands in tables, or reads like figures
contract     documents are agreements or indentures
period       questions name a year
other words  questions share less than a third of their words with the evidence
text         evidence is not in tables
any          always
============ ==============================================================================================

Labeling functions vote on (question, passage) or (question, answer); they are ``tuning``'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from eval.errors.stages import MEANING, Diagnosis, Stage
from eval.printed import texts_on
from eval.runs import Row
from eval.slicing import needs_table, years_asked
from rag.tokens import terms

LabelKind = Literal[
    "document facts", "table row and period", "numeric agreement", "section heading", "defined term",
    "text pattern", "glossary", "embedding neighbourhood", "abstention pattern",
]  # fmt: skip
Content = Literal["table", "contract", "period", "other words", "text", "any"]

SHARE = 0.2
"""The share of a group that a stage must have for its rules to speak."""

MOST_KINDS = 4
FEW_SHARED = 1 / 3
_AGREEMENTS = frozenset(
    {"indenture", "credit agreement", "NDA", "merger agreement", "agreement", "prospectus"}
)


class Rule(NamedTuple):
    """Stages and content, the kind of labeling function that addresses them, and why."""

    stages: tuple[Stage, ...]
    content: Content
    kind: LabelKind
    reason: str


_FINDING: tuple[Stage, ...] = ("wrong_page", "ranked_low")
RULES: tuple[Rule, ...] = (
    Rule(("wrong_document",), "any", "document facts",
         "vote for passages of documents whose company, kind and fiscal year are those the question names"),
    Rule(("wrong_document",), "period", "table row and period",
         "next year's report prints this year's figures too: vote by the period of the column"),
    Rule(_FINDING, "other words", "glossary",
         "the passage says it in other words: vote where a synonym of the question's terms stands in it"),
    Rule(_FINDING, "table", "table row and period",
         "vote for tables with a row label like the question's words and a column of the period asked"),
    Rule(_FINDING, "contract", "section heading",
         "vote for passages under headings that share the question's words"),
    Rule(_FINDING, "contract", "defined term",
         "vote for passages that define or use the capitalised terms of the question"),
    Rule(_FINDING, "text", "text pattern",
         "vote for passages with the phrases that answers to such questions are put in"),
    Rule(_FINDING, "any", "embedding neighbourhood",
         "vote for neighbours of passages that answer like questions; near misses are hard negatives"),
    Rule(("wrong_period",), "any", "table row and period",
         "vote against answers read from a column whose period is not the one asked"),
    Rule(("wrong_scale",), "any", "numeric agreement",
         "vote for answers whose scale is that of the table's caption, or the one asked for"),
    Rule(("arithmetic",), "any", "numeric agreement",
         "vote for answers that can be worked out from the cells of the evidence, within rounding"),
    Rule(("arithmetic",), "any", "glossary",
         "ratios and margins are defined terms of finance: vote for passages that hold all operands"),
    Rule(("misread",), "table", "table row and period",
         "vote for answers that are the cell at the row and period asked"),
    Rule(("misread",), "table", "numeric agreement",
         "vote against answers whose number stands in no row that shares the question's words"),
    Rule(("misread",), "contract", "defined term",
         "vote for answers from the clause that the question's defined terms point to"),
    Rule(("misread",), "text", "text pattern",
         "vote for answers with the form that the question word asks for: a cause, a name, a verdict"),
    Rule(("misread",), "text", "embedding neighbourhood",
         "vote for sentences near those that people marked as answers to like questions"),
    Rule(("should_not_have_abstained",), "any", "abstention pattern",
         "vote that evidence suffices where the question's terms and a value of the kind asked meet"),
    Rule(("should_have_abstained",), "any", "abstention pattern",
         "vote that nothing answers it where the question's rare terms stand in no passage handed over"),
    Rule(("should_have_abstained",), "contract", "section heading",
         "vote against answers from sections that speak of something else than was asked"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionProposal:
    """A kind of labeling function, the stage it addresses, and why it would."""

    kind: LabelKind
    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceProposal:
    """A slicing function as text for a file, and what it would hold: of the group, and of the whole run."""

    name: str
    phrases: tuple[str, ...]
    source: str
    of_group: int
    of_run: int


def functions_for(diagnoses: Sequence[Diagnosis]) -> tuple[FunctionProposal, ...]:
    """What would help a group of errors, at most ``MOST_KINDS``, for the most frequent stage first."""
    mix = stage_mix(diagnoses)
    contents = contents_of([diagnosis.row for diagnosis in diagnoses])
    found: dict[LabelKind, FunctionProposal] = {}
    for stage, count in mix.items():
        if count < SHARE * len(diagnoses):
            continue
        for rule in RULES:
            if stage in rule.stages and rule.content in contents:
                found.setdefault(rule.kind, FunctionProposal(kind=rule.kind, stage=stage, reason=rule.reason))
    return tuple(found.values())[:MOST_KINDS]


def stage_mix(diagnoses: Sequence[Diagnosis]) -> Mapping[Stage, int]:
    """How many failed at each stage, the most frequent first, then in the order of the stages."""
    counts = {stage: sum(one.stage == stage for one in diagnoses) for stage in MEANING}
    return dict(sorted(((s, n) for s, n in counts.items() if n), key=lambda item: -item[1]))


def contents_of(rows: Sequence[Row]) -> frozenset[Content]:
    """What a group of questions is about; see the table above."""
    found: set[Content] = {"any"}
    if _most(needs_table(row) == "yes" for row in rows):
        found.add("table")
    else:
        found.add("text")
    if _most(row.facets.get("document_kind") in _AGREEMENTS for row in rows):
        found.add("contract")
    if _most(bool(years_asked(row.question)) for row in rows):
        found.add("period")
    judged = [row for row in rows if row.evidence]
    if judged and _most(_shared(row) < FEW_SHARED for row in judged):
        found.add("other words")
    return frozenset(found)


def slice_source(name: str, phrases: Sequence[str]) -> str:
    """A file with one slicing function: the questions that say one of some phrases.

    The phrases are terms of ``rag.tokens``, and are written as Python literals.
    """
    identifier = "asks_for_" + re.sub(r"\W+", "_", name.lower()).strip("_")
    listed = ", ".join(_literal(phrase) for phrase in phrases) + ("," if len(phrases) == 1 else "")
    return (
        "from eval.runs import Row\n"
        "from eval.slices import slicing_function\n"
        "from rag.tokens import terms\n\n\n"
        f"@slicing_function({_literal(name)})\n"
        f"def {identifier}(row: Row) -> str | None:\n"
        "    said = f\" {' '.join(terms(row.question))} \"\n"
        f"    phrases = ({listed})\n"
        '    return "yes" if any(f" {phrase} " in said for phrase in phrases) else None\n'
    )


def _literal(text: str) -> str:
    """A text as a Python literal; JSON's strings are Python's."""
    return json.dumps(text, ensure_ascii=False)


def _most(facts: Iterable[bool]) -> bool:
    held = list(facts)
    return 2 * sum(held) > len(held)


def _shared(row: Row) -> float:
    """The share of the question's words that the evidence says too."""
    asked = {term for term in terms(row.question) if not term[0].isdigit()}
    said = {t for place in row.evidence for text in texts_on(row, place) for t in terms(text)}
    return len(asked & said) / len(asked) if asked else 1.0
