"""The stages that ``covenant tune`` runs, in their order. Further parts join by being listed."""

from __future__ import annotations

from tuning.embedder import Mode
from tuning.generator_stage import GeneratorStage
from tuning.house_words_stage import HouseWordsStage
from tuning.stages import CombinerStage, EmbedderStage, RerankerStage, Stage, Teacher
from tuning.value_stage import ValueStage


def standard_stages(mode: Mode = "queries", teacher: Teacher = "labels") -> tuple[Stage, ...]:
    """What is tuned unless parts are named; ``teacher`` is the embedder's.

    House words come first: what they mean is what the others learn from. Values come last: they are chosen
    among what the parts before them find.
    """
    return (
        HouseWordsStage(),
        EmbedderStage(mode=mode, teacher=teacher),
        RerankerStage(),
        CombinerStage(),
        ValueStage(),
    )


def every_stage(mode: Mode = "queries", teacher: Teacher = "labels") -> tuple[Stage, ...]:
    """The generator's stage too, which takes longest."""
    return (*standard_stages(mode, teacher), GeneratorStage())
