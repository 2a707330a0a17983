"""The span reader as a generator: candidates from the evidence, each a span, a list of spans or a verdict.

Questions for something are answered by spans; where several are asked for, the likely ones of a window are
one answer, in their order. Questions for a yes or no are answered by what the documents say of it, in their
words: the verdicts were taught by statements about agreements, and say yes to "May the Issuer create a lien?"
where it shall not. Statements are judged by the passage that decides them most clearly, with the sentence it
rests on. Scores are what the model says; ``rag.generator.quality`` makes probabilities of them. Leaves
decoding to ``decode``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from rag.fingerprints import fingerprint
from rag.generator.focus import subject
from rag.generator.manner import manner
from rag.generator.odds import log_odds, probability
from rag.generator.span.decode import Span, spans_of
from rag.generator.span.model import Reading, SpanModel
from rag.generator.span.verdicts import CONTRADICTED, ENTAILED
from rag.generator.span.windows import Window
from rag.prompt import Prompt
from rag.sentences import sentences_around
from rag.types import Candidate, Chunk, Evidence, Support

_VERSION = 1
LONGEST = {"open": 80, "clause": 250, "statement": 250, "yes_no": 250}
"""Word pieces of a span, by the manner of the question."""
_SPANS = 3
"""Taken from a window at most, for questions for one thing."""
_LISTED = 8
_BROUGHT = 4
_LIKELY = 0.25
"""Of a window's spans those belong to a list that have this share of the likeliest's probability."""
_SEVERAL = re.compile(
    r"\b(?:what|which) (?:are|were|\w+s\b(?! (?:is|was|does|did|has)))|\b(?:list|name|types of|kinds of|"
    r"respectively|each of|components of)\b",
    re.IGNORECASE,
)


class SpanReader:
    """Candidates with scores in [0, 1]: the probability of a span against none, or of a verdict."""

    def __init__(self, model: SpanModel, *, candidates: int, windows: int) -> None:
        """Propose so many candidates a question, from so many pieces of evidence."""
        self._model = model
        self._count = candidates
        self._windows = windows

    @property
    def fingerprint(self) -> str:
        """Identity of the model and of what is made of its logits."""
        return fingerprint(
            {
                "version": _VERSION,
                "model": self._model.fingerprint,
                "candidates": self._count,
                "windows": self._windows,
            }
        )

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """The best candidates of each prompt, best first."""
        return [self._complete(prompt) for prompt in prompts]

    def _complete(self, prompt: Prompt) -> tuple[Candidate, ...]:
        asked = manner(prompt.question)
        question = subject_of(prompt.question)
        chunks = [one.chunk for one in read_first(prompt.evidence, self._windows)]
        readings = self._model.read(
            [Window(question=question, text=chunk.text, context=chunk.context) for chunk in chunks]
        )
        if asked == "statement":
            found = _verdicts(chunks, readings)
        else:
            several = asked == "open" and _SEVERAL.search(question) is not None
            found = [
                candidate
                for rank, (chunk, reading) in enumerate(zip(chunks, readings, strict=True))
                for candidate in _spans(chunk, rank, reading, LONGEST[asked], several=several)
            ]
        ordered = sorted(found, key=lambda candidate: -candidate.signals["margin"])
        return tuple(_both_verdicts(ordered, self._count) if asked == "statement" else ordered[: self._count])


def subject_of(question: str) -> str:
    """What is read of a question: all of a demand or a statement, else what it asks about."""
    return question if manner(question) in ("clause", "statement") else subject(question)


def read_first(evidence: Sequence[Evidence], count: int) -> list[Evidence]:
    """The first so many pieces: hits, but for one place in four, which is for what they brought along."""
    hits = [one for one in evidence if one.why == "hit"]
    brought = [one for one in evidence if one.why != "hit"]
    kept = max(count - min(len(brought), count // _BROUGHT), 0)
    return [*hits[:kept], *brought][:count]


def _spans(chunk: Chunk, rank: int, reading: Reading, longest: int, *, several: bool) -> list[Candidate]:
    """A window's spans, each for itself; where several are asked for, the likely ones together first."""
    spans = spans_of(reading, _LISTED if several else _SPANS, longest)
    if not spans:
        return []
    candidates = [_quoted(chunk, rank, [span]) for span in spans[:_SPANS]]
    likely = [span for span in spans if span.share >= _LIKELY * spans[0].share]
    if several and len(likely) > 1:
        return [_quoted(chunk, rank, sorted(likely, key=lambda span: span.start)), *candidates[1:]]
    return candidates


