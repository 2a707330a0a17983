"""A workspace in which something was developed: measured, labelled, released and gated, without models."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import click
from click.testing import CliRunner

from eval.commands import evaluate
from eval.release_commands import promote
from ingest.build import ingest
from rag import releases
from rag.command import Context
from rag.settings import Settings
from rag.workspace import Workspace
from tests.rag.releases.made import NOON, SETTINGS_FILE, release_of
from tuning.label_commands import label

TREES = ("alder", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple")
BANKS = ("Corvane", "Dunmore", "Ellery", "Farrow", "Gilbank", "Harcourt", "Ingram", "Jessop")
TEXT = """\
{Tree} INDENTURE

This Indenture dated as of March 1, 2019 is between {Tree} Issuer LLC and {bank} Trust Company.

Section 1.1 Definitions. "Trustee" means {bank} Trust Company. "Rate" means {rate}% per annum.

Section 2.4 Interest. The Class B Notes of {Tree} bear interest at {rate}% per annum.

Section 7.2 Liens. The Issuer shall not create any lien on the Collateral of {Tree}.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Developed:
    """The workspace and the releases in it: the one in use, which answers nothing, and a better one."""

    workspace: Workspace
    silent: str
    better: str
    runs: tuple[str, ...]


def settings_of(workspace: Workspace) -> Settings:
    """What the workspace's file says."""
    return Settings.load(workspace.settings_file, environ={})


def library_of(root: Path, trees: int = len(TREES)) -> Workspace:
    """Small indentures, indexed."""
    folder = root / "in"
    folder.mkdir(parents=True)
    for number, (tree, bank) in enumerate(zip(TREES[:trees], BANKS, strict=False)):
        text = TEXT.format(Tree=tree.capitalize(), bank=bank, rate=f"{number + 1}.25")
        (folder / f"{tree}.txt").write_text(text)
    workspace = Workspace.create(root / "library")
    workspace.settings_file.write_text(f"{SETTINGS_FILE}[ingest]\nworkers = 1\n")
    assert ingest(workspace, [folder], settings_of(workspace)).documents == trees
    return workspace


def questions_of(workspace: Workspace, trees: int = len(TREES)) -> Path:
    """Two questions about each document that it answers, one that it does not, one that is read wrong."""
    rows = []
    for number, (tree, bank) in enumerate(zip(TREES[:trees], BANKS, strict=False)):
        named, rate = tree.capitalize(), f"{number + 1}.25%"
        about = {"doc_id": tree, "split": "evaluation"}
        rows += [
            {"id": f"{tree}-rate", "question": f"What interest do the Class B Notes of {named} bear?",
             "answer": rate, "answer_type": "number", "category": "lookup",
             "evidence": [{"page": 0, "text": f"bear interest at {rate} per annum"}], **about},
            {"id": f"{tree}-trustee", "question": f"Who is the Trustee under the {named} Indenture?",
             "answer": f"{bank} Trust Company", "answer_type": "span", "category": "definition",
             "evidence": [{"page": 0, "text": f"{bank} Trust Company"}], **about},
            {"id": f"{tree}-agent", "question": f"What fee does the Paying Agent of {named} receive?",
             "answer": None, "answer_type": "none", "category": "not answerable", **about},
        ]  # fmt: skip
    path = workspace.root / "asked.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def call(workspace: Workspace, command: click.Command, *arguments: str | Path) -> str:
    """What a command prints; it has to end well."""
    context = Context(workspace_path=workspace.root, overrides=())
    result = CliRunner().invoke(command, [str(one) for one in arguments], obj=context)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def measured(workspace: Workspace, questions: Path, *more: str) -> str:
    """The id of a run; its name says that it was made after those before, which may be of the same second."""
    made = str(json.loads(call(workspace, evaluate, questions, "--json", *more))["run"])
    number = sum(1 for _ in workspace.runs.iterdir())
    name = f"20260101T{number:06}{made[made.index('-') :]}"
    (workspace.runs / f"{made}.jsonl").rename(workspace.runs / f"{name}.jsonl")
    return name


def labelled(workspace: Workspace) -> None:
    """Let the ready functions vote on questions made from the documents."""
    call(workspace, label, "--made", "40", "--json")


def developed_at(root: Path) -> Developed:
    """A release that answers nothing is in use, one that answers has passed the gate against it."""
    workspace = library_of(root)
    questions = questions_of(workspace)
    silent = release_of(
        workspace,
        "silent",
        settings={"answer": {"min_confidence": 1.0}},
        artifacts=[],
        note="answers nothing",
    )
    releases.promote(workspace, silent.id, by="tester", clock=NOON, reason="to begin with")
    better = release_of(workspace, "better", parent=silent.id, note="fusion tuned")
    shared = ("--scope", "shared")
    before = measured(workspace, questions, *shared, "--release", silent.id)
    after = measured(workspace, questions, *shared, "--release", better.id)
    call(workspace, promote, better.id, "--gate", before, after)
    releases.rollback(workspace, by="tester", clock=NOON)
    labelled(workspace)
    return Developed(workspace=workspace, silent=silent.id, better=better.id, runs=(after, before))
