"""Options that every command about questions to learn from has, and what they bring together.

Leaves reading and making questions to ``tuning.questions``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rag.catalog import Catalog
    from rag.types import DocumentId
    from rag.workspace import Workspace
    from tuning.items import Asked

BY_KINDS = 600
"""Questions that a file of kinds asks, at most."""

questions_option = click.option(
    "--questions",
    "files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Questions to learn from; repeatable. Answers, and splits for measuring, are left behind.",
)
logged_option = click.option(
    "--logged",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="So many of the last questions that people asked the service; those that measure are left out.",
)
made_option = click.option(
    "--made",
    type=click.IntRange(min=0),
    default=600,
    show_default=True,
    help="So many questions are made from the documents besides.",
)
kinds_option = click.option(
    "--kinds",
    multiple=True,
    metavar="NAME|FILE",
    help="Ask each document for kinds of thing too: contracts, filings, or a TOML file of yours; repeatable.",
)
paraphrases_option = click.option(
    "--paraphrases",
    type=click.IntRange(0, 20),
    default=0,
    show_default=True,
    metavar="N",
    help="Ask a language model (tuning.llm, or the generator) for N other wordings of each made question.",
)


def asked_by_people(
    workspace: Workspace,
    catalog: Catalog,
    given: Mapping[str, Any],
    only: Collection[DocumentId] | None = None,
) -> list[Asked]:
    """The questions of the files, then those of the service's log that are not among them.

    ``given`` are a command's options; questions of its files for measuring (``gate``, ``gold``) are left out
    of the log's. ``only`` restricts both to what is asked of these documents. On stderr it says how many
    the log has.

    Raises:
        SourceError: a file or the log cannot be read, or a file names a document that is not there.
    """
    from tuning.questions import read_asked
    from tuning.questions.filters import words_of
    from tuning.questions.log import read_log
    from tuning.questions.measuring import measuring_words

    asked = [one for path in given["files"] for one in read_asked(path, catalog, documents=only)]
    if not given["logged"]:
        return asked
    decide = [given["gate"]] if given.get("gate") else []
    marked = [*given["files"], *([given["gold"]] if given.get("gold") else [])]
    log = read_log(
        workspace.service_file,
        catalog,
        limit=given["logged"],
        measuring=measuring_words([workspace.regression, *decide], marked),
        documents=only,
    )
    known = {(one.document_ids, words_of(one.text)) for one in asked}
    fresh = [one for one in log.asked if (one.document_ids, words_of(one.text)) not in known]
    _tell(fresh, log.left_out)
    return asked + fresh


def asked_of_documents(
    catalog: Catalog, given: Mapping[str, Any], documents: Collection[DocumentId] | None = None
) -> list[Asked]:
    """The questions made from documents (None: all), and those that the named files of kinds ask of them.

    Raises:
        SettingsError: a file of kinds cannot be read or is none.
    """
    from tuning.kinds import BUILT_IN, ClauseKinds
    from tuning.questions import make_questions
    from tuning.questions.kinds import ask_by_kinds

    kinds = [ClauseKinds.load(BUILT_IN.get(name, Path(name))) for name in given["kinds"]]
    found = []
    if given["made"]:
        found += make_questions(catalog, seed=given["seed"], count=given["made"], documents=documents)
    for own in kinds:
        found += ask_by_kinds(catalog, own, seed=given["seed"], count=BY_KINDS, documents=documents)
    return found


def _tell(fresh: Sequence[Asked], left_out: Mapping[str, int]) -> None:
    if fresh or left_out:
        without = ", ".join(f"{count} {reason}" for reason, count in sorted(left_out.items()))
        told = f"{len(fresh)} questions of the service's log" + (f"; left out: {without}" if without else "")
        click.echo(told, err=True)
