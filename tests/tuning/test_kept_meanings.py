"""What phrases mean is found once, whatever becomes of the process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rag.house_words import HouseWord
from tests.tuning.test_house_words import LISTS, phrase_of
from tuning.house_words import Meaning
from tuning.kept_meanings import KeptMeanings
from tuning.soft_lists import SoftList
from tuning.unspoken import Phrase

FOUND = Meaning(
    word=HouseWord(said="bogey", meant="hurdle rate"), before=0.1, after=1 / 3, held_before=0.2,
    held_after=0.7, resting=2 / 3, questions=3, held=1,
)  # fmt: skip


class Looking:
    """Finds a meaning of one phrase only, and takes down what was looked at."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []

    def __call__(self, phrase: Phrase, held: Sequence[SoftList]) -> Meaning | None:
        self.seen.append((phrase.text, len(phrase.lists)))
        return FOUND if phrase.text == "bogey" else None


def test_no_phrase_is_looked_at_twice_with_the_same_questions(tmp_path: Path) -> None:
    look, path = Looking(), tmp_path / "state" / "phrases.jsonl"
    words = [phrase_of("bogey"), phrase_of("kindly")]
    for _ in range(3):
        kept = KeptMeanings(path, look)
        assert [kept.meaning(one, LISTS[:1]) for one in words] == [FOUND, None]
    assert look.seen == [("bogey", 4), ("kindly", 4)]
    fewer = replace(words[0], lists=words[0].lists[:3])
    for held in (LISTS[:1], LISTS[:2]):
        assert KeptMeanings(path, look).meaning(fewer, held) == FOUND
    assert look.seen[2:] == [("bogey", 3), ("bogey", 3)], "other questions are another look"


def test_what_a_kill_cut_short_is_looked_at_again(tmp_path: Path) -> None:
    look, path = Looking(), tmp_path / "phrases.jsonl"
    words = [phrase_of("kindly"), phrase_of("bogey")]
    assert [KeptMeanings(path, look).meaning(one, []) for one in words] == [None, FOUND]
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[:-30], encoding="utf-8")
    for _ in range(2):
        assert [KeptMeanings(path, look).meaning(one, []) for one in words] == [None, FOUND]
    assert [text for text, _ in look.seen] == ["kindly", "bogey", "bogey"]
