"""FinanceBench: analysts' questions about whole SEC filings, with evidence pages.

Source: Islam et al., "FinanceBench: A New Benchmark for Financial Question Answering", 2023. Licence:
CC BY-NC 4.0: measure only, nothing that ships is trained on it. Published form: ``questions.jsonl`` and one
PDF a filing; answers judged by people.
"""

from __future__ import annotations

from eval.sets.contract import BenchSet, Documents, Published, folder_documents, read_lines

_JUDGED = "judged by people, 150 questions over 360 filings"
FINANCEBENCH = BenchSet(
    name="financebench",
    title="FinanceBench",
    source="Islam et al. 2023, arXiv 2311.11944",
    licence="CC BY-NC 4.0, measure only",
    read=read_lines,
    documents=lambda folder, _: Documents(files=folder_documents(folder, ".pdf")),
    scope="shared",
    headline=("page_hit@5", "accuracy"),
    published=(
        Published(measure="accuracy", value=0.193, system="GPT-4-Turbo, shared store", note=_JUDGED),
        Published(measure="accuracy", value=0.500, system="GPT-4-Turbo, single store", note=_JUDGED),
        Published(measure="accuracy", value=0.853, system="GPT-4-Turbo, right pages given", note=_JUDGED),
    ),
)
