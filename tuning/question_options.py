"""Options that every command about questions to learn from has.

Leaves reading and making questions to ``tuning.questions``.
"""

from __future__ import annotations

from pathlib import Path

import click

questions_option = click.option(
    "--questions",
    "files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Questions to learn from; repeatable. Answers, and splits for measuring, are left behind.",
)
made_option = click.option(
    "--made",
    type=click.IntRange(min=0),
    default=600,
    show_default=True,
    help="So many questions are made from the documents besides.",
)
paraphrases_option = click.option(
    "--paraphrases",
    type=click.IntRange(0, 20),
    default=0,
    show_default=True,
    metavar="N",
    help="Ask a language model (tuning.llm, or the generator) for N other wordings of each made question.",
)
