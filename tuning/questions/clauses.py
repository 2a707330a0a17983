"""Questions from clauses: periods, shares, sums and days that they set; who must or may do what, and when.

Sentences are taken apart by ``tuning.questions.frames``; where that finds no act, a value is asked for by the
topic of its section, if it is the only one of its kind there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tuning.items import Place
from tuning.questions.frames import Act, Bound, acts, bound_of, event_of
from tuning.questions.headings import lowered, spoken, topic_of
from tuning.questions.measures import Measure, measures
from tuning.questions.readings import Reading
from tuning.questions.source import Source

MAKER = "clauses"
_NOTICE = re.compile(
    r"^(?:['’]s?)?\s(?:(?:prior|advance|written|further|days)\s){0,3}notice\b", re.IGNORECASE
)
_IF = re.compile(
    r"\b(?:if|in the event that|in the event of|upon the occurrence of|so long as)\s([^.;]{15,220})",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"(?:^|[,;:)]\s*)(?P<what>(?:an?|any|the)\s(?:default|failure|breach|delay|event)\b[^,;:]{4,90}?)[,]?\s"
    r"(?:(?:and|which|that|where|if)\s)?(?:\w+\s){0,4}?(?:continues?|continuing|unremedied|uncured|unpaid"
    r"|unstayed"
    r"|remains?|persists?)\b[^,;.]{0,40}$",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"(?:^|[.;:)]\s+)(?P<what>(?:[Tt]he|[Aa]ll|[Aa]ny|[Nn]o|[A-Z])[^,;.:]{6,110}?)\s(?:shall|may|will"
    r"|must|does|do)\s"
    r"(?:(?:not|in no event)\s){1,2}exceed\b[^,;.]{0,40}$"
)
_A_SENTENCE = 8
_VERB = re.compile(
    r"\b(?:shall|may|will|must|is|are|has|have|agrees?|acknowledges?|represents?|can|cannot)\b"
)
_DEFINES = re.compile(r"\W*(?:means|shall mean|has the meaning)\b")
_LONGEST, _SHORTEST, _A_CLAUSE = 520, 50, 40
_SMALL = re.compile(r"\b(?:the|of|to|and|in|or|a|an|any|by|shall|will|may|for|with|is|be|that|such)\b")
_CONSISTS = re.compile(
    r"\s?(?:of\s(?:the\s)?[^,;.]{3,70}?\s)?(?P<may>may|shall|must|will)\s(?P<be>consist of|be invested in"
    r"|comprise|be issued by|be)\s"
    r"(?P<what>(?:[^,;:()]|,(?=\d)){6,160})"
)
_IN_ANY = re.compile(r"\b(?:any|each|every|such|said|this|same|related|preceding|following)\s$")
"""Before a period that says in what time, not how long something may take."""
_MANY_WORDS = 20
_OF = re.compile(r"^\s?(?:per annum\s)?of\s(?P<what>(?:the\s|its\s|all\s|any\s)?[^,;.()]{3,60})")
_OF_CUT = re.compile(
    r"\s(?:may|shall|will|must|is|are|as|if|by|on|at|for|to|in|with|from|and|or|that|which|has|have|who"
    r"|per)\b.*$"
)


@dataclass(frozen=True, slots=True)
class _Stated:
    """A sentence ``[start, end)`` of a document, its words on one line, and its section's topic, as said."""

    source: Source
    start: int
    end: int
    words: str
    topic: str


def from_clauses(source: Source, draw: random.Random) -> Iterator[Reading]:
    """Of each section its content, the values it sets, its acts and conditions."""
    if source.is_report:
        return
    for section in source.leaves:
        topic, body = topic_of(source, section)
        if not topic or "definition" in topic.lower() or section.end - body < _SHORTEST:
            continue
        if topic == section.title or source.text[max(section.start, body - 200) : body].find(topic) >= 0:
            yield from _content(source, spoken(topic, source, draw), (body, section.end), draw)
        alone = _kinds_once(source.text[body : section.end])
        for start, end in source.sentences(body, section.end):
            words = source.said(start, end)
            if _A_CLAUSE < len(words) <= _LONGEST and not _runs_of_table(source.text[start:end]):
                stated = _Stated(source, start, end, words, spoken(topic, source, draw))
                yield from _of_sentence(stated, alone, draw)


def _runs_of_table(words: str) -> bool:
    """Whether a unit is a row of a table rather than a sentence: hardly a small word in it."""
    return len(_SMALL.findall(words)) < 3


_CONTENT = (
    "what does the section on {t} say", "what is agreed on {t}", "what are the terms on {t}",
    "what does the provision on {t} require", "how does it deal with {t}", "what are the rules for {t}",
    "summarise the clause on {t}", "what applies to {t}",
)  # fmt: skip


