"""CUAD: 41 kinds of clause in commercial contracts, marked by lawyers; two of three are not there.

Source: Hendrycks et al., "CUAD: An Expert-Annotated NLP Dataset for Legal Contract Review", NeurIPS 2021.
Licence: CC BY 4.0. Published form: area under the precision-recall curve of spans (``aupr``) and precision at
80 % recall (``precision@80recall``), a span being right where it shares half of the words of both together
with a marked one; one contract at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.clauses import Marked, curve_area, precision_at_recall
from eval.runs import Row
from eval.sets.contract import BenchSet, Documents, Published, folder_documents, read_lines
from eval.stats import Estimate, resampled

RECALL = 0.8
_TEST = "102 contracts of the test split, fine-tuned on 408"


def _overall(
    rows: Sequence[Row], lines: Mapping[str, Mapping[str, object]], seed: int
) -> dict[str, Estimate]:
    """``aupr`` and ``precision@80recall`` of the proposals, their intervals by drawing contracts."""
    marked: dict[str, list[Marked]] = {}
    for row in rows:
        answers = lines.get(row.question_id, {}).get("answers")
        texts = [str(one["text"]) for one in answers] if isinstance(answers, list) else []
        proposed = [(one.text, one.score) for one in row.proposals]
        marked.setdefault(row.cluster, []).append(Marked.judge(proposed, texts))
    groups, n = list(marked.values()), len(rows)
    return {
        "aupr": resampled(groups, curve_area, n=n, seed=seed),
        "precision@80recall": resampled(
            groups, lambda drawn: precision_at_recall(drawn, RECALL), n=n, seed=seed
        ),
    }


CUAD = BenchSet(
    name="cuad",
    title="CUAD",
    source="Hendrycks et al. 2021, arXiv 2103.06268",
    licence="CC BY 4.0",
    read=read_lines,
    documents=lambda folder, _: Documents(files=folder_documents(folder, ".txt")),
    overall=_overall,
    headline=("aupr", "precision@80recall", "hit@5", "accuracy"),
    published=(
        Published(measure="aupr", value=0.478, system="DeBERTa-xlarge", note=_TEST),
        Published(measure="precision@80recall", value=0.440, system="DeBERTa-xlarge", note=_TEST),
        Published(measure="aupr", value=0.426, system="RoBERTa-base", note=_TEST),
    ),
)
