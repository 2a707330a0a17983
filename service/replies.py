"""What all replies have in common. Leaves what they say to ``service.schemas`` and ``service.answers``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Fingerprints = Annotated[dict[str, str], Field(description="Identity of each component and of the index.")]


class Reply(BaseModel):
    """Made once, and with no other fields than those published."""

    model_config = ConfigDict(frozen=True, extra="forbid")