def _content(source: Source, topic: str, span: tuple[int, int], draw: random.Random) -> Iterator[Reading]:
    """What a section says: its first sentence, if it is one; definitions and tables are others' to ask of."""
    first = next(iter(source.sentences(*span)), (span[0], span[0]))
    said = source.said(*first)
    if len(said.split()) < _A_SENTENCE or not _VERB.search(said) or _DEFINES.match(said) or said.isupper():
        return
    yield Reading(
        question=draw.choice(_CONTENT).format(t=topic),
        kind="clause",
        maker=MAKER,
        answer=said,
        places=(Place(document_id=source.id, start=first[0], end=first[1]),),
    )


def _kinds_once(text: str) -> frozenset[str]:
    kinds = [one.kind for one in measures(text)]
    return frozenset(kind for kind in kinds if kinds.count(kind) == 1)


def _of_sentence(stated: _Stated, alone: frozenset[str], draw: random.Random) -> Iterator[Reading]:
    found = [one for one in measures(stated.words) if not _IN_ANY.search(stated.words[: one.start])]
    done = acts(stated.words)
    for value in found[:2]:
        wordings = list(_value_wordings(stated, value, done))
        if value.kind in alone:
            wordings += _by_topic(stated, value)
        if wordings:
            answer = stated.words[value.start : value.end].strip()
            yield _reading(stated, draw.choice(wordings), "value", answer)
    if not found and done:
        yield from _of_act(stated, done[0], draw)


def _reading(stated: _Stated, question: str, kind: str, answer: str, *, computed: bool = False) -> Reading:
    return Reading(
        question=" ".join(question.split()),
        kind="value" if kind == "value" else "clause",
        maker=MAKER,
        answer=answer,
        places=(Place(document_id=stated.source.id, start=stated.start, end=stated.end),),
        computed=computed,
    )


def _of_act(stated: _Stated, act: Act, draw: random.Random) -> Iterator[Reading]:
    """Of an act without values: who it is, whether one may, and on what condition."""
    words: tuple[str, ...]
    may = "must" if act.duty else "may"
    condition = _IF.search(stated.words)
    if condition and not act.never:
        words = (f"when {may} {act.who} {act.do}", f"under what condition {may} {act.who} {act.do}",
                 f"in which case {may} {act.who} {act.do}")  # fmt: skip
        yield _reading(stated, draw.choice(words), "clause", condition[0].strip())
    elif act.never:
        who = act.who.removeprefix("no ")
        words = (f"may {who} {act.do}", f"is {who} allowed to {act.do}", f"can {who} {act.do}")
        yield _reading(stated, draw.choice(words), "clause", "No", computed=True)
    elif act.duty and act.who.startswith("the ") and act.do.partition(" ")[0] != "be":
        words = (f"who must {act.do}", f"who has to {act.do}", f"who is responsible for this: {act.do}",
                 f"which party is obliged to {act.do}")  # fmt: skip
        yield _reading(
            stated, draw.choice(words[:2] if draw.random() < 0.8 else words[3:]), "clause", act.who[4:]
        )
    elif not act.duty:
        words = (f"may {act.who} {act.do}", f"is {act.who} allowed to {act.do}", f"can {act.who} {act.do}")
        yield _reading(stated, draw.choice(words), "clause", "Yes", computed=True)


def _value_wordings(stated: _Stated, value: Measure, done: list[Act]) -> Iterator[str]:
    """Ways to ask for a value by what the sentence says around it."""
    words = stated.words
    before = words[: value.start]
    bound = bound_of(words, value)
    lasts, limit = _LASTS.search(before), _LIMIT.search(before)
    near = [one for one in done if one.start < value.start and not one.never]
    if value.kind == "period" and lasts:
        what = lasts["what"]
        yield f"how long may {what} last before it has consequences under the provisions on {stated.topic}"
        yield f"{stated.topic}: what is the cure period for {what}"
        yield f"{stated.topic}: for how many {value.unit} may {what} go on"
    elif limit:
        what = lowered(limit["what"], stated.source)
        yield from (
            f"what is the limit on {what}",
            f"what may {what} not exceed",
            f"how high may {what} be at most",
        )
    elif value.kind == "share" and _CONSISTS.match(words, value.end):
        yield from _consisting(words, value, bound)
    elif near:
        yield from _of_bound(stated, value, near[-1], bound)
    elif value.kind == "share":
        yield from _votes(words, value)


