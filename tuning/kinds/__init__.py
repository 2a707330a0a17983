"""Kinds of thing that people ask documents for, as experts write them down: a file of ``[[kind]]`` tables.

Each kind in the TOML file has a ``name``; ``asked``, a pattern of questions that ask for it; ``said``, a
pattern of the words that passages have which answer them; and ``questions``, how people ask, to learn from:
they ask for it too, whether or not the pattern says so. Patterns are without case. In questions ``{d}``
stands for what the document is ("agreement"), ``{c}`` for its company, ``{y}`` for its fiscal year. Two
files come with Covenant: ``contracts.toml`` and ``filings.toml``. Leaves votes to
``tuning.labeling.library.kinds``, making questions to ``tuning.questions.kinds``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SettingsError
from rag.fingerprints import hash_bytes

CONTRACTS = Path(__file__).with_name("contracts.toml")
FILINGS = Path(__file__).with_name("filings.toml")
BUILT_IN = {"contracts": CONTRACTS, "filings": FILINGS}
_FIELDS = re.compile(r"\{(\w*)\}")
_KNOWN = frozenset({"c", "d", "y"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseKind:
    """One kind: how questions ask for it, what passages say, and questions to learn from."""

    name: str
    asked: re.Pattern[str]
    said: re.Pattern[str]
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseKinds:
    """The kinds of a file; ``version`` is a hash of it."""

    kinds: tuple[ClauseKind, ...]
    version: str

    @classmethod
    def load(cls, path: Path) -> ClauseKinds:
        """Read a file of kinds.

        Raises:
            SettingsError: the file cannot be read, has another form, a pattern that is none, a name twice, or
                a question with a field that nothing fills.
        """
        try:
            content = path.read_bytes()
            kinds = tuple(_read(row) for row in tomllib.loads(content.decode("utf-8"))["kind"])
        except (OSError, ValueError, KeyError, TypeError, re.error) as error:
            raise SettingsError(
                f"the kinds {path} cannot be read: {error}", "see tuning/kinds/contracts.toml for their form"
            ) from error
        names = [one.name for one in kinds]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice or not kinds:
            told = f"names {twice[0]!r} twice" if twice else "has none"
            raise SettingsError(f"the kinds {path}: it {told}", "give each kind a name of its own")
        return cls(kinds=kinds, version=hash_bytes(content)[:16])

    def asked_for(self, question: str) -> tuple[ClauseKind, ...]:
        """The kinds that a question asks for."""
        return tuple(one for one in self.kinds if one.asked.search(question))


def fields_of(wording: str) -> frozenset[str]:
    """The fields of a question that something has to stand for.

    >>> sorted(fields_of("what was {c}'s revenue in {y}"))
    ['c', 'y']
    """
    return frozenset(_FIELDS.findall(wording))


def _read(row: dict[str, object]) -> ClauseKind:
    """One table of a file."""
    questions = row.get("questions", [])
    if not isinstance(questions, list):
        raise TypeError(f"questions of {row['name']!r} are no list")
    unknown = set[str]().union(*(fields_of(str(text)) for text in questions)) - _KNOWN
    if unknown:
        raise ValueError(f"questions of {row['name']!r} have {{{sorted(unknown)[0]}}}, which nothing fills")
    own = "|".join(_as_pattern(str(text)) for text in questions)
    asked = re.compile(str(row["asked"]), re.IGNORECASE).pattern
    return ClauseKind(
        name=str(row["name"]),
        asked=re.compile(f"{asked}|{own}" if own else asked, re.IGNORECASE),
        said=re.compile(str(row["said"]), re.IGNORECASE),
        questions=tuple(str(text) for text in questions),
    )


def _as_pattern(wording: str) -> str:
    """A question with whatever stands for its fields."""
    return ".{1,80}?".join(re.escape(part) for part in re.sub(_FIELDS, "\n", wording).split("\n"))
