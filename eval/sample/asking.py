"""Questions about single places of the text: look-ups, definition hops, references, amendments, absences.

How each is worded stands in ``text/kinds.toml``; which splits use which wrappers, too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

from eval.sample.limits import BY_KEY
from eval.sample.records import Deal, Gold, Proof, Slice, answer_type
from eval.sample.template import definitions
from eval.sample.values import Count, Day, Value, canonical, show
from eval.sample.wording import source

Asked = tuple[str, Gold]
_CLASSES = ("X", "A-2", "B-2", "D-2", "E", "F")
_HINT = "absent: "


@cache
def kinds() -> dict[str, Any]:
    """The wording of every kind of question."""
    return tomllib.loads(source("kinds", "toml"))


def wrap(deal: Deal, rng: Random, noun: str, wrapper: str = "") -> str:
    """A whole question from a noun phrase, in the wording of the deal's split."""
    name = f"{wrapper}_{deal.terms.split}" if wrapper else deal.terms.split
    text = rng.choice(kinds()["wrappers"][name])
    return str(text.format(deal=deal.terms.title, x=noun, date=canonical(deal.terms.report_date)))


def noun(deal: Deal, rng: Random, nouns: Sequence[str], extra: Mapping[str, str] | None = None) -> str:
    """One of the noun phrases, its gaps filled."""
    return deal.scope.fill(rng.choice(list(nouns)), extra)


def with_unit(value: Value, unit: str, printed: str | None = None) -> str:
    """A value as an answer: counts carry their unit."""
    text = canonical(value) if printed is None else printed
    return f"{text} {unit}".strip() if isinstance(value, Count) else text


def asked_of_text(deal: Deal, rng: Random, table: str, category: Slice, number: int) -> Iterator[Asked]:
    """``number`` questions of one table of ``kinds.toml`` ("lookup", "hop", "reference")."""
    fitting = [
        kind
        for kind in kinds()[table]
        if kind["fact"] not in deal.terms.amended and kind.get("feature", "") in {"", *deal.terms.features}
    ]
    for kind in rng.sample(fitting, min(number, len(fitting))):
        yield wrap(deal, rng, noun(deal, rng, kind["nouns"])), gold_of(deal, kind, category)


def gold_of(deal: Deal, kind: Mapping[str, Any], category: Slice) -> Gold:
    """The gold of a fact: its value, or the ``answer`` that the kind gives, and where it stands."""
    keys = [deal.scope.fill(key) for key in kind.get("evidence", [kind["fact"]])]
    value = deal.terms.facts().get(kind["fact"], "")
    unit = kind.get("unit", "")
    answer = deal.scope.fill(kind["answer"]) if "answer" in kind else with_unit(value, unit)
    in_text = "answer" not in kind and not kind.get("cell", False)
    printed = with_unit(value, unit, show(value, deal.style.notation)) if in_text else ""
    return Gold(
        slice=category,
        answer=answer,
        printed=printed,
        type=kind.get("type") or answer_type(value),
        proofs=tuple(Proof(deal, "indenture", key) for key in keys),
        split=deal.terms.split,
    )


def pointers(deal: Deal, rng: Random, number: int) -> Iterator[Asked]:
    """Where a term gets its meaning: the answer is the section that its definition points to."""
    found = []
    for definition in definitions(source("definitions"), deal.scope):
        text = definition.clauses[0].text
        if text.startswith(f"~{deal.style.section} "):
            found.append((definition.term, text[1:]))
    unit = deal.style.section
    wording = {
        "tuning": (f"Which {unit} gives the meaning of “{{}}”?", f"In which {unit} is “{{}}” defined?"),
        "evaluation": (f"Which {unit} does the definition of “{{}}” point to?",
                       f"For the meaning of “{{}}”, which {unit} has to be read?"),
    }  # fmt: skip
    for term, place in rng.sample(found, number):
        question = f"{deal.terms.title}: {rng.choice(wording[deal.terms.split]).format(term)}"
        yield question, Gold(
            slice="cross_reference", answer=place, type="span",
            proofs=(Proof(deal, "indenture", f"def:{term}"),), split=deal.terms.split,
        )  # fmt: skip


