"""Messages as text, and the token that ends a reply: the same for serving and for training."""

from __future__ import annotations

from typing import Any

import pytest

from rag.generator.llm.chat import Message
from rag.generator.llm.rendering import end_of_reply, ends_of, rendered, special_of, token_ids
from tests.tiny_model import NO_SYSTEM, SPECIAL, TEMPLATE, make_tokenizer

Tokenizer = Any
TALK = (Message("system", "Rules."), Message("user", "Why?"))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return make_tokenizer(TEMPLATE)


def test_a_conversation_ends_where_a_reply_begins(tokenizer: Tokenizer) -> None:
    expected = "<|system|>\nRules.<|end|>\n<|user|>\nWhy?<|end|>\n<|assistant|>\n"
    assert rendered(tokenizer, TALK) == expected
    assert tokenizer.decode(token_ids(tokenizer, expected)) == expected


def test_rules_go_before_the_question_where_the_template_knows_none() -> None:
    assert rendered(make_tokenizer(NO_SYSTEM), TALK) == "<|user|>\nRules.\n\nWhy?<|end|>\n<|assistant|>\n"


def test_special_tokens(tokenizer: Tokenizer) -> None:
    assert special_of(tokenizer) == tuple(sorted(SPECIAL))


def test_the_end_is_the_one_that_the_template_writes(tokenizer: Tokenizer) -> None:
    pad, end, *_ = (tokenizer.convert_tokens_to_ids(one) for one in SPECIAL)
    assert end_of_reply(tokenizer, frozenset({pad, end})) == end
    assert end_of_reply(tokenizer, frozenset({pad})) == pad
    assert end_of_reply(tokenizer, frozenset()) is None


def test_the_model_s_own_ends_go_before_the_tokenizer_s(tokenizer: Tokenizer) -> None:
    class Model:
        generation_config: Any

    model: Any = Model()
    for stated, expected in (([3, 4], {3, 4}), (5, {5}), (None, {tokenizer.eos_token_id})):
        model.generation_config = type("Config", (), {"eos_token_id": stated})
        assert set(ends_of(model, tokenizer)) == expected
