"""The trainable side of a causal language model: the base of the settings, frozen, with a LoRA adapter.

The base is in the precision of the settings (bfloat16 on a GPU), the adapter's factors in float32. Replies go
through in small batches, sorted by length; logits are made of the replies' places alone, and where there are
several batches what one leaves for the way back is computed anew there, so that memory is that of one batch.
Adapters are read and written as safetensors, with a manifest that has their hashes. Inference has its own
form (``rag.generator.llm.causal``); messages become text in the same place (``rag.generator.llm.rendering``).
Leaves losses to ``tuning.causal``.

Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021; Chen et al., "Training Deep
Nets with Sublinear Memory Cost", 2016.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.adapters import adapter_fingerprint
from rag.errors import ModelError
from rag.generator.llm.chat import Conversation
from rag.generator.llm.opening import Opened, check_fits, memory, moved, open_model
from rag.generator.llm.rendering import end_of_reply, ends_of, rendered, special_of, token_ids
from rag.settings import CausalLMSettings
from tuning.adapters import LoraShape, add_adapter, save_adapter, with_adapter
from tuning.replies import Asking

if TYPE_CHECKING:
    import torch

    from tuning.stopping import Named

LESS = "lower generator.prompt_tokens, or take a smaller model"
"""What to do where memory is short."""


class Encoded(NamedTuple):
    """Tokens of a prompt, and of a reply with its end."""

    prompt: tuple[int, ...]
    reply: tuple[int, ...]


class ReplyModel:
    """A causal language model whose adapter alone learns; ``rows`` replies go through at once."""

    def __init__(self, opened: Opened, adapted: Any, settings: CausalLMSettings, *, rows: int) -> None:  # noqa: ANN401
        """Wrap a model that has its adapter already.

        Raises:
            ModelError: it has no chat template, no end of a reply, or reads too few tokens.
        """
        check_fits(opened.model, opened.tokenizer, settings)
        self._tokenizer, self._rows, self._settings = opened.tokenizer, rows, settings
        end = end_of_reply(opened.tokenizer, ends_of(opened.model, opened.tokenizer))
        if end is None:
            raise ModelError(f"{settings.model} states no token that ends a reply", "take another model")
        self._end = end
        self._adapted = adapted
        self._takes = set(inspect.signature(opened.model.forward).parameters)
        self.identity = opened.identity

    @classmethod
    def open(
        cls,
        settings: CausalLMSettings,
        shape: LoraShape,
        start: Path | None,
        *,
        rows: int = 2,
        seed: int = 7,
    ) -> ReplyModel:
        """The settings' model with the adapter in ``start``, or with a fresh one.

        Raises:
            ModelError: weights are missing, were changed or do not fit.
        """
        opened = open_model(settings)
        if start is None:
            fresh = replace(shape, targets=shape.targets or linear_names(opened.model))
            adapted = add_adapter(opened.model, fresh, seed=seed)
        else:
            adapted = with_adapter(opened.model, shape, start, seed=seed)
        return cls(opened, moved(adapted.eval(), opened.device), settings, rows=rows)

    @property
    def trainable(self) -> Named:
        """The adapter's parameters with their names."""
        return [(name, one) for name, one in self._adapted.named_parameters() if one.requires_grad]

    @property
    def asking(self) -> Asking:
        """How it is asked in use."""
        return Asking(
            budget=self._settings.prompt_tokens,
            longest=self._settings.reply_tokens,
            count=lambda text: len(token_ids(self._tokenizer, text)),
            special=special_of(self._tokenizer),
        )

    def encode(self, conversation: Conversation, reply: str) -> Encoded:
        """What is read before a reply, and the reply up to its end."""
        prompt = token_ids(self._tokenizer, rendered(self._tokenizer, conversation))
        return Encoded(tuple(prompt), (*token_ids(self._tokenizer, reply), self._end))

    def log_probabilities(self, encoded: Sequence[Encoded]) -> torch.Tensor:
        """``[n]``: the log-probability of each whole reply, its end included; float32, with gradients if on.

        Raises:
            ModelError: memory is exhausted.
        """
        import torch
        from torch.utils.checkpoint import checkpoint

        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].prompt) + len(encoded[i].reply))
        batches = [order[first : first + self._rows] for first in range(0, len(order), self._rows)]
        parts = []
        with memory(LESS):
            for rows in batches:
                batch = self._batch([encoded[i] for i in rows])
                if torch.is_grad_enabled() and len(batches) > 1:
                    parts.append(checkpoint(self._forward, *batch, use_reentrant=False))
                else:
                    parts.append(self._forward(*batch))
        back = torch.tensor([order.index(i) for i in range(len(order))], device=parts[0].device)
        return torch.cat(parts)[back]

    def save(
        self,
        folder: Path,
        facts: Mapping[str, object],
        *,
        beside: Mapping[str, Callable[[Path], object]] = MappingProxyType({}),
    ) -> None:
        """Write the adapter with its manifest, whole or not at all.

        Raises:
            FileExistsError: the folder exists: artifacts are immutable.
            StorageError: the disk is full or not writable.
        """
        save_adapter(self._adapted, folder, {"base": self.identity, **facts}, beside=beside)

    def load(self, folder: Path) -> None:
        """Take the weights of an adapter of the same shape.

        Raises:
            ModelError: its files are missing or were changed.
        """
        from peft import set_peft_model_state_dict
        from peft.utils import load_peft_weights

        adapter_fingerprint(folder)
        weights = load_peft_weights(str(folder), device=str(self._adapted.device))
        set_peft_model_state_dict(self._adapted, weights)

    def _batch(self, encoded: Sequence[Encoded]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Tokens ``[n, l]`` with what is missing at the left, their mask, and which are of replies."""
        import torch

        longest = max(len(one.prompt) + len(one.reply) for one in encoded)
        ids = torch.full((len(encoded), longest), self._end)
        there, replies = torch.zeros_like(ids), torch.zeros(ids.shape, dtype=torch.bool)
        for row, one in enumerate(encoded):
            whole = torch.tensor(one.prompt + one.reply)
            ids[row, longest - len(whole) :] = whole
            there[row, longest - len(whole) :] = 1
            replies[row, longest - len(one.reply) :] = True
        device = self._adapted.device
        return ids.to(device), there.to(device), replies.to(device)

    def _forward(self, ids: torch.Tensor, there: torch.Tensor, replies: torch.Tensor) -> torch.Tensor:
        import torch

        longest = int(replies.sum(dim=1).max())
        more: dict[str, object] = {}
        if "position_ids" in self._takes:
            more["position_ids"] = (there.cumsum(dim=1) - 1).clamp(min=0)
        if "logits_to_keep" in self._takes:
            more["logits_to_keep"] = longest + 1
        logits = self._adapted(input_ids=ids, attention_mask=there, use_cache=False, **more).logits
        # A place's logits are of the token after it.
        said = torch.log_softmax(logits[:, -longest - 1 : -1].float(), dim=2)
        found = said.gather(2, ids[:, -longest:, None]).squeeze(2)
        total: torch.Tensor = found.masked_fill(~replies[:, -longest:], 0.0).sum(dim=1)
        return total


def linear_names(model: Any) -> tuple[str, ...]:  # noqa: ANN401 - untyped
    """The names of a model's linear layers but that of its output: what an adapter is put on.

    Raises:
        ModelError: it has none.
    """
    from torch import nn

    output = model.get_output_embeddings()
    names = {
        name.rsplit(".", 1)[-1]
        for name, one in model.named_modules()
        if isinstance(one, nn.Linear) and one is not output
    }
    if not names:
        raise ModelError("the generator has no linear layers to adapt", "take another model")
    return tuple(sorted(names))
