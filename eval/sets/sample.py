"""The synthetic sample library: invented CLO deals with exact gold (``eval.sample``), made, not brought.

Source: Covenant itself. Licence: ours. Its evaluation deals are measured; the tuning deals are for training.
"""

from __future__ import annotations

from eval.sets.contract import BenchSet, Documents, folder_documents, read_lines

SAMPLE = BenchSet(
    name="sample",
    title="synthetic sample library",
    source="Covenant",
    licence="Apache-2.0",
    read=read_lines,
    documents=lambda folder, _: Documents(files=folder_documents(folder, ".pdf")),
    headline=("hit@5", "page_hit@5", "accuracy", "wrong"),
)
