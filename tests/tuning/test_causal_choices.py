"""Choices of data for a language model side by side, and the command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from rag.command import Context
from rag.settings import CausalLMSettings, Settings
from tests.tuning.test_causal_labels import GROUPS, HELD, RIGHT, WRONG, settings, toy
from tests.tuning.test_causal_stage import make_library, questions, reading
from tests.tuning.test_replies import HOW, group
from tuning.causal_choices import DRAWN, NAMES, compare_causal_choices
from tuning.causal_labels import CausalTuning
from tuning.choice_bench import BEFORE, LIKELY
from tuning.preference_commands import preferences
from tuning.replies import lessons, one_drawn
from tuning.soft_lists import NothingToLearnError

__all__ = ["reading", "toy"]


@pytest.fixture
def chosen(toy: Path) -> CausalTuning:
    return settings(toy)


@pytest.mark.slow
def test_choices_are_measured_on_the_same_questions(chosen: CausalTuning, tmp_path: Path) -> None:
    told: list[None] = []
    rows = compare_causal_choices(GROUPS, HELD, chosen, tmp_path, advance=lambda: told.append(None))
    assert [one.name for one in rows] == [BEFORE, *NAMES]
    assert len(told) == len(rows)
    found = {one.name: one for one in rows}
    assert found[BEFORE].compared.after.value == pytest.approx(0.05)
    assert found[LIKELY].compared.after.value == pytest.approx(0.9)
    assert found["best against worst"].compared.after.value == pytest.approx(0.9)
    assert found[DRAWN].compared.after.value <= found[LIKELY].compared.after.value
    assert {name: found[name].shown for name in (DRAWN, LIKELY, "random pairs")} == {
        DRAWN: 6,
        LIKELY: 6,
        "random pairs": 6,
    }
    adapters = [(one.reader / "adapter_model.safetensors").read_bytes() for one in rows]
    assert len(set(adapters)) >= len(rows) - 1, "both ways to choose pairs may come to the same pairs"


@pytest.mark.slow
def test_some_choices_alone(chosen: CausalTuning, tmp_path: Path) -> None:
    few = replace(chosen, epochs=1)
    rows = compare_causal_choices(GROUPS, HELD, few, tmp_path, only=["best against worst"])
    assert [one.name for one in rows] == [BEFORE, "best against worst"]
    assert (tmp_path / LIKELY).is_dir(), "it goes on from what likely replies taught"
    # Where labels tell no answers apart, there is nothing to prefer.
    alike = [group((0.5, 0.5, 0.5), f"Alder {n}") for n in range(2)]
    (_, same) = compare_causal_choices(alike, HELD, few, tmp_path / "alike", only=["random pairs"])
    assert (same.shown, same.reader.name) == (0, LIKELY)


@pytest.mark.slow
def test_nothing_to_compare(chosen: CausalTuning, tmp_path: Path) -> None:
    with pytest.raises(NothingToLearnError, match="development"):
        compare_causal_choices(GROUPS, [], chosen, tmp_path)
    with pytest.raises(NothingToLearnError, match="to learn from"):
        compare_causal_choices([group((0.4, 0.3, 0.3))], HELD, chosen, tmp_path)


def test_drawn_answers_are_any_that_may_be_said() -> None:
    drawn = [one_drawn(group(RIGHT, f"Alder {n}"), HOW, seed=3) for n in range(20)]
    found = [one.probabilities for one in drawn if one is not None]
    assert len(found) == 20
    assert {sum(one) for one in found} == {1.0}
    assert len(set(found)) > 1
    again = [one_drawn(group(WRONG, f"Alder {n}"), HOW, seed=3) for n in range(20)]
    assert [one.probabilities for one in again if one is not None] == found, "labels have no say"
    assert one_drawn(group(RIGHT), replace(HOW, longest=1), seed=3) is None
    taught = list(lessons([one for one in drawn if one is not None], HOW, settings(Path()).teaching))
    assert len({one.reply for one in taught}) > 1


@pytest.mark.slow
def test_the_command_compares_for_a_language_model(tmp_path: Path, reading: Settings) -> None:
    workspace = make_library(tmp_path / "work")
    own = reading.generator
    assert isinstance(own, CausalLMSettings)
    workspace.settings_file.write_text(
        '[embedder]\nkind = "hashing"\ndim = 8\n[reranker]\nkind = "none"\n'
        f'[generator]\nkind = "causal_lm"\nmodel = {json.dumps(own.model)}\nprompt_tokens = 1500\n'
        'reply_tokens = 80\ndtype = "float32"\ndevice = "cpu"\ncompute = false\n'
    )
    rows = [
        {
            "question": one.text,
            "doc_id": str((one.document_ids or ("",))[0]),
            "split": "train",
        }
        for one in questions(workspace)
    ]
    asked = tmp_path / "asked.jsonl"
    asked.write_text("\n".join(map(json.dumps, rows)))
    context = Context(workspace_path=workspace.root, overrides=())
    given = ["--questions", str(asked), "--made", "12", "--most", "12", "--json"]
    refused = CliRunner().invoke(preferences, [*given, "--choice", "listwise"], obj=context)
    assert "no choice is called 'listwise'" in str(refused.exception)
    result = CliRunner().invoke(preferences, [*given, "--choice", LIKELY], obj=context)
    assert result.exit_code == 0, (result.output, result.exception)
    printed = json.loads(result.stdout)["choices"]
    assert [one["name"] for one in printed] == [BEFORE, LIKELY]
    assert printed[1]["shown"] > 0
