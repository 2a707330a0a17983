"""ContractNLI: 17 statements about each of many non-disclosure agreements, with evidence spans.

Source: Koreeda and Manning, "ContractNLI: A Dataset for Document-level Natural Language Inference for
Contracts", EMNLP 2021 Findings. Licence: CC BY 4.0. Published form: the label (entailed: "yes", contradicted:
"no", not mentioned: an abstention) by accuracy, the evidence by mean average precision over spans; ours is
over passages.
"""

from __future__ import annotations

from eval.sets.contract import BenchSet, Documents, Published, folder_documents, read_lines

_TEST = "test split of 123 agreements, fine-tuned on 423"
CONTRACTNLI = BenchSet(
    name="contractnli",
    title="ContractNLI",
    source="Koreeda and Manning 2021, arXiv 2110.01799",
    licence="CC BY 4.0",
    read=read_lines,
    documents=lambda folder, _: Documents(files=folder_documents(folder, ".txt")),
    headline=("accuracy", "map@100", "hit@5"),
    published=(
        Published(measure="accuracy", value=0.875, system="Span NLI BERT-large", note=_TEST),
        Published(measure="map@100", value=0.922, system="Span NLI BERT-large", note=f"over spans; {_TEST}"),
    ),
)
