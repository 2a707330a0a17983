"""Whether a text declines to answer: "I cannot find this information in the provided documents".

Judged by where it says so. A refusal leads, or is what the text comes to in the end; an answer that only adds
what the documents do not tell ("no acquisition is mentioned for 2021") is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.metrics.answers.statements import concludes, sentences, without_asides
from eval.metrics.numbers import find_quantities

_LED = 2
_ENDING = 2

_SORRY = r"\bi(?:'m| am) (?:sorry|unable|not able)\b|\bmy apologies\b|\bi apologi[sz]e\b|\bas an ai\b"
_NOT_ABLE = r"(?:cannot|can not|can't|could not|couldn't)"
# Filings say "we do not provide guidance", contracts "if the Agent is unable to determine the rate" and
# "Confidential Information does not include": so who speaks has to be the one who answers, and what is silent
# a source in lower case.
_CANNOT = (
    rf"\bi (?:do not|don't|{_NOT_ABLE}) (?:\w+ly )?(?:answer|determine|find|have|provide|know|calculate"
    r"|compute|access|see|assess|locate|give|confirm|compare|identify|tell|say|make)"
    rf"|\b(?:we|one|it|assistant) {_NOT_ABLE} (?:\w+ly )?(?:be )?(?:answer|determine|calculate|compute|assess"
    r"|compare|identify|provide the answer)"
)
_UNABLE = (
    r"(?:^\W*|\b(?:therefore|thus|hence|so|it is|it's|i am|makes it)\b,? ?)"
    r"(?:unable|impossible|not possible|not able|not feasible|difficult) to (?:\w+ly )?"
    r"(?:answer|determine|find|provide|calculate|compute|assess|locate|give|confirm|identify|tell|say|know)"
)
_SOURCE = (
    r"(?-i:documents?|context|texts?|information|filings?|evidence|excerpts?|reports?|passages?|pages?|data"
    r"|statements?|sources?|materials?|details|sections?|10-[kq]|10-[KQ])"
)
_PASSIVE = (
    rf"\b{_NOT_ABLE} be (?:\w+ly )?(?:answered|determined|found|provided|calculated|computed|assessed|located"
    r"|given|identified|known|derived|ascertained)(?:\W*$| (?:from|based on|with|using|without|in)\b)"
)
_LACKS = (
    rf"\b{_SOURCE}\b[^.,]{{0,60}}\b(?:does|do|did)(?: not|n't) (?:\w+ly )?(?:contain|include|provide|mention"
    r"|give|disclose|state|specify|have|offer|break|cover|address|say|list|report|discuss|reveal)"
)
_NOTHING = (
    r"\bthere (?:is|was|are) (?:no|not) (?:\w+ ){0,4}?(?-i:information|data|mention|details?|figures?"
    r"|evidence|reference|enough)\b"
    r"|\b(?:insufficient|not enough|no) (?:\w+ ){0,2}(?-i:information|data|details)\b"
    r"|\bnot (?:\w+ly )?(?:provided|available|disclosed|included|mentioned|stated|found|specified|given)"
    rf" (?:in|by|within) (?:the|this|these) (?:\w+ ){{0,2}}{_SOURCE}\b"
    r"|^no answer (?:was |could be )?found\b|^(?:not found|unknown|n/?a|not in (?:the|these) documents?)\W*$"
)
_ASKS_BACK = (
    r"\b(?:if|once) you (?:\w+ )?(?:provide|have|obtain|give|share)\b"
    r"|\bplease (?:provide|refer|consult|check|see)\b"
    r"|\bi (?:can|could|would be happy to|'d be happy to) (?:help|assist)\b"
    r"|\byou(?:'ll| will| would)? need to (?:look|refer|access|consult)\b"
)
_SORRY_ABOUT = re.compile("|".join((_SORRY, _CANNOT, _UNABLE, _PASSIVE)), re.IGNORECASE)
_SILENT = re.compile("|".join((_LACKS, _NOTHING)), re.IGNORECASE)
_ENDS = re.compile("|".join((_CANNOT, _UNABLE, _PASSIVE, _ASKS_BACK)), re.IGNORECASE)
_ANSWERS = re.compile(r"^\W*(?:yes|no)\s*[,.:;–—-]", re.IGNORECASE)
_TURNS = re.compile(r"^\W*(?:however|but|nevertheless|instead|still)\b", re.IGNORECASE)


def refuses(text: str, *, silence: bool = True) -> bool:
    """True for a text that declines to answer.

    Without ``silence``, saying that a document does not mention something is taken for an answer: it is one
    where nothing of the kind is what gold says.

    >>> refuses("Unable to answer without the actual filing."), refuses("The trustee is not named Dunmore.")
    (True, False)
    >>> refuses("The filing does not mention any purchase for 2023. However, in 2022 it bought Corvane Ltd.")
    False
    """
    units = sentences(without_asides(text.replace("’", "'")))
    if not units or _ANSWERS.match(units[0]):
        return False
    if any(_SORRY_ABOUT.search(unit) for unit in units[:_LED]):
        return True
    if any(_ENDS.search(unit) for unit in units[-_ENDING:]):
        return True
    silent = silence and any(_SILENT.search(unit) for unit in units[:_LED])
    return silent and not _answers_all_the_same(units)


def _answers_all_the_same(units: Sequence[str]) -> bool:
    """Whether a text that names a gap in its source still comes to a value, or turns to what is there."""
    if len(units) > _LED and concludes(units[-1]) and find_quantities(units[-1]):
        return True
    return any(_TURNS.match(unit) and not _SILENT.search(unit) for unit in units[1 : _LED + 1])