def _quoted(chunk: Chunk, rank: int, spans: Sequence[Span]) -> Candidate:
    texts = [" ".join(chunk.text[span.start : span.end].split()) for span in spans]
    margin = max(span.margin for span in spans)
    share = sum(span.share for span in spans)
    return Candidate(
        text="; ".join(texts),
        score=probability(margin),
        supports=tuple(_sentence_around(chunk, span) for span in spans),
        signals={
            "margin": margin,
            "share": math.log(max(share, 1e-6)),
            "rank": math.log1p(rank),
            "length": math.log(sum(len(text.split()) for text in texts)),
        },
    )


def _verdicts(chunks: Sequence[Chunk], readings: Sequence[Reading]) -> list[Candidate]:
    """Yes or no by each passage that has a sentence for it, with what the other passages say.

    Where no passage says no rather than yes, the one that says it most does so too, however little: what
    agreements usually say may make it the likelier verdict.
    """
    said = [float(max(r.verdict[ENTAILED], r.verdict[CONTRADICTED])) for r in readings]
    second = log_odds(sorted(said)[-2]) if len(said) > 1 else log_odds(0.0)

    def judged(rank: int, span: Span, *, entailed: bool) -> Candidate:
        own, contrary = (ENTAILED, CONTRADICTED) if entailed else (CONTRADICTED, ENTAILED)
        share, against = (float(readings[rank].verdict[place]) for place in (own, contrary))
        support = _sentence_around(chunks[rank], span)
        return Candidate(
            text="Yes" if entailed else "No",
            score=share,
            supports=(support,),
            judged=True,
            quoted=chunks[rank].text[support.start : support.end],
            signals={
                "margin": log_odds(share),
                "sure": log_odds(share / (share + against)),
                "other": log_odds(_against(readings, entailed)),
                "second": second,
                "span": span.margin,
                "rank": math.log1p(rank),
            },
        )

    spans = {
        rank: own[0]
        for rank, reading in enumerate(readings)
        if (own := spans_of(reading, 1, LONGEST["statement"]))
    }
    denied = {rank: float(readings[rank].verdict[CONTRADICTED]) for rank in spans}
    candidates = [
        judged(rank, span, entailed=float(readings[rank].verdict[ENTAILED]) >= denied[rank])
        for rank, span in spans.items()
    ]
    if candidates and all(one.text == "Yes" for one in candidates):
        most = max(denied, key=lambda rank: denied[rank])
        candidates.append(judged(most, spans[most], entailed=False))
    return candidates


def _both_verdicts(ordered: Sequence[Candidate], count: int) -> list[Candidate]:
    """The first so many; the first of a verdict that is not among them takes the last place."""
    kept = list(ordered[:count])
    left = next((one for one in ordered[count:] if all(one.text != own.text for own in kept)), None)
    return kept if left is None else [*kept[:-1], left]


def _against(readings: Iterable[Reading], entailed: bool) -> float:
    """The most that any passage says against a verdict."""
    place = CONTRADICTED if entailed else ENTAILED
    return max(float(reading.verdict[place]) for reading in readings)


def _sentence_around(chunk: Chunk, span: Span) -> Support:
    start, end = sentences_around(chunk.text, span.start, span.end)
    return Support(chunk_id=chunk.id, start=start, end=end)
