"""What differs between the headers of two runs, in words: what was asked, the system, its surroundings.

Two runs say something about a change of the system only where nothing else differs; what else does is said
here. Leaves figures to ``eval.compare``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from eval.runs import Header

Concern = Literal["asked", "system", "surroundings"]
"""``asked``: questions, scope and grader, without which figures do not compare; ``system``: what comparisons
are about; ``surroundings``: machine, libraries and seed, which move times and last digits."""

SHOWN_CHARS = 48
HASH_CHARS = 8
_NOTHING = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs, with both values as texts; "none" where a run has no such thing."""

    concern: Concern
    what: str
    before: str
    after: str


def header_changes(before: Header, after: Header) -> tuple[Change, ...]:
    """Everything that differs, grouped by concern; times of day and durations are no difference."""
    asked = _changes("asked", _asked(before), _asked(after))
    system = _changes("system", _system(before), _system(after))
    surroundings = _changes("surroundings", _surroundings(before), _surroundings(after))
    return tuple(chain(asked, system, surroundings))


def in_words(changes: Sequence[Change], before: Header, after: Header) -> tuple[str, ...]:
    """A sentence each about what was asked, the system, its surroundings, and files that no commit holds."""
    found: list[str] = []
    dirty = [side for side, header in (("before", before), ("after", after)) if header.commit.endswith("+")]
    asked = [c for c in changes if c.concern == "asked"]
    if asked:
        found.append(
            f"Not like for like: what was asked or how it was graded differs in {_listed(asked)}."
            " The difference is not the system's alone."
        )
    else:
        found.append("Both runs were asked the same questions in the same scope, and graded alike.")
    system = [c for c in changes if c.concern == "system"]
    if system:
        found.append(f"Of the system, this differs: {_listed(system)}.")
    elif dirty:
        found.append("Of the system, nothing differs that headers tell: components, index, settings, commit.")
    else:
        found.append(
            "Nothing of the system differs (components, index, settings, commit):"
            " whatever moved, it was not the system."
        )
    surroundings = [c for c in changes if c.concern == "surroundings"]
    if surroundings:
        times = " Times do not compare." if any(c.what.startswith("machine") for c in surroundings) else ""
        found.append(f"Besides the system, this differs: {_listed(surroundings)}.{times}")
    if dirty:
        found.append(
            f"The run {' and the run '.join(dirty)} came from changed files that no commit holds:"
            " whether the code differs cannot be told."
        )
    return tuple(found)


def flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The leaves of a tree of settings, with dotted names, as texts.

    >>> list(flatten({"retrieval": {"hits": 100, "glossary": None}, "seed": 0}))
    [('retrieval.hits', '100'), ('retrieval.glossary', 'none'), ('seed', '0')]
    """
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", _text(value)


def _asked(header: Header) -> dict[str, str]:
    return {
        "set": header.name,
        "questions": header.questions,
        "scope": header.scope,
        "task": header.task,
        # Who graded belongs to the question: another grader moves accuracy where no answer changed.
        "grader": header.fingerprints.get("grader", _NOTHING),
        **_flat("selection", header.selection),
    }


def _system(header: Header) -> dict[str, str]:
    parts = {name: value for name, value in header.fingerprints.items() if name != "grader"}
    return parts | _flat("settings", header.settings) | {"commit": header.commit}


def _surroundings(header: Header) -> dict[str, str]:
    # The questions are told by their hash; where the file lies is no difference.
    source = {key: value for key, value in header.source.items() if key != "questions"}
    return (
        _flat("source", source)
        | _flat("library", header.libraries)
        | _flat("machine", header.machine)
        | {"seed": str(header.seed)}
    )


def _flat(prefix: str, tree: Mapping[str, Any]) -> dict[str, str]:
    return {f"{prefix} {name}": value for name, value in flatten(tree)}


def _changes(concern: Concern, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for what in dict.fromkeys((*before, *after)):
        old, new = before.get(what, _NOTHING), after.get(what, _NOTHING)
        if old != new:
            yield Change(concern=concern, what=what, before=old, after=new)


def _listed(changes: Sequence[Change]) -> str:
    return ", ".join(f"{c.what} ({brief(c.before)} → {brief(c.after)})" for c in changes)


def brief(value: str) -> str:
    """A value as a sentence can hold it: hashes by their first digits, long texts by their ends.

    >>> brief("4a" * 32), brief("minilm"), brief("")
    ('4a4a4a4a…', 'minilm', 'unknown')
    """
    bare = value.removesuffix("+")
    if len(bare) > 2 * HASH_CHARS and set(bare) <= set("0123456789abcdef"):
        return f"{bare[:HASH_CHARS]}…{value[len(bare) :]}"
    if len(value) > SHOWN_CHARS:
        half = (SHOWN_CHARS - 1) // 2
        return f"{value[:half]}…{value[-half:]}"
    return value or "unknown"


def _text(value: object) -> str:
    if value is None:
        return _NOTHING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