def _of_bound(stated: _Stated, value: Measure, act: Act, bound: Bound) -> Iterator[str]:
    words = stated.words
    may = "must" if act.duty else "may"
    when, event = event_of(words, value)
    if value.kind == "period" and _NOTICE.match(words[value.end :]):
        if re.match(r"(?:give|provide|deliver|send|notify|mail)\b", act.do):
            yield f"how many {value.unit} in advance {may} {act.who} {act.do}"
            yield f"how far ahead {may} {act.who} {act.do}"
        else:
            yield f"how much notice is needed for {act.who} to {act.do}"
            yield f"how many {value.unit}' notice is required for {act.who} to {act.do}"
            yield f"what is the notice period if {act.who} wants to {act.do}"
    elif value.kind == "period" and event:
        yield f"within how many {value.unit} {when} {event} {may} {act.who} {act.do}"
        yield f"how many {value.unit} {when} {event} {may} {act.who} {act.do}"
        counted = "from" if when == "after" else "back from"
        yield f"what is the time limit, counted {counted} {event}, for {act.who} to {act.do}"
        if when == "after" and bound == "most":
            yield f"how soon after {event} {may} {act.who} {act.do}"
            yield (
                f"how quickly {may} {act.who} {act.do} once there is {event}"
                if event.startswith(("receipt", "notice"))
                else ""
            )
    elif value.kind == "period" and bound == "most":
        yield from (f"by when {may} {act.who} {act.do}", f"what is the deadline for {act.who} to {act.do}",
                    f"within what time {may} {act.who} {act.do}")  # fmt: skip
    elif value.kind == "date":
        yield from (
            f"by what date or on which day {may} {act.who} {act.do}",
            f"when {may} {act.who} {act.do}",
        )
    elif value.kind == "share":
        of = _of(words, value)
        what = f"what percentage of {of}" if of else "what percentage"
        extent = {"most": " at most", "least": " at least", "": ""}[bound]
        yield f"{what}{extent} {'applies' if of else 'is set'} where {act.who} {may} {act.do}"
        yield f"{act.who} {may} {act.do}: {what}{extent} is that"
    elif value.kind == "sum":
        extent = {"most": " at most", "least": " at least", "": ""}[bound]
        if re.match(r"(?:pay|reimburse|contribute|deposit|maintain|spend|invest)\b", act.do):
            yield f"how much{extent} {may} {act.who} {act.do}"
        yield f"what amount applies{extent} where {act.who} {may} {act.do}"


def _consisting(words: str, value: Measure, bound: Bound) -> Iterator[str]:
    """A limit on what something may consist of: "not more than 10% may consist of Bonds"."""
    match = _CONSISTS.match(words, value.end)
    if match is None:
        return
    what = " ".join(match["what"].split()[:_MANY_WORDS]).rstrip(" ,;")
    extent = {"most": "maximum ", "least": "minimum ", "": ""}[bound]
    yield f"what is the {extent}share of {what}"
    yield f"what {extent}percentage {match['may']} {match['be']} {what}"
    yield f"how much {match['may']} {match['be']} {what}, in percent"


def _votes(words: str, value: Measure) -> Iterator[str]:
    """A share of holders who may act: "Holders of at least 25% of the Notes may direct the Trustee"."""
    match = re.match(
        r"\s?(?:\)\s?)?(?:in \w+ \w+ )?of\s(?P<of>(?:the\s)?[^,;.]{4,80}?)\s(?:may|shall|can"
        r"|have the right to|are entitled to)\s"
        r"(?P<do>(?:[a-z]+)\b[^.;]*)",
        words[value.end :],
    )
    found = acts(f"The Holders may {match['do']}") if match else []
    if match is None or not found:
        return
    yield f"what percentage of {match['of']} can {found[0].do}"
    yield f"what share of {match['of']} is needed to {found[0].do}"
    yield f"which majority of {match['of']} is required to {found[0].do}"


def _of(words: str, value: Measure) -> str:
    match = _OF.match(words[value.end :])
    what = _OF_CUT.sub("", match["what"]).strip() if match else ""
    return (
        what if 1 < len(what.split()) <= 8 and not re.search(r"\b(?:such|this|that|these)\b|\d", what) else ""
    )


def _by_topic(stated: _Stated, value: Measure) -> Iterator[str]:
    """Ways to ask for the only value of its kind in a section, by its topic."""
    bound, topic = bound_of(stated.words, value), stated.topic
    if value.kind == "period" and _NOTICE.match(stated.words[value.end :]):
        yield from (
            f"what notice period applies to {topic}",
            f"how much notice does the clause on {topic} call for",
        )
    elif value.kind == "period":
        yield f"how many {value.unit} does the provision on {topic} set"
        yield (
            f"what time limit in {value.unit} is set for {topic}"
            if bound == "most"
            else f"{topic}: how long is the period"
        )
    elif value.kind == "share":
        yield from {
            "most": (f"what percentage cap is there for {topic}",
                     f"what is the maximum percentage for {topic}"),
            "least": (f"what minimum percentage does the provision on {topic} name",
                      f"what percentage is the threshold in the clause on {topic}"),
            "": (f"what percentage does the provision on {topic} set", f"{topic}: which percentage applies"),
        }[bound]  # fmt: skip
    elif value.kind == "sum":
        yield from (
            f"what amount of money does the provision on {topic} name",
            f"{topic}: what sum of money is named there",
        )
    else:
        yield from (f"what date does the provision on {topic} name", f"{topic}: what date is named there")
