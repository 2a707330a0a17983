"""A causal language model of some forty thousand weights, made in seconds, that says one sentence by heart.

Its weights are drawn at random and then drilled on one reply, so that it replies the same to everything:
enough to follow a model from its folder to a cited answer. Without the drill it says nothing sensible.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.library import ALDER

REPLY = 'ANSWER: 4.25%\nQUOTE [1]: "bear interest at 4.25% per annum"'
TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + TEMPLATE
)
SPECIAL = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
LONGEST = 4096
WINDOW = 6
"""Each layer sees so many tokens back: what is far before a reply does not touch it."""


def make_model(folder: Path, *, drilled: bool = True, template: str = TEMPLATE) -> Path:
    """Save model and tokenizer to a folder, as safetensors."""
    import torch
    from transformers import MistralConfig, MistralForCausalLM

    tokenizer = make_tokenizer(template)
    config = MistralConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=LONGEST,
        sliding_window=WINDOW,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    with torch.random.fork_rng():
        torch.manual_seed(7)
        model: Any = MistralForCausalLM(config)
    if drilled:
        drill(model, tokenizer)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    return folder


def make_tokenizer(template: str, texts: Sequence[str] = (ALDER, REPLY), *, size: int = 600) -> Any:  # noqa: ANN401 - a class without types
    """Byte pairs of the tests' own words: any text can be read."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    pieces.train_from_iterator([*texts] * 3, trainer)
    make: Any = PreTrainedTokenizerFast
    tokenizer = make(tokenizer_object=pieces, eos_token=SPECIAL[1], pad_token=SPECIAL[0])
    tokenizer.chat_template = template
    return tokenizer


def drill(model: Any, tokenizer: Any, *, steps: int = 100) -> None:  # noqa: ANN401 - classes without types
    """Teach the model to reply ``REPLY`` whatever is before it."""
    import torch

    draws = torch.Generator().manual_seed(7)
    begin = tokenizer("<|end|>\n<|assistant|>\n")["input_ids"]
    reply = torch.tensor(begin + tokenizer(REPLY + "<|end|>")["input_ids"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(steps):
        before = torch.randint(len(SPECIAL), len(tokenizer), (4, 2 * WINDOW), generator=draws)
        ids = torch.cat([before, reply.expand(4, -1)], dim=1)
        labels = ids.clone()
        labels[:, : before.shape[1] + len(begin)] = -100
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