def amendments(deal: Deal, rng: Random) -> Iterator[Asked]:
    """What the supplemental indenture changed, as it is now; and one term as it was before."""
    changed = [a for a in deal.terms.amendments if a.old is not None]
    for amendment in deal.terms.amendments:
        named, unit = _named(deal, rng, amendment.key)
        yield wrap(deal, rng, named, "amended"), Gold(
            slice="amendment", answer=with_unit(amendment.new, unit),
            printed=with_unit(amendment.new, unit, _printed(deal, amendment.key, amendment.new)),
            type=answer_type(amendment.new), split=deal.terms.split,
            proofs=(Proof(deal, "supplement", f"amend_{amendment.key}"),),
            derivation="" if amendment.old is None else f"before the amendment: {canonical(amendment.old)}",
        )  # fmt: skip
    if changed:
        amendment = rng.choice(changed)
        named, unit = _named(deal, rng, amendment.key)
        old = deal.terms.facts()[amendment.key]
        key = amendment.key.replace("oc_", "coverage_")
        yield wrap(deal, rng, named, "original"), Gold(
            slice="lookup", answer=with_unit(old, unit),
            printed=with_unit(old, unit, _printed(deal, amendment.key, old)), type=answer_type(old),
            split=deal.terms.split, proofs=(Proof(deal, "indenture", key),),
        )  # fmt: skip


def _printed(deal: Deal, key: str, value: Value) -> str:
    """A value as printed where it governs: coverage levels stand in tables, all else in sentences."""
    return canonical(value) if key.startswith("oc_") else show(value, deal.style.notation)


def _named(deal: Deal, rng: Random, key: str) -> tuple[str, str]:
    """A noun phrase for a fact, and the unit of its value."""
    for prefix, nouns in kinds()["nouns"].items():
        if key.startswith(f"{prefix}_"):
            rest = key.removeprefix(f"{prefix}_")
            asked = BY_KEY[rest].asked if prefix == "limit" else ""
            return noun(deal, rng, nouns, {"c": rest, "asked": asked}), ""
    kind = next(k for table in ("lookup", "hop") for k in kinds()[table] if k["fact"] == key)
    return noun(deal, rng, kind["nouns"]), kind.get("unit", "")


def absences(deal: Deal, rng: Random) -> Iterator[Asked]:
    """Plausible questions that no document of the deal answers; the derivation names what is missing."""
    terms, table = deal.terms, kinds()
    absent = [key for key in terms.absent_limits if f"limit_{key}" not in terms.amended]
    for key in rng.sample(absent, 2):
        named = noun(deal, rng, table["nouns"]["limit"], {"asked": BY_KEY[key].asked})
        yield wrap(deal, rng, named), _absent(deal, BY_KEY[key].trace.strip())
    for kind in table["feature"]:
        if kind["feature"] in terms.absent_features[:2]:
            yield (
                wrap(deal, rng, noun(deal, rng, kind["nouns"])),
                _absent(deal, kind["trace"]),
            )
    for kind in rng.sample(table["absent"], 2):
        yield wrap(deal, rng, noun(deal, rng, kind["nouns"])), _absent(deal, kind["trace"])
    labels = {t.label for t in terms.tranches}
    missing = rng.choice([c for c in _CLASSES if c not in labels])
    named = noun(deal, rng, table["absent_class"]["nouns"], {"c": missing})
    yield wrap(deal, rng, named), _absent(deal, f"Class {missing} Notes")
    day = terms.report_date.value
    other = canonical(Day(day.replace(month=day.month + 1 if day.month < 12 else 11, day=7)))
    text = f"What was outstanding of the {deal.scope.fields['senior']} notes of {terms.title} on {other}?"
    yield text, _absent(deal, other)


def _absent(deal: Deal, trace: str) -> Gold:
    return Gold(
        slice="not_answerable", answer="", type="none", proofs=(), split=deal.terms.split,
        scope=tuple(printed.stem for printed in deal.documents.values()), derivation=f"{_HINT}{trace}",
    )  # fmt: skip
