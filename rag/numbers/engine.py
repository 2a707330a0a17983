"""Answers to questions about figures: read, looked up, computed, rounded, with the derivation.

A generator like others: candidates with supports, one for each operand, in their order. It proposes nothing
where the question is not understood in full, an operand is missing or ambiguous, or the result cannot be
computed. Leaves the decision to answer to ``rag.pipeline``, which checks the derivation again.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from rag.fingerprints import fingerprint
from rag.numbers.formula import FormulaError, Node, evaluate, lowered, operand_names
from rag.numbers.ontology import LineItem, Ontology
from rag.numbers.reading import Request, read
from rag.numbers.statements import Figure, MissingFigureError, find, last_year
from rag.prompt import Prompt, Statements
from rag.types import Candidate, Derivation, Operand

_VERSION = 1
_CONFIDENCE = 0.9
"""Of an answer whose operands all fit their items word for word."""
_DECIMALS = {"percent": 1, "number": 2}
_NAMES = {10**3: " thousand", 10**6: " million", 10**9: " billion"}
_MANY = 10**6


class NumberEngine:
    """Candidates computed from the cells of financial statements."""

    def __init__(self, ontology: Ontology) -> None:
        self._ontology = ontology

    @property
    def fingerprint(self) -> str:
        """Identity of the algorithm and the ontology."""
        return fingerprint(
            {"generator": "numbers", "version": _VERSION, "ontology": self._ontology.fingerprint}
        )

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """At most one candidate for each prompt."""
        return [self._complete(prompt) for prompt in prompts]

    def _complete(self, prompt: Prompt) -> tuple[Candidate, ...]:
        request = read(prompt.question, self._ontology) if prompt.statements else None
        if request is None:
            return ()
        try:
            return (self._computed(request, prompt.statements),)
        except (FormulaError, MissingFigureError):
            return ()

    def _computed(self, request: Request, documents: Sequence[Statements]) -> Candidate:
        years = request.years or tuple(filter(None, (last_year(documents),)))
        if not years:
            raise MissingFigureError("no fiscal year is asked for, and the document reports on none")
        ordered = sorted(documents, key=lambda one: one.fiscal_year != years[-1])
        operands = _Operands(self._ontology, ordered)
        parts = [operands.arithmetic(request.formula, year) for year in years]
        formula = parts[0] if len(parts) == 1 else f"({' + '.join(parts)}) / {len(parts)}"
        figures = operands.figures
        value = evaluate(formula, operands.values)
        derivation = Derivation(
            name=request.name,
            formula=formula,
            operands=tuple(
                Operand(
                    name=name,
                    label=figure.label,
                    period=figure.cell.period.end if figure.cell.period else "",
                    text=figure.cell.text,
                    amount=operands.values[name],
                )
                for name, figure in figures.items()
            ),
            value=value,
        )
        return Candidate(
            text=rendered(request, value, list(figures.values())),
            score=_CONFIDENCE * min(figure.fit for figure in figures.values()),
            supports=tuple(figure.support for figure in figures.values()),
            derivation=derivation,
        )


class _Operands:
    """The figures that formulas need, each once, named in the order they are met."""

    def __init__(self, ontology: Ontology, documents: Sequence[Statements]) -> None:
        self._ontology = ontology
        self._documents = documents
        self._names = operand_names()
        self._known: dict[tuple[str, int], str] = {}
        self.figures: dict[str, Figure] = {}
        self.values: dict[str, Decimal] = {}

    def arithmetic(self, formula: Node, year: int) -> str:
        """The formula in a year over the operands' names.

        Raises:
            MissingFigureError: the statements lack one of them.
        """
        return lowered(formula, year, self._operand)

    def _operand(self, words: str, year: int) -> str:
        item = self._ontology.items[words]
        if (words, year) in self._known:
            return self._known[words, year]
        try:
            figure = find(item, year, self._documents)
        except MissingFigureError:
            if item.otherwise is None:
                raise
            return self.arithmetic(item.otherwise, year)
        name = next(self._names)
        self._known[words, year] = name
        self.figures[name] = figure
        self.values[name] = _asked_for(item, figure)
        return name


def _asked_for(item: LineItem, figure: Figure) -> Decimal:
    return abs(figure.amount) if item.outflow else figure.amount


def rendered(request: Request, value: Decimal, figures: Sequence[Figure]) -> str:
    """The result as it is asked for: "$1,577 million", "4.2%", "17.98"."""
    if request.unit != "amount":
        usual = _DECIMALS[request.unit]
        text = _rounded(value, usual if request.decimals is None else request.decimals)
        return f"{text}%" if request.unit == "percent" else text
    printed = max(figure.cell.scale for figure in figures)
    scale = request.scale or printed
    if request.scale is None and abs(value) < printed and any(f.cell.unit == "per_share" for f in figures):
        scale = 1
    finer = 2 if scale > printed or scale == 1 else 0
    decimals = finer if request.decimals is None else request.decimals
    # Many statements print no currency sign at all; then the question's own holds.
    currencies = {figure.cell.currency for figure in figures} - {""}
    sign = "$" if currencies == {"USD"} or (not currencies and request.dollars) else ""
    text = _rounded(abs(value) / scale, decimals)
    return f"{'-' if value < 0 else ''}{sign}{text}{_NAMES.get(scale, '')}"


def _rounded(value: Decimal, decimals: int) -> str:
    """Half away from zero, as people round; thousands apart.

    >>> _rounded(Decimal("1234.565"), 2)
    '1,234.57'
    """
    step = Decimal(1).scaleb(-decimals)
    return f"{value.quantize(step, rounding=ROUND_HALF_UP):,}"
