"""An editable glossary: which wordings mean the same, for matching questions with text.

A question that speaks of "capex" should find "purchases of property, plant and equipment". Leaves to
retrieval and generators what they do with the other wordings.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rag.errors import SettingsError
from rag.fingerprints import fingerprint
from rag.tokens import terms

BUILT_IN = Path(__file__).with_name("glossary.toml")


class Wording(NamedTuple):
    """One way of saying it, as written and as index terms."""

    text: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept that a text speaks of: the wording found, and those not found."""

    found: Wording
    others: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Concepts, each a tuple of wordings."""

    concepts: tuple[tuple[Wording, ...], ...]

    @classmethod
    def load(cls, path: Path = BUILT_IN) -> Glossary:
        """Read a TOML file with ``concepts``, a list of lists of wordings.

        Raises:
            SettingsError: the file cannot be read or has another form.
        """
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            listed = [[str(wording) for wording in concept] for concept in table["concepts"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingsError(
                f"the glossary {path} cannot be read: {error}", "see rag/glossary.toml for its form"
            ) from error
        return cls(tuple(tuple(Wording(w, tuple(terms(w))) for w in concept) for concept in listed))

    @property
    def fingerprint(self) -> str:
        """Identity of the concepts."""
        return fingerprint({"glossary": self.concepts})

    def mentions(self, text: str) -> list[Mention]:
        """The concepts that a text speaks of, each by its longest wording there, in glossary order.

        >>> capex = Wording("capex", ("capex",)), Wording("capital spending", ("capital", "spending"))
        >>> [mention] = Glossary((capex,)).mentions("How high was capex?")
        >>> mention.found.text, [wording.text for wording in mention.others]
        ('capex', ['capital spending'])
        """
        spoken = terms(text)
        found = []
        for concept in self.concepts:
            here = [wording for wording in concept if _contains(spoken, wording.terms)]
            if here:
                longest = max(here, key=lambda wording: len(wording.terms))
                found.append(Mention(longest, tuple(w for w in concept if w not in here)))
        return found

    def expand(self, text: str) -> str:
        """The text with the other wordings of its concepts behind it."""
        others = [wording.text for mention in self.mentions(text) for wording in mention.others]
        return " ".join([text, *others])


def _contains(sequence: Sequence[str], part: tuple[str, ...]) -> bool:
    width = len(part)
    return any(tuple(sequence[i : i + width]) == part for i in range(len(sequence) - width + 1))
