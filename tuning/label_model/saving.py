"""A label model as a JSON file that people can read, checked when it is read.

Numbers are written in full, so that a model read back gives the same labels to the last bit. Leaves what a
model is to ``tuning.label_model.model``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rag.errors import ModelError
from rag.storage import write_text
from tuning.label_model.calibration import Calibration
from tuning.label_model.matrix import MOST_OUTCOMES, Function
from tuning.label_model.model import VERSION, LabelModel
from tuning.label_model.settings import Method


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Function(_Strict):
    name: str = Field(min_length=1)
    family: str
    edges: tuple[float, ...] = Field(max_length=MOST_OUTCOMES - 1)
    favours: int = Field(ge=0)
    weight: float = Field(gt=0, le=1)
    evidence: tuple[tuple[float, ...], ...]


class _File(_Strict):
    label_model: Literal[1]
    fingerprint: str
    method: Method
    classes: int = Field(ge=2)
    mirrored: bool
    balance: tuple[float, ...]
    scale: float = Field(gt=0)
    offset: tuple[float, ...]
    functions: tuple[_Function, ...] = Field(min_length=1)
    facts: dict[str, Any]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.balance) != self.classes or min(self.balance) <= 0 or abs(sum(self.balance) - 1) > 1e-6:
            raise ValueError("the balance is not a positive share for each class")
        if len(self.offset) != self.classes or (self.mirrored and any(self.offset)):
            raise ValueError("the offsets do not fit the classes")
        names = [function.name for function in self.functions]
        if names != sorted(set(names)):
            raise ValueError("functions are not in the order of their names, each once")
        for function in self.functions:
            rows = (len(function.edges) + 1 if function.edges else self.classes) + 1
            if [len(row) for row in function.evidence] != [self.classes] * rows:
                raise ValueError(f"the evidence of {function.name} is not [{rows}, {self.classes}]")
            if list(function.edges) != sorted(set(function.edges)) or function.favours >= self.classes:
                raise ValueError(f"the edges of {function.name} do not ascend, or favour no class")
        return self


def save(model: LabelModel, path: Path) -> None:
    """Write a model; a reader sees the old file or the new, never a part.

    Raises:
        StorageError: the disk is full or not writable.
    """
    write_text(path, to_text(model))


def to_text(model: LabelModel) -> str:
    """A model as the text of a JSON file."""
    content = {
        "label_model": VERSION,
        "fingerprint": model.fingerprint,
        **model.parameters(),
        "facts": dict(model.facts),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def load(path: Path) -> LabelModel:
    """Read what ``save`` wrote.

    Raises:
        ModelError: the file is missing, is no label model of this release, or was changed.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"the label model {path} cannot be read: {error.strerror or type(error).__name__}",
            "fit it again from the votes",
        ) from error
    return from_text(text, str(path))


def from_text(text: bytes | str, name: str) -> LabelModel:
    """A model from the text that ``to_text`` made; ``name`` is what errors call it.

    Raises:
        ModelError: it is no label model of this release, or was changed.
    """
    try:
        found = _File.model_validate_json(text)
    except ValidationError as error:
        raise ModelError(
            f"the label model {name} cannot be read: {_reason(error)}", "fit it again from the votes"
        ) from error
    model = LabelModel(
        method=found.method,
        functions=tuple(
            Function(name=f.name, family=f.family, edges=f.edges, favours=f.favours) for f in found.functions
        ),
        classes=found.classes,
        mirrored=found.mirrored,
        balance=np.array(found.balance),
        evidence=tuple(np.array(f.evidence) for f in found.functions),
        weights=np.array([f.weight for f in found.functions]),
        calibration=Calibration(scale=found.scale, offset=np.array(found.offset)),
        facts=found.facts,
    )
    if model.fingerprint != found.fingerprint:
        raise ModelError(
            f"the label model {name} was changed: its fingerprint is {model.fingerprint}",
            "fit it again from the votes",
        )
    return model


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else str(first["msg"])
