"""A reading into a question as users write it: the document named or left out, the opening varied.

Everything is drawn from a seeded generator. A question that leaves the document out is asked of that document
only; one that names it may be asked of the whole library, where no other document is called the same. Leaves
what is asked to the makers, other words for the same to ``tuning.questions.synonyms``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Sequence

from rag.types import DocumentId
from tuning.items import Asked
from tuning.questions.readings import Reading
from tuning.questions.source import Source

_BARE, _OF_LIBRARY = 0.4, 0.4
"""Share of questions that leave the document out; share of the others that are asked of the library."""
_NAMED = (
    "In {d}, {q}?",
    "{q} in {d}?",
    "Under {d}, {q}?",
    "For {d}: {q}?",
    "{d}: {q}?",
    "According to {d}, {q}?",
    "{q}, according to {d}?",
    "Looking at {d}, {q}?",
)
_OF_REPORT = (
    "{q} according to {d}?",
    "In {d}, {q}?",
    "{d}: {q}?",
    "For {d}, {q}?",
    "{q}? ({d})",
)
_BARE_FORMS = ("{q}?", "{q}?", "{q}?", "{q}", "Please tell me: {q}?", "I need to know {i}.")
_ORDER = re.compile(r"(?:^|[,:] )(?:compare|name|summarise) ", re.IGNORECASE)
_LONG_QUESTION = 14
"""Words from which on "what is … in D?" no longer reads well: then the document is named first."""


def ask(reading: Reading, source: Source, draw: random.Random, unique: Collection[str]) -> Asked:
    """The question of a reading about one document; ``unique`` are the names that only one document has."""
    question, documents = reading.question, (source.id,)
    named = bool(source.called) and not reading.names and draw.random() >= _BARE
    if not named:
        return _asked(reading, _bare(question, draw), documents)
    name = draw.choice(source.called)
    forms: tuple[str, ...] = _OF_REPORT if source.is_report else _NAMED
    if len(question.split()) > _LONG_QUESTION:
        forms = tuple(form for form in forms if not form.startswith("{q}"))
    text = _capital(_ended(draw.choice(forms).format(d=name, q=question)))
    of_library = name in unique and reading.places and draw.random() < _OF_LIBRARY
    return _asked(reading, text, None if of_library else documents)


def ask_of(reading: Reading, documents: Sequence[DocumentId], draw: random.Random) -> Asked:
    """The question of a reading about several documents, which its words name."""
    text = _capital(_ended(f"{reading.question}?"))
    return _asked(reading, text, None if draw.random() < _OF_LIBRARY else tuple(sorted(documents)))


def _bare(question: str, draw: random.Random) -> str:
    form = draw.choice(_BARE_FORMS)
    if "{i}" in form and not question.startswith(("what is the ", "who is the ")):
        form = "{q}?"
    # "what is the fee" is said of as "what the fee is", or in short "the fee".
    return _capital(_ended(form.format(q=question, i=question.partition(" is ")[2])))


def _asked(reading: Reading, text: str, documents: tuple[DocumentId, ...] | None) -> Asked:
    return Asked(
        text=text,
        kind=reading.kind,
        origin="documents",
        maker=reading.maker,
        document_ids=documents,
        places=reading.places,
        answer=reading.answer,
        computed=reading.computed,
    )


def _ended(text: str) -> str:
    """Orders ("Compare …", "Name …") end with a full stop."""
    return f"{text[:-1]}." if _ORDER.search(text) and text.endswith("?") else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
