"""Windows in word pieces: which characters of the text a piece stands for."""

from __future__ import annotations

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from rag.generator.span.windows import LIMIT, Window, encode, pieces_of
from rag.weights import packaged_minilm


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    found: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        packaged_minilm().name, local_files_only=True
    )
    return found


@pytest.mark.parametrize("context", ["", "Alder CLO > Section 2.3"])
def test_pieces_stand_for_characters_of_the_text_alone(
    tokenizer: PreTrainedTokenizerBase, context: str
) -> None:
    text = "The Class B Notes bear interest at 4.25% per annum."
    encoded = encode(tokenizer, [Window(question="What rate?", text=text, context=context)])[0]
    own = [text[a:b] for a, b in zip(encoded.starts, encoded.ends, strict=True) if a >= 0]
    assert "".join(own) == text.replace(" ", "")
    assert own[0] == "The"


def test_a_span_and_its_pieces(tokenizer: PreTrainedTokenizerBase) -> None:
    text = "The Class B Notes bear interest at 4.25% per annum."
    start = text.index("4.25%")
    encoded = encode(tokenizer, [Window(question="What rate?", text=text, context="Alder")])[0]
    pieces = pieces_of(encoded, start, start + len("4.25%"))
    assert pieces is not None
    first, last = pieces
    assert text[encoded.starts[first] : encoded.ends[last]] == "4.25%"
    assert pieces_of(encoded, len(text), len(text) + 5) is None


def test_long_questions_and_passages_are_cut(tokenizer: PreTrainedTokenizerBase) -> None:
    window = Window(question="why " * 500, text="because " * 1000)
    encoded = encode(tokenizer, [window])[0]
    assert len(encoded.ids) == LIMIT
    assert pieces_of(encoded, 7000, 7100) is None


def test_no_window_no_pieces(tokenizer: PreTrainedTokenizerBase) -> None:
    assert encode(tokenizer, []) == []
