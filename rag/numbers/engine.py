"""Answers to questions about figures: read, looked up, computed, rounded, with the derivation.

A generator like others: candidates with supports, one for each operand, in their order. It proposes nothing
where the question is not understood in full; where it is, but an operand is missing or ambiguous, it says
so. Leaves the decision to answer to ``rag.pipeline``, which checks the derivation again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal

from rag.fingerprints import fingerprint
from rag.numbers.cells import find_named
from rag.numbers.formula import FormulaError, Item, Node, evaluate, lowered, operand_names
from rag.numbers.mentions import prose_of
from rag.numbers.ontology import Ontology
from rag.numbers.phrases import read_phrases
from rag.numbers.reading import Request, read
from rag.numbers.rounding import decimals_of, in_dollars, printed, rounded
from rag.numbers.statements import Figure, MissingFigureError, find, last_year
from rag.prompt import Prompt, Statements
from rag.types import Candidate, Derivation, Operand

_VERSION = 3
_CONFIDENCE = 0.9
"""Of an answer whose operands all fit their items word for word."""
NO_YEAR = 0
"""Stands for the year of a formula whose items have none."""
_DECIMALS = 2
"""Of results that are no plain sums, where the question does not say."""


class NumberEngine:
    """Candidates computed from the cells of tables, of financial statements before others."""

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
        """From the statements if possible, else from the tables that were found.

        Where a question is about a known line item, and neither has it, no other words are an answer.
        """
        problem = ""
        request = read(prompt.question, self._ontology) if prompt.statements else None
        if request is not None:
            try:
                return (self._from_statements(request, prompt.statements),)
            except (FormulaError, MissingFigureError) as error:
                problem = str(error)
        names = dict.fromkeys(one.chunk.headings.partition(" > ")[0] for one in prompt.evidence)
        request = read_phrases(prompt.question, list(names)) if prompt.tables else None
        if request is not None:
            with suppress(FormulaError, MissingFigureError):
                years = request.years or (NO_YEAR,)
                return (_computed(request, years, _Operands(_in_tables(prompt))),)
        return (Candidate(text=problem, score=_CONFIDENCE, supports=()),) if problem else ()

    def _from_statements(self, request: Request, documents: Sequence[Statements]) -> Candidate:
        years = request.years or tuple(filter(None, (last_year(documents),)))
        if not years:
            raise MissingFigureError("no fiscal year is asked for, and the document reports on none")
        ordered = sorted(documents, key=lambda one: one.fiscal_year != years[-1])
        return _computed(request, years, _Operands(_in_statements(self._ontology, ordered)))


Found = tuple[Figure, Decimal] | Node
"""A figure and the amount it is taken for, or a formula that stands for it."""
Lookup = Callable[[str, int], Found]
"""What words name in a year; raises MissingFigureError."""


def _in_statements(ontology: Ontology, documents: Sequence[Statements]) -> Lookup:
    """Items of the ontology, in the statements of documents."""

    def look_up(words: str, year: int) -> Found:
        item = ontology.items[words]
        try:
            figure = find(item, year, documents)
        except MissingFigureError:
            if item.otherwise is None:
                raise
            return item.otherwise
        return figure, abs(figure.amount) if item.outflow else figure.amount

    return look_up


def _in_tables(prompt: Prompt) -> Lookup:
    """Whatever the words name, in tables; text that is all there is says the scale where they do not."""
    prose = prose_of(prompt) if prompt.whole else ""

    def look_up(words: str, year: int) -> Found:
        figure = find_named(words, None if year == NO_YEAR else year, prompt.tables, prose)
        return figure, figure.amount

    return look_up


class _Operands:
    """The figures that formulas need, each once, named in the order they are met."""

    def __init__(self, look_up: Lookup) -> None:
        self._look_up = look_up
        self._names = operand_names()
        self._known: dict[tuple[str, int], str] = {}
        self.figures: dict[str, Figure] = {}
        self.values: dict[str, Decimal] = {}

    def arithmetic(self, formula: Node, year: int) -> str:
        """The formula in a year over the operands' names.

        Raises:
            MissingFigureError: one of them is not found.
        """
        return lowered(formula, year, self._operand)

    def _operand(self, words: str, year: int) -> str:
        if (words, year) in self._known:
            return self._known[words, year]
        found = self._look_up(words, year)
        if not isinstance(found, tuple):
            return self.arithmetic(found, year)
        name = next(self._names)
        self._known[words, year] = name
        self.figures[name], self.values[name] = found
        return name


def _computed(request: Request, years: Sequence[int], operands: _Operands) -> Candidate:
    """The answer in the mean of the years."""
    parts = [operands.arithmetic(request.formula, year) for year in years]
    formula = parts[0] if len(parts) == 1 else f"({' + '.join(parts)}) / {len(parts)}"
    value = evaluate(formula, operands.values)
    if request.unsigned and value < 0:
        formula, value = f"0 - {formula}", -value
    figures = operands.figures
    shown = [
        Operand(
            name=name,
            label=figure.label,
            period=figure.cell.period.end if figure.cell.period else "",
            text=figure.cell.text,
            amount=operands.values[name],
        )
        for name, figure in figures.items()
    ]
    return Candidate(
        text=rendered(request, value, list(figures.values())),
        score=_CONFIDENCE * min(figure.fit for figure in figures.values()),
        supports=tuple(figure.support for figure in figures.values()),
        derivation=Derivation(name=request.name, formula=formula, operands=tuple(shown), value=value),
    )


def rendered(request: Request, value: Decimal, figures: Sequence[Figure]) -> str:
    """The result as it is asked for: "$1,577 million", "4.2%", "17.98"."""
    if request.unit != "amount":
        text = rounded(value, _DECIMALS if request.decimals is None else request.decimals)
        return f"{text}%" if request.unit == "percent" else text
    if isinstance(request.formula, Item) and request.decimals is None and len(figures) == 1:
        cell = figures[0].cell
        if cell.unit == "percent":
            return f"{cell.text.strip(' %')}%"
    shown = max(figure.cell.scale for figure in figures)
    scale = request.scale or shown
    if request.scale is None and abs(value) < shown and any(f.cell.unit == "per_share" for f in figures):
        scale = 1
    decimals = request.decimals
    if decimals is None:
        divided = scale > shown or len(request.years) > 1
        decimals = _DECIMALS if divided else max(decimals_of(figure.cell.text) for figure in figures)
    dollars = in_dollars((figure.cell.currency for figure in figures), asked=request.dollars)
    return printed(value, scale, decimals, dollars=dollars)
