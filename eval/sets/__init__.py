"""Importers of public sets in their published form: a small module each, with its source and licence."""

from __future__ import annotations

from eval.sets.acord import ACORD
from eval.sets.contract import BenchSet
from eval.sets.contractnli import CONTRACTNLI
from eval.sets.cuad import CUAD
from eval.sets.financebench import FINANCEBENCH
from eval.sets.findver import FINDVER
from eval.sets.finqa import FINQA
from eval.sets.legalbenchrag import LEGALBENCHRAG
from eval.sets.sample import SAMPLE
from eval.sets.tatqa import TATQA

SETS: dict[str, BenchSet] = {
    one.name: one
    for one in (FINANCEBENCH, LEGALBENCHRAG, FINDVER, CUAD, CONTRACTNLI, TATQA, FINQA, ACORD, SAMPLE)
}
