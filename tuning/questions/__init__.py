"""Questions to learn from, without annotators: made from documents, or asked by users.

    asked = make_questions(catalog, seed=7, count=1000)
    asked += read_asked(Path("questions.jsonl"), catalog)

    Source ─makers─► Reading ─wording─► Asked ─filters─► ─mix─► questions

Makers are parallel modules that read a document's structure by rules that know no particular document:
``definitions``, ``clauses``, ``references``, ``amendments``, ``facts``, ``table_cells``, ``arithmetic``,
``comparisons`` (of two documents), ``missing`` (not answerable). What users asked comes from ``files`` or
from the service's ``log``, but for what is ``measuring``. Leaves the items to vote on to
``tuning.questions.candidates``.
"""

from __future__ import annotations

from tuning.questions.files import read_asked
from tuning.questions.making import make_questions

__all__ = ["make_questions", "read_asked"]
