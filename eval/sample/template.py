r"""The text files' small language: how wording with gaps becomes numbered, cross-referenced paragraphs.

A file is paragraphs between blank lines.

========================  ==========================================================================
``# key | TITLE``         an article; ``## key | Title`` a section
``> (a) text``            one level down, numbered (a), (b) …; ``(i)``, ``(A)``, ``(1)`` likewise
``?name …`` ``?!name …``  only where the deal has (lacks) that feature
``*classes …``            once per item of a named list, with the item's fields
``@name``                 a table made elsewhere
``Term = body``           a definition (in the definitions' file)
``[this|that]``           the firm's choice of phrasing
``{field}``               a value, a party or a firm's word
``{@key}`` ``{#key}``     an anchor, and a reference to it: "Section 11.1(a)(i)"
``«key: words»``          words that a question may rest on
========================  ==========================================================================

Numbers are given in a first pass, so that references may point forward. Looks are left to ``typeset``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eval.sample.blocks import Quote
from eval.sample.drafting import Style, roman

Items = Mapping[str, tuple[Mapping[str, str], ...]]

_PREFIX = re.compile(
    r"^(?P<depth>>*) *(?:\?(?P<unless>!?)(?P<feature>\w+) +)?(?:\*(?P<loop>\w+) +)?(?P<rest>.*)$", re.S
)
_MARKER = re.compile(r"^\((a|i|A|1)\) ")
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_GAP = re.compile(r"\{([^{}]+)\}")
_QUOTE = re.compile(r"«([^:»]+): ([^»]*)»")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A paragraph of a section, numbered: ``label`` is "(a)" or empty, ``depth`` 0 for running text."""

    depth: int
    label: str
    text: str
    quotes: tuple[Quote, ...]
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An article (``level`` 0) or section (1) heading with the clauses below it."""

    level: int
    key: str
    number: str
    title: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A defined term, its clauses, the first of which follows the term itself."""

    term: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What gaps are filled with; ``anchors`` maps keys to printed references."""

    style: Style
    fields: Mapping[str, str]
    items: Items
    features: frozenset[str]
    anchors: Mapping[str, str]

    def fill(self, text: str, extra: Mapping[str, str] | None = None) -> str:
        """Choices made, gaps filled; anchors vanish.

        Raises:
            KeyError: a gap names nothing.
        """
        own = extra or {}
        text = self.style.turn(text)

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("@"):
                return ""
            if name.startswith("#"):
                return self.anchors[name[1:]] if self.anchors else ""
            return own[name] if name in own else self.fields[name]

        while _GAP.search(text) or _CHOICE.search(text):
            text = _CHOICE.sub(lambda m: self.style.choose(m[1].split("|")), text)
            text = _GAP.sub(value, text)
        return text


@dataclass(frozen=True, slots=True)
class _Raw:
    depth: int
    marker: str
    text: str
    extra: Mapping[str, str]


def quotes(text: str) -> tuple[str, tuple[Quote, ...]]:
    """The text without its evidence marks, and what they marked (face marks removed).

    >>> quotes("Pay «fee: **10** percent» now.")
    ('Pay **10** percent now.', (Quote(key='fee', text='10 percent'),))
    """
    found = tuple(Quote(key=m[1], text=re.sub(r"\*\*|__", "", m[2])) for m in _QUOTE.finditer(text))
    return _QUOTE.sub(lambda m: m[2], text), found


def parts(source: str, scope: Scope, first: int = 1) -> tuple[tuple[Part, ...], dict[str, str]]:
    """Articles and sections of a file, and the anchors they set; articles count from ``first``."""
    found: list[Part] = []
    anchors: dict[str, str] = {}
    article, section = first - 1, 0
    heads = list(_headed(source, scope))
    for level, key, title, body in heads:
        if level == 0:
            article, section = article + 1, 0
            number = scope.style.article_number(article)
            anchors[key] = number.title() if number.isupper() and scope.style.article == "arabic" else number
            anchors[key] = anchors[key].replace("ARTICLE", "Article")
        else:
            section += 1
            number = f"{scope.style.section} {scope.style.section_number(article, section)}"
            anchors[key] = number
        clauses, own = _clauses(body, scope, anchors[key])
        anchors |= own
        found.append(Part(level=level, key=key, number=number, title=scope.fill(title), clauses=clauses))
    return tuple(found), anchors


def definitions(source: str, scope: Scope) -> tuple[Definition, ...]:
    """The defined terms of a file, in alphabetical order of the terms as this firm names them."""
    entries: dict[str, list[_Raw]] = {}
    term = ""
    for raw in _raw(source, scope):
        if raw.depth == 0:
            head, body = raw.text.split(" = ", 1)
            term = scope.fill(head, raw.extra)
            entries[term] = [_Raw(0, "", body, raw.extra)]
        else:
            entries[term].append(raw)
    ordered = sorted(entries, key=lambda name: (name.lower(), name))
    return tuple(Definition(term=name, clauses=_number(entries[name], scope, "")[0]) for name in ordered)


def _headed(source: str, scope: Scope) -> Iterator[tuple[int, str, str, str]]:
    skipping = False
    for chunk in re.split(r"\n(?=##? )", "\n" + source.strip()):
        if not chunk.strip():
            continue
        head, _, body = chunk.strip().partition("\n")
        hashes, rest = head.split(" ", 1)
        match = _PREFIX.match(rest)
        wanted = match is not None and _wanted(match, scope)
        skipping = not wanted if hashes == "#" else skipping
        if match is None or not wanted or skipping:
            continue
        key, title = match["rest"].split(" | ", 1)
        yield len(hashes) - 1, key.strip(), title.strip(), body


def _wanted(match: re.Match[str], scope: Scope) -> bool:
    feature = match["feature"]
    return feature is None or (feature in scope.features) != bool(match["unless"])


def _raw(body: str, scope: Scope) -> Iterator[_Raw]:
    for chunk in re.split(r"\n\s*\n", body.strip()):
        text = " ".join(chunk.split())
        match = _PREFIX.match(text)
        if not text or match is None or not _wanted(match, scope):
            continue
        rest = match["rest"]
        marker = _MARKER.match(rest)
        kind = marker[1] if marker else ""
        rest = rest[marker.end() :] if marker else rest
        loop = match["loop"]
        for extra in scope.items[loop] if loop else ({},):
            yield _Raw(len(match["depth"]), kind, rest, extra)


def _clauses(body: str, scope: Scope, prefix: str) -> tuple[tuple[Clause, ...], dict[str, str]]:
    return _number(list(_raw(body, scope)), scope, prefix)


def _number(raws: list[_Raw], scope: Scope, prefix: str) -> tuple[tuple[Clause, ...], dict[str, str]]:
    found: list[Clause] = []
    anchors: dict[str, str] = {}
    path: list[tuple[int, str]] = []
    counts: dict[tuple[int, str], int] = {}
    for raw in raws:
        label = ""
        if raw.marker:
            for deeper in [place for place in counts if place[0] > raw.depth]:
                del counts[deeper]
            place = (raw.depth, raw.marker)
            counts[place] = counts.get(place, 0) + 1
            label = _label(raw.marker, counts[place])
            path = [step for step in path if step[0] < raw.depth] + [(raw.depth, label)]
        at = prefix + "".join(step for depth, step in path if depth <= raw.depth)
        for name in re.findall(r"\{@([^}]+)\}", raw.text):
            anchors[scope.fill(name, raw.extra)] = at
        if raw.text.startswith("@"):
            found.append(Clause(depth=raw.depth, label="", text="", quotes=(), table=raw.text[1:]))
            continue
        text, marked = quotes(scope.fill(raw.text, raw.extra))
        found.append(Clause(depth=raw.depth, label=label, text=text, quotes=marked))
    return tuple(found), anchors


def _label(marker: str, count: int) -> str:
    """The ``count``-th label of a kind: letters go on after z with doubled ones.

    >>> [_label("a", 1), _label("i", 4), _label("A", 28), _label("1", 2)]
    ['(a)', '(iv)', '(BB)', '(2)']
    """
    if marker == "i":
        return f"({roman(count).lower()})"
    if marker == "1":
        return f"({count})"
    times, index = divmod(count - 1, 26)
    letter = chr(ord("a") + index) * (times + 1)
    return f"({letter.upper() if marker == 'A' else letter})"
