"""Rerankers behind one contract: overlap (weightless), late interaction, any cross-encoder; or none."""

from __future__ import annotations

from typing import assert_never

from rag.protocols import Reranker
from rag.settings import (
    CrossEncoderSettings,
    LateInteractionSettings,
    NoRerankerSettings,
    OverlapRerankerSettings,
    RerankerSettings,
)


def load(settings: RerankerSettings) -> Reranker | None:
    """The reranker that the settings name; None where the order of the fusion is kept.

    Raises:
        ModelError: the weights are missing, were changed or do not fit.
    """
    match settings:
        case NoRerankerSettings():
            return None
        case OverlapRerankerSettings():
            from rag.reranker.overlap import OverlapReranker

            return OverlapReranker()
        case CrossEncoderSettings():
            from rag.reranker.cross_encoder import CrossEncoderReranker

            return CrossEncoderReranker.load(settings)
        case LateInteractionSettings():
            from rag.reranker.late_interaction import LateInteractionReranker

            return LateInteractionReranker.load(settings)
        case _:
            assert_never(settings)
