"""Functions on the answers to a question beside each other: what several sources say, what means the same.

The reader that is to be tuned may vote against its own answers only, never for them: what it was sure of
must not teach it to be surer. So agreement is counted among the other sources (sentences chosen by words,
values ranked by what stands around them, other places that say the same). Leaves the place of an answer to
``answer_standing``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.protocols import Embedder
from tuning.items import AnswerItem, PreferenceItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import BAD, FIRST, GOOD, SECOND, LabelingFunction, Vote, labeling_function
from tuning.labeling.library.answer_parts import plain, questions_of, supports_of
from tuning.labeling.library.relative import Scores

_DOUBT = 5.0
"""Logits behind the reader's best from which on it speaks against an answer of its own."""
_CHARS = 600


def make_said_by_others(name: str = "said_by_others") -> LabelingFunction:
    """Good where a sentence chosen by words and a ranked value are the same; bad where neither is near."""

    @labeling_function(on="answer", kind="answer", name=name, batch=True, query_wise=True)
    def said_by_others(items: Sequence[AnswerItem]) -> Scores:
        """Other sources propose the same."""
        found = np.full(len(items), np.nan)
        for rows in questions_of(items):
            words = {
                plain(items[row].candidate.text) for row in rows if "words" in items[row].candidate.signals
            }
            said = {
                plain(items[row].candidate.text) for row in rows if "value" in items[row].candidate.signals
            }
            for row in rows:
                own = plain(items[row].candidate.text)
                if own and own in words and own in said:
                    found[row] = GOOD
                elif own and not any(own in one or one in own for one in words | said if one):
                    found[row] = BAD
        return found

    return said_by_others


def make_ranked_value(name: str = "ranked_value") -> LabelingFunction:
    """The share that the ranking of values gives it, of what it gives the best, in bins."""

    @labeling_function(
        on="answer", kind="model", name=name, batch=True, query_wise=True, scored=True,
        edges=(0.05, 0.2, 0.5, 0.95),
    )  # fmt: skip
    def ranked_value(items: Sequence[AnswerItem]) -> Scores:
        """The ranking of values has it among its best."""
        found = np.full(len(items), np.nan)
        for rows in questions_of(items):
            shares: dict[str, float] = {}
            for row in rows:
                share = items[row].candidate.signals.get("value")
                if share is not None:
                    key = plain(items[row].candidate.text)
                    shares[key] = max(shares.get(key, 0.0), share)
            best = max(shares.values(), default=0.0)
            for row in rows:
                own = shares.get(plain(items[row].candidate.text))
                if own is not None and best > 0:
                    found[row] = own / best
        return found

    return ranked_value


def make_reader_doubts(name: str = "reader_doubts", *, logits: float = _DOUBT) -> LabelingFunction:
    """Bad where the reader's margin is so many logits behind its best; it says nothing for an answer."""

    @labeling_function(on="answer", kind="model", name=name, batch=True, query_wise=True)
    def reader_doubts(items: Sequence[AnswerItem]) -> Scores:
        """The reader itself thinks little of it."""
        found = np.full(len(items), np.nan)
        for rows in questions_of(items):
            read = {row: items[row].candidate.signals["margin"] for row in rows if _is_read(items[row])}
            best = max(read.values(), default=0.0)
            for row, margin in read.items():
                if margin < best - logits:
                    found[row] = BAD
        return found

    return reader_doubts


def make_near_in_meaning(name: str = "near_in_meaning") -> LabelingFunction:
    """How far the similarity of its sentence with the question is behind the best, in bins."""

    @labeling_function(
        on="answer", kind="embedding", name=name, resources=["embedder"], batch=True, query_wise=True,
        scored=True, edges=(-0.3, -0.2, -0.1, -0.03),
    )  # fmt: skip
    def near_in_meaning(items: Sequence[AnswerItem], *, embedder: Embedder) -> Scores:
        """Its sentence means what the question means."""
        texts = [_sentence(item) for item in items]
        known = list(dict.fromkeys(text for text in texts if text))
        found = np.full(len(items), np.nan)
        if not known:
            return found
        places = {text: place for place, text in enumerate(known)}
        vectors = embedder.embed_passages(known)
        for rows in questions_of(items):
            asked = embedder.embed_queries([items[rows[0]].question.text])[0]
            own = np.array([vectors[places[texts[row]]] @ asked if texts[row] else np.nan for row in rows])
            if not np.isnan(own).all():
                found[rows] = own - np.nanmax(own)
        return found

    return near_in_meaning


def make_tighter(name: str = "tighter", *, words: int = 12) -> LabelingFunction:
    """Of two answers in one place of which one holds the other: the shorter, where the longer is long."""

    @labeling_function(on="preference", kind="preference", name=name)
    def tighter(pair: PreferenceItem) -> Vote:
        """It says the same with less around it."""
        first, second = (plain(one.candidate.text) for one in (pair.first, pair.second))
        if not first or not second or first == second:
            return ABSTAIN
        if second in first and len(first.split()) > words:
            return SECOND
        return FIRST if first in second and len(second.split()) > words else ABSTAIN

    return tighter


def beside_functions() -> list[LabelingFunction]:
    """All of these."""
    return [
        make_near_in_meaning(),
        make_ranked_value(),
        make_reader_doubts(),
        make_said_by_others(),
        make_tighter(),
    ]


def _is_read(item: AnswerItem) -> bool:
    return "margin" in item.candidate.signals and not item.candidate.judged


def _sentence(item: AnswerItem) -> str:
    """The words around it with the heading above, cut."""
    around = " ".join(chunk.text[one.start : one.end] for one, chunk in supports_of(item))
    return f"{item.headings}\n{around}"[:_CHARS] if around else ""
