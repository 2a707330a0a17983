from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters import adapter_fingerprint
from rag.errors import UsageError
from rag.reranker.late_interaction import LateInteractionReranker
from rag.settings import LateInteractionSettings
from tests.tuning.killing import KilledError, killed_at
from tuning.adapters import LoraShape, save_adapter
from tuning.ranking import FirstStage, Group, Passage, searched
from tuning.reranker import RerankerTraining, draw_batch, fresh_model, train
from tuning.token_model import max_sim

TOPICS = ("governing law", "termination for convenience", "cap on liability", "assignment")
SETTINGS = RerankerTraining(
    steps=6, questions=4, negatives=1, learning_rate=3e-3, limit=48, save_every=3, bfloat16=False,
    weights={"made": 1.0}, shape=LoraShape(rank=2, layers=(5,)),
)  # fmt: skip


def made_groups() -> list[Group]:
    return [
        Group(
            source="made",
            document=f"d{number % 2}",
            question=f"Which clause speaks of {topic}?",
            topic=topic,
            passages=(
                Passage(text=f"Clause {number}: nothing of the kind is agreed."),
                Passage(text=f"Clause {number + 9}: see {topic}.", topics=frozenset({topic})),
            ),
            grades=(0, 1),
        )
        for number, topic in enumerate(TOPICS * 2)
    ]


def test_a_batch_is_a_function_of_its_step_and_spares_what_is_relevant_to_a_topic() -> None:
    by_source = {"made": made_groups()}
    batch = draw_batch(by_source, replace(SETTINGS, questions=8), 3)
    assert batch == draw_batch(by_source, replace(SETTINGS, questions=8), 3)
    assert batch != draw_batch(by_source, replace(SETTINGS, questions=8), 4)
    assert all(row.count(1) == 1 for row in batch.labels)
    # The other question of the same topic has a relevant passage, which is no negative here.
    assert all(row.count(-1) == 1 for row in batch.labels)


def test_the_first_stage_finds_words_and_adds_what_it_missed() -> None:
    stage = FirstStage(["no lien", "the law of Delaware governs", "fees"], None)
    assert stage.order("which law governs")[0] == 1
    assert searched(stage, "which law governs", {2: 1}, 1) == [1, 2]


@pytest.mark.slow
def test_training_lowers_the_loss_and_gives_the_same_bytes_again(tmp_path: Path) -> None:
    folders = []
    for name in ("one", "two"):
        losses: dict[int, float] = {}
        model = train(made_groups(), SETTINGS, tmp_path / f"state-{name}", losses.__setitem__)
        save_adapter(model, tmp_path / name, {})
        folders.append(tmp_path / name)
        assert losses[SETTINGS.steps] < losses[1]
    assert adapter_fingerprint(folders[0]) == adapter_fingerprint(folders[1])
    adapted = LateInteractionReranker.load(LateInteractionSettings(adapter=folders[0]))
    assert (
        adapted.fingerprint != LateInteractionReranker.load(LateInteractionSettings(adapter=None)).fingerprint
    )


@pytest.mark.slow
def test_an_interrupted_run_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    with pytest.raises(KilledError):
        train(made_groups(), SETTINGS, tmp_path / "state", killed_at(5))
    steps: list[int] = []
    resumed = train(made_groups(), SETTINGS, tmp_path / "state", lambda step, _: steps.append(step))
    assert steps == [4, 5, 6]
    save_adapter(resumed, tmp_path / "resumed", {})
    save_adapter(train(made_groups(), SETTINGS, tmp_path / "other"), tmp_path / "whole", {})
    assert adapter_fingerprint(tmp_path / "resumed") == adapter_fingerprint(tmp_path / "whole")
    with pytest.raises(UsageError, match="another run"):
        train(made_groups(), replace(SETTINGS, seed=8), tmp_path / "state")


def test_sources_without_weight_are_nothing_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no group"):
        train(made_groups(), replace(SETTINGS, weights={"cuad": 1.0}), tmp_path)


@pytest.mark.slow
def test_training_and_inference_score_alike() -> None:
    import torch

    _, tokens = fresh_model(SETTINGS)
    passages = ["The Trustee is Corvane Trust Company.", "No lien.", "The law of Delaware governs this Deed."]
    with torch.no_grad():
        trained = max_sim(tokens.tokens(["Which law governs?"]), tokens.tokens(passages))[0]
    component = LateInteractionReranker.load(LateInteractionSettings(dtype="float32", adapter=None))
    assert component.score("Which law governs?", passages) == pytest.approx(trained.numpy(), abs=0.005)
