"""Whether another wording asks for the same as a question, as far as rules can tell; in doubt they refuse.

What is written by a model, from a text that comes out of documents, proves itself here: the same figures,
sections and dates, every name and defined term as it was written and no other, the same sense of denials and
directions, the same kind of answer, English, one line. A model that obeyed an order inside a document, that
answered, or that asked for something else, is refused by one of these; where two of them would, the first is
the reason. Leaves repetition and copies of passages to ``tuning.questions.filters``.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.generator.figures import asked_why
from rag.generator.manner import Manner, manner
from rag.generator.valued.found import Kind
from rag.generator.valued.wanted import Wanted, wanted
from rag.standing import DENIALS, NUMBER_WORDS, OPENINGS
from rag.tokens import STOPWORDS, terms

_LONGEST = 300
"""Characters of a wording, at most."""
_LONGER = (2.0, 8)
"""A wording has at most so many times the words of the question, and so many more."""
_LEAST_SHARED = 0.25
"""Of what a question says beside its figures, this share of terms stays."""
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_RAW = re.compile(r"[<>{}\[\]|`*#\\]|https?:|www\.", re.IGNORECASE)
"""What questions to people do not have, and what talks to machines does."""
_CURRENCY = re.compile(r"[$€£¥%‰]|\b(?:USD|EUR|GBP|JPY|CHF)\b")
_PARAGRAPH = re.compile(r"\((?:[a-z]{1,4}|[A-Z]|\d{1,3})\)")
_NUMBERED = re.compile(
    r"\b(section|article|clause|schedule|exhibit|item|note|rule|part|annex|appendix|chapter|paragraph|page"
    r"|table|class|series|tranche)e?s?\s+((?:\d|[ivxlc]+\b|[a-z](?:-\d+)?\b)[\w.-]*)",
    re.IGNORECASE,
)
_ENDS = ("?", ".")
_ORDER = re.compile(
    r"(?:^|(?<=[,:] ))(?:please\s+|kindly\s+)?"
    r"(?:tell|state|name|give|compare|list|find|identify|explain|describe|show|provide"
    r"|specify|say|quote|highlight|extract|summari[sz]e|determine|calculate|compute|locate)\b"
    r"|^i(?:'d| would)? (?:need|want|like|wish) to know\b|^i am looking for\b|^i'm looking for\b",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\b(?:who|whom|whose|identity|named?|identify)\b"
    r"|\b(?:which|what) (?:\w+ )?(?:party|parties|entity|entities|company|companies|person|persons|bank|firm"
    r"|institution|organi[sz]ation)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\bwhere\b|\b(?:which|what|in what) (?:section|article|clause|page|part|place|provision)s?\b", re.I
)
_EXCEPTION = re.compile(
    r"\b(?:except\w*|exclud\w+|exclusive|other than|apart from|aside from|besides|unless|disregard\w*"
    r"|net of)\b",
    re.I,
)
_FOREIGN = frozenset(
    """
    der das den dem ein eine einer ist sind war und oder von vom wer wie welche welcher welches wann wieviel
    le les une des du est sont et ou quel quelle quels quelles qui quand combien dans pour avec aux
    el los las una del es son y qué cuál quién cuándo cuánto en con para por
    il lo gli della dello di che chi quale quando quanto nel sono per
    het een van wie welk welke wanneer hoeveel os da dos das qual quem
    """.split()
)
"""Small words of German, French, Spanish, Italian, Dutch and Portuguese that no English question needs."""
_OPPOSITES: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        (
            "increase increased increases increasing rise rose risen rising grow grew grown growth gain"
            " gained up",
            "decrease decreased decreases decreasing decline declined declining fall fell fallen falling drop"
            " dropped reduction reduced reduce loss lost down shrink shrank",
        ),
        (
            "more most greater greatest larger largest higher highest maximum max exceed exceeds exceeded"
            " above over upper longest latest",
            "less least fewer fewest smaller smallest lower lowest minimum min below under shortest earliest",
        ),
        ("before prior earlier preceding previous until", "after following later subsequent since next"),
        ("first initial original opening beginning start", "last final closing end ending current"),
        ("may can permitted allowed entitled", "must required obliged obligated prohibited forbidden"),
        ("buyer purchaser", "seller vendor"),
        ("lender creditor", "borrower debtor"),
        ("lessor landlord licensor", "lessee tenant licensee"),
        ("assignor transferor", "assignee transferee"),
        ("assets asset", "liabilities liability"),
        ("income revenue revenues profit", "expense expenses cost costs"),
        ("receivable receivables", "payable payables"),
        ("inflow inflows received receive receives", "outflow outflows paid pay pays"),
        ("senior", "subordinated junior"),
    )
)


def changed(question: str, wording: str, kept: Collection[str] = ()) -> str:
    """Why a wording does not ask for the same: "form", "figures", "names", …; empty where it may.

    ``kept`` are phrases, of those that stand in the question, that have to stay as they are.

    >>> changed("Who is the trustee of Alder?", "Which bank acts as trustee for Alder?")
    ''
    >>> changed("What is 5% of it under Section 7.2?", "What is 5% of it under Section 7.3?")
    'figures'
    >>> changed("Who is the trustee of Alder?", "Who is the trustee of Birch?")
    'names'
    """
    checks = (
        ("form", _well_formed(question, wording)),
        ("length", _as_long(question, wording)),
        ("language", _same_language(question, wording)),
        ("figures", _figures(question) == _figures(wording)),
        ("names", _same_names(question, wording, kept)),
        ("sense", _same_direction(question, wording)),
        ("kind", _same_kind(question, wording)),
        ("subject", _same_subject(question, wording)),
    )
    return next((reason for reason, holds in checks if not holds), "")


def _well_formed(question: str, wording: str) -> bool:
    """One line in plain characters that asks: an answer, a remark or a heading does not."""
    if not wording.isprintable() or (_RAW.search(wording) and not _RAW.search(question)):
        return False
    asks = wording.endswith("?") or (wording.endswith(_ENDS) and _ORDER.search(wording) is not None)
    return asks and len(re.findall(r"\?", wording)) <= max(1, question.count("?"))


def _as_long(question: str, wording: str) -> bool:
    factor, more = _LONGER
    return len(wording) <= _LONGEST and len(wording.split()) <= factor * len(question.split()) + more


def _same_language(question: str, wording: str) -> bool:
    """English, as far as small words and letters tell: made questions are, and these have no others."""
    before, after = _small_words(question), _small_words(wording)
    strange = {char for char in wording if char.isalpha() and not char.isascii()} - set(question)
    return not strange and not (after - before) & _FOREIGN and bool(after & STOPWORDS)


def _figures(text: str) -> tuple[frozenset[str], ...]:
    """All that has digits, with units and currencies, numbers in words, sections and their paragraphs.

    >>> [sorted(one) for one in _figures("Is $5 due on two days under Section 7.2(a)?")]
    [['5', '7.2'], ['$'], ['two'], ['(a)'], ['section 7.2']]
    """
    return (
        frozenset(one.rstrip(".,%") for one in terms(text) if any(map(str.isdigit, one))),
        frozenset(_CURRENCY.findall(text)),
        frozenset(_small_words(text) & NUMBER_WORDS),
        frozenset(_PARAGRAPH.findall(text)),
        frozenset(f"{word} {number}".lower().rstrip(".-") for word, number in _NUMBERED.findall(text)),
    )


def _same_names(question: str, wording: str, kept: Collection[str]) -> bool:
    """Every name, run of capitals and quotation stays as written, and there are no others."""
    folded, said = _folded(question), _folded(wording)
    wanted_here = [*kept, *_runs(question), *_QUOTED.findall(question)]
    if not all(_stands(_folded(one), said) for one in wanted_here if _stands(_folded(one), folded)):
        return False
    known = {word.lower() for word in _WORD.findall(question)}
    known |= {part for word in known for part in re.split(r"['’]", word)}
    new = (word for run in _runs(wording) for word in run.split())
    quoted = all(_folded(one) in folded for one in _QUOTED.findall(wording))
    return quoted and all(_bare(word) in known or word.lower() in known for word in new)


def _runs(text: str) -> list[str]:
    """Capitals side by side, without what only begins a sentence.

    >>> _runs("Under the Senior Fee Rate, what does Alder CLO's Trustee get by EBITDA?")
    ['Senior Fee Rate', 'Alder CLO', 'Trustee', 'EBITDA']
    """
    found: list[str] = []
    end, start_of_sentence = -1, True
    for match in _WORD.finditer(text):
        word = re.sub(r"['’]s?$", "", match[0])
        plain = word.lower() in STOPWORDS or word.lower() in OPENINGS or _ORDER.match(word) is not None
        capital = word[0].isupper() and not (plain and not word.isupper())
        named = capital and (not start_of_sentence or not word[1:].islower())
        start_of_sentence = text[match.end() :].lstrip(" ”\"'")[:1] in ("?", ":") or False
        if named and end >= 0 and text[end : match.start()] == " ":
            found[-1] += f" {word}"
        elif named:
            found.append(word)
        # A possessive ends a name.
        end = match.end() if named and word == match[0] else -1
    return [one for one in found if len(one) > 1]


def _same_direction(question: str, wording: str) -> bool:
    """No denial or exception comes or goes, and nothing turns into its opposite."""
    before, after = _small_words(question), _small_words(wording)
    if _denies(before, question) != _denies(after, wording):
        return False
    if bool(_EXCEPTION.search(question)) != bool(_EXCEPTION.search(wording)):
        return False
    return not any(
        (before & one and not before & other and after & other)
        or (before & other and not before & one and after & one)
        for one, other in _OPPOSITES
    )


def _denies(words: Collection[str], text: str) -> bool:
    return not DENIALS.isdisjoint(words) or "n't" in text.replace("’", "'")


def _same_kind(question: str, wording: str) -> bool:
    """Asked in the same manner, for the same kind of value, for a person or a place where the other is."""
    if _manner(question) != _manner(wording) or asked_why(question) != asked_why(wording):
        return False
    before, after = wanted(question), wanted(wording)
    if not _surely(before) <= after.kinds.keys() or not _surely(after) <= before.kinds.keys():
        return False
    apart = before.kinds and after.kinds and not before.kinds.keys() & after.kinds.keys()
    if apart or before.unit != after.unit:
        return False
    if _WHO.search(question) and not _WHO.search(wording):
        return bool(re.search(r"\b(?:which|what)\b", wording, re.IGNORECASE)) and not _WHERE.search(wording)
    return bool(_WHERE.search(question)) == bool(_WHERE.search(wording))


def _manner(text: str) -> Manner:
    """How it is asked, with the mark that made questions lack at times; orders ask for what questions do."""
    found = manner(text if text.endswith(_ENDS) or _ORDER.search(text) else f"{text}?")
    return "open" if found == "clause" else found


def _surely(asked: Wanted) -> set[Kind]:
    """The kinds that the words of asking name; others are guessed from what is asked of."""
    return {kind for kind, share in asked.kinds.items() if share >= 1.0}


def _same_subject(question: str, wording: str) -> bool:
    """Enough of what is said is said again, figures aside, and at least one term of it."""
    before, after = ({one for one in terms(text) if one.isalpha()} for text in (question, wording))
    if not before:
        return True
    return len(before & after) >= max(1.0, _LEAST_SHARED * len(before))


def _small_words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[^\W\d_]+", text)}


def _folded(text: str) -> str:
    """Without typographic quotes and differences of white space and of case at an article."""
    plain = " ".join(text.translate(_PLAIN).split())
    return re.sub(r"\b(?:The|the) ", "the ", plain)


_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word).lower()


def _stands(phrase: str, text: str) -> bool:
    """Whether a phrase stands in a text as whole words."""
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None
