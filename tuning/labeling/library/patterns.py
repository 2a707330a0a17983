"""An expert's wordings as labeling functions: where a question says this, the right place says that.

    passage_pattern("grace_is_a_number_of_days", asked="grace|cure period", text="for .{0,40}days")
    heading_pattern("fees_by_heading", asked="fee", heading="fees|compensation")
    answer_pattern("fee_rates_are_shares", asked="fee rate", answer="%", otherwise=WRONG)

Patterns are regular expressions, without regard to case. ``asked`` is looked for in the question; where it is
not found the function abstains.
"""

from __future__ import annotations

import re

from tuning.items import AnswerItem, PassageItem
from tuning.labeling.functions import ABSTAIN, IRRELEVANT, RELEVANT, LabelingFunction
from tuning.labeling.resources import Resources


def passage_pattern(
    name: str, *, asked: str, text: str, found: int = RELEVANT, otherwise: int = ABSTAIN, family: str = ""
) -> LabelingFunction:
    """Votes ``found`` where the chunk's own text has ``text``, ``otherwise`` where not."""
    wanted, said = re.compile(asked, re.IGNORECASE), re.compile(text, re.IGNORECASE | re.DOTALL)

    def rule(item: PassageItem, _: Resources) -> int:
        if not wanted.search(item.question.text):
            return ABSTAIN
        return found if said.search(item.chunk.text) else otherwise

    parameters = {"asked": asked, "text": text, "found": found, "otherwise": otherwise}
    return LabelingFunction(
        name=name, on="passage", kind="text_pattern", rule=rule, family=family, parameters=parameters
    )


def heading_pattern(
    name: str, *, asked: str, heading: str, otherwise: int = IRRELEVANT, family: str = ""
) -> LabelingFunction:
    """Votes RELEVANT under a heading that has ``heading``, ``otherwise`` elsewhere."""
    wanted, said = re.compile(asked, re.IGNORECASE), re.compile(heading, re.IGNORECASE)

    def rule(item: PassageItem, _: Resources) -> int:
        if not wanted.search(item.question.text):
            return ABSTAIN
        return RELEVANT if said.search(item.chunk.headings.partition(" > ")[2]) else otherwise

    parameters = {"asked": asked, "heading": heading, "otherwise": otherwise}
    return LabelingFunction(
        name=name, on="passage", kind="heading", rule=rule, family=family, parameters=parameters
    )


def answer_pattern(
    name: str, *, asked: str, answer: str = "", sentence: str = "", found: int = RELEVANT,
    otherwise: int = ABSTAIN, family: str = "",
) -> LabelingFunction:  # fmt: skip
    """Votes ``found`` where the answer has ``answer`` and stands in words that have ``sentence``.

    An empty pattern fits everything. Refusals are left to others.
    """
    wanted, said, around = (re.compile(one, re.IGNORECASE | re.DOTALL) for one in (asked, answer, sentence))

    def rule(item: AnswerItem, _: Resources) -> int:
        if not item.candidate.supports or not wanted.search(item.question.text):
            return ABSTAIN
        fits = said.search(item.candidate.text) and around.search(item.words_around)
        return found if fits else otherwise

    parameters = {
        "asked": asked,
        "answer": answer,
        "sentence": sentence,
        "found": found,
        "otherwise": otherwise,
    }
    return LabelingFunction(
        name=name, on="answer", kind="text_pattern", rule=rule, family=family, parameters=parameters
    )
