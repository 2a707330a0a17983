"""The grader that the settings ask for."""

from __future__ import annotations

from collections.abc import Mapping

from eval.grading.protocol import Grader, RulesGrader
from rag.settings import LLM_KEY_VARIABLE, LLMGraderSettings, RulesGraderSettings


def make_grader(settings: RulesGraderSettings | LLMGraderSettings, environ: Mapping[str, str]) -> Grader:
    """Open a grader; the key of an LLM's endpoint comes from ``COVENANT_LLM_API_KEY``, if it needs one.

    Raises:
        MissingExtraError: an LLM is asked for and the extra ``llm`` is not installed.

    >>> make_grader(RulesGraderSettings(), {}).name
    'rules'
    """
    if isinstance(settings, RulesGraderSettings):
        return RulesGrader()
    from eval.grading.llm import LLMGrader

    return LLMGrader(settings, api_key=environ.get(LLM_KEY_VARIABLE, ""))
