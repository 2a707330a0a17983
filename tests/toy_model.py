"""A llama-like language model of some hundred thousand weights, drawn at random, and a task it can learn.

It is asked what colour a thing has; the thing's colour stands in the question. Its weights are drawn wide, so
that an adapter can make a reply likely though embeddings and output stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.generator.llm.chat import Conversation, Message
from tests.tiny_model import TEMPLATE, make_tokenizer

COLOURS = ("red", "blue", "green", "white")
THINGS = (
    "boat", "house", "coat", "wall", "stone", "leaf", "bird", "lamp", "shoe", "book", "door", "hat", "cup",
    "chair", "rope", "sail",
)  # fmt: skip


def make_toy(folder: Path, texts: Sequence[str] = (), *, longest: int = 4096, hidden: int = 64) -> Path:
    """Save model and tokenizer to a folder, as safetensors; ``texts`` are what its tokens are made of too."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    own = [
        f"{talk(thing, colour)} {plainly(colour)} {surely(colour)}" for thing in THINGS for colour in COLOURS
    ]
    tokenizer = make_tokenizer(TEMPLATE, [*own, *texts], size=900)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=longest,
        initializer_range=0.2,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    with torch.random.fork_rng():
        torch.manual_seed(7)
        model: Any = LlamaForCausalLM(config)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    return folder


def talk(thing: str, colour: str) -> Conversation:
    """The question what colour a thing has."""
    return (Message("user", f"The {thing} is {colour}. What is it?"),)


def plainly(colour: str) -> str:
    """One way to answer."""
    return f"It is {colour}."


def surely(colour: str) -> str:
    """The other."""
    return f"Surely it is {colour}."
