"""LegalBench-RAG: queries with character spans over contracts, NDAs and merger agreements.

Source: Pipitone and Alami, "LegalBench-RAG: A Benchmark for Retrieval-Augmented Generation in the Legal
Domain", 2024. Licence: MIT, and those of its sources (CUAD, ContractNLI, MAUD, PrivacyQA). Published form:
character precision and recall of the first k snippets, the mean of the source sets, all documents in one
index. Our figures are over the queries and documents of the folder given, the paper's "mini" over 776
queries of four sources.
"""

from __future__ import annotations

from eval.sets.contract import BenchSet, Documents, Published, folder_documents, read_lines

_MINI = "recursive splitter, text-embedding-3-large; mini, 4 sources (ours lacks PrivacyQA)"
LEGALBENCHRAG = BenchSet(
    name="legalbenchrag",
    title="LegalBench-RAG",
    source="Pipitone and Alami 2024, arXiv 2408.10343",
    licence="MIT and its sources'",
    read=read_lines,
    documents=lambda folder, _: Documents(files=folder_documents(folder, ".txt")),
    scope="shared",
    task="retrieve",
    strata="dataset",
    headline=("snippet_precision@1", "char_precision@1", "char_recall@64"),
    published=(
        Published(measure="char_precision@1", value=0.0641, system="LegalBench-RAG baseline", note=_MINI),
        Published(measure="char_recall@64", value=0.6222, system="LegalBench-RAG baseline", note=_MINI),
    ),
)
