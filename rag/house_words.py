"""House words: what a team calls things that its documents call something else, and what is meant.

A desk that asks for "the bogey" means the hurdle of the incentive fee; no model that comes from elsewhere can
know. Questions are read with what is meant in the place of the house word, before anything is searched, so
that every component understands them; answers say so. What words mean is learned by tuning
(``tuning.house_words``), and stands in a file that people can read and correct. Leaves wordings that are
interchangeable everywhere to ``rag.glossary``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rag.errors import SettingsError
from rag.fingerprints import fingerprint

FORMAT = 1
_LONGEST = 200
"""Characters of a house word or of what it means, at most."""
_MOST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseWord:
    """A word or phrase, lower case with single spaces, and what it means in the documents' words."""

    said: str
    meant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A question with what is meant in the place of house words, and the ones found, in its order."""

    text: str
    found: tuple[HouseWord, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HouseWords:
    """The house words of a workspace, each once; ``facts`` say where they come from."""

    words: tuple[HouseWord, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> HouseWords:
        """Read a file as ``to_json`` writes it.

        Raises:
            SettingsError: the file cannot be read or has another form.
        """
        try:
            words, facts = _read(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingsError(
                f"the house words {path} cannot be read: {error}",
                f'write {{"format": {FORMAT}, "words": [{{"said": …, "meant": …}}]}}, or tune again',
            ) from error
        return cls(words=words, facts=facts)

    @classmethod
    def of(cls, *said: str) -> HouseWords:
        """Words that mean themselves: to find where they are used."""
        return cls(words=tuple(HouseWord(said=one, meant=one) for one in said))

    @property
    def fingerprint(self) -> str:
        """Identity of words and meanings; "none" where there are none."""
        if not self.words:
            return "none"
        return fingerprint({"house_words": sorted((one.said, one.meant) for one in self.words)})

    def to_json(self) -> str:
        """The file's text."""
        words = [{"said": one.said, "meant": one.meant} for one in self.words]
        return json.dumps({"format": FORMAT, "words": words, "facts": dict(self.facts)}, indent=1) + "\n"

    def understand(self, question: str) -> Understood:
        """The question as it is meant; the longest house word counts where several begin at one place.

        >>> HouseWords(words=(HouseWord(said="bogey", meant="hurdle rate"),)).understand("What's the Bogey?")
        Understood(text="What's the hurdle rate?", found=(HouseWord(said='bogey', meant='hurdle rate'),))
        """
        if self._pattern is None:
            return Understood(text=question)
        found: dict[str, HouseWord] = {}

        def replaced(match: re.Match[str]) -> str:
            word = self._by_said[_folded(match.group())]
            found.setdefault(word.said, word)
            return word.meant

        text = self._pattern.sub(replaced, question)
        return Understood(text=text, found=tuple(found.values()))

    @cached_property
    def _by_said(self) -> dict[str, HouseWord]:
        return {_folded(one.said): one for one in self.words}

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.words:
            return None
        longest_first = sorted(self._by_said, key=lambda said: (-len(said), said))
        spelled = (r"\s+".join(map(re.escape, said.split())) for said in longest_first)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(spelled)})(?![\w-])", re.IGNORECASE)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
        raise ValueError(f"{value!r} is no text of 1 to {_LONGEST} characters")
    return " ".join(value.split())


def _read(table: Mapping[str, Any]) -> tuple[tuple[HouseWord, ...], dict[str, Any]]:
    """Words and facts of a file's table.

    Raises:
        ValueError, KeyError, TypeError: it has another form.
    """
    if table["format"] != FORMAT:
        raise ValueError(f"format {table['format']!r}, not {FORMAT}")
    words = tuple(HouseWord(said=_text(one["said"]), meant=_text(one["meant"])) for one in table["words"])
    if len(words) > _MOST:
        raise ValueError(f"{len(words)} words, at most {_MOST} are allowed")
    return words, dict(table.get("facts", {}))
