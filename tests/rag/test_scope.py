"""From a question's words to documents: names in their usual forms, years, kinds; when not to restrict."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.scope import NOTHING_NAMED, Mention, Scope, ScopeIndex
from rag.structure import Fact, FactName
from rag.types import DocumentId


def facts(document: str, **values: str | tuple[str, ...]) -> list[Fact]:
    made = []
    for name, value in values.items():
        for one in (value,) if isinstance(value, str) else value:
            fact_name: FactName = name  # type: ignore[assignment]
            made.append(
                Fact(document_id=DocumentId(document), name=fact_name, value=one, start=0, end=len(one))
            )
    return made


def report(document: str, company: str, kind: str, year: str, **more: str) -> list[Fact]:
    return facts(document, company=company, kind=kind, fiscal_year=year, title=f"FORM {kind}", **more)


LIBRARY = {
    "mmm18": report("mmm18", "3M COMPANY", "10-K", "2018", period_end="2018-12-31"),
    "mmm22": report("mmm22", "3M COMPANY", "10-K", "2022", period_end="2022-12-31", ticker="MMM"),
    "pep22": report("pep22", "PepsiCo, Inc.", "10-K", "2022", period_end="2022-12-31", ticker="PEP"),
    "pep23": report("pep23", "PepsiCo, Inc.", "8-K", "2023", date="2023-05-26", ticker="PEP"),
    "pepq1": report("pepq1", "PepsiCo, Inc.", "10-Q", "2023", period_end="2023-03-25", ticker="PEP"),
    "ko": report("ko", "THE COCA-COLA COMPANY", "10-K", "2022", period_end="2022-12-31", ticker="KO"),
    "jpm": report("jpm", "JPMORGAN CHASE & CO", "10-K", "2022", period_end="2022-12-31"),
    "amd": report("amd", "ADVANCED MICRO DEVICES, INC.", "10-K", "2015", period_end="2015-12-26"),
    "jnj": report("jnj", "Johnson & Johnson", "10-K", "2022", period_end="2023-01-01"),
    "bby": report("bby", "BEST BUY CO., INC.", "10-K", "2023", period_end="2023-01-28", ticker="BBY"),
    "sq": report("sq", "SQUARE, INC.", "10-K", "2020", period_end="2020-12-31", ticker="SQ"),
    "tgt": report("tgt", "TARGET CORPORATION", "10-K", "2022", period_end="2023-01-28", ticker="TGT"),
    "awk": report("awk", "AMERICAN WATER WORKS COMPANY, INC.", "10-K", "2021", period_end="2021-12-31"),
    "ulta": report("ulta", "Ulta Beauty, Inc.", "earnings release", "2022", period_end="2023-01-28"),
    "fl": report("fl", "Foot Locker, Inc.", "8-K", "2022", date="2022-05-20", ticker="FL"),
    "nda": facts("nda", kind="NDA", title="NON-DISCLOSURE AGREEMENT", party=("Accurel Inc.", "Seemens AG")),
    "lease": facts("lease", kind="agreement", title="LEASE", party=("Accurel Inc.", "Pellwick LLC")),
    "clo": facts("clo", kind="indenture", title="INDENTURE", party=("Corvane CLO 2019-1, Ltd.", "Pell Bank")),
    "clo2": facts(
        "clo2", kind="indenture", title="INDENTURE", party=("Corvane CLO 2021-3, Ltd.", "Pell Bank")
    ),
    "clo-r": facts("clo-r", kind="other", title="Payment Date Report", company="Corvane CLO 2019-1, Ltd."),
}
INDEX = ScopeIndex.build(
    {DocumentId(key): value for key, value in LIBRARY.items()},
    {DocumentId(key): f"{key} scanned" for key in LIBRARY} | {DocumentId("memo"): "Hartwell memo 7"},
)


def ask(question: str) -> Scope:
    """The scope; every mention stands where it says, and what is preferred is within what is named."""
    scope = INDEX.resolve(question)
    for mention in scope.mentions:
        assert question[mention.start : mention.end].strip() == question[mention.start : mention.end] != ""
    assert scope.named is None or set(scope.preferred) <= scope.named
    return scope


def named(question: str) -> set[str] | None:
    found = ask(question).named
    return None if found is None else {str(document) for document in found}


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("What is 3M's FY2018 capital expenditure?", {"mmm18"}),
        ("Is 3m capital intensive?", {"mmm18", "mmm22"}),
        ("What did MMM pay in dividends?", {"mmm22"}),
        ("How did Pepsico's margin do?", {"pep22", "pep23", "pepq1"}),
        ("How did Pepsi Co do?", {"pep22", "pep23", "pepq1"}),
        ("What did Coca-Cola earn?", {"ko"}),
        ("what did coca cola earn?", {"ko"}),
        ("What did KO earn?", {"ko"}),
        ("How large are JP Morgan's deposits?", {"jpm"}),
        ("How large are J.P. Morgan Chase's deposits?", {"jpm"}),
        ("How large are JPM deposits?", {"jpm"}),
        ("What is the D&A margin for AMD?", {"amd"}),
        ("What is the D&A margin for Advanced Micro Devices?", {"amd"}),
        ("How much did J&J spend on R&D?", {"jnj"}),
        ("How much did Johnson and Johnson spend?", {"jnj"}),
        ("Are Best Buy's gross margins consistent?", {"bby"}),
        ("What was Block's (formerly known as Square) cash flow?", {"sq"}),
        ("What did American Water Works pay out?", {"awk"}),
        ("What drove Ulta's inventories?", {"ulta"}),
        ("Does Foot Locker's CEO know Footlocker?", {"fl"}),
        ("Compare PepsiCo and Coca-Cola in 2022.", {"pep22", "pep23", "pepq1", "ko"}),
        ("What is the cap in Corvane CLO 2019-1?", {"clo", "clo-r"}),
        ("Which Corvane deal has the lowest cap?", {"clo", "clo2", "clo-r"}),
        ("How long is the term of the agreement between Accurel and Seemens?", {"nda"}),
        ("What has Accurel signed?", {"nda", "lease"}),
        ("What does Hartwell memo 7 say?", {"memo"}),
        ("pepsico organic growth in 2022", {"pep22", "pep23", "pepq1"}),
        ("Did Pepsi or Coca-Cola's bottlers grow?", {"pep22", "pep23", "pepq1", "ko"}),
        ("What must Accurel pay Pellwick under the lease?", {"lease"}),
        ("When may Seemens terminate the NDA?", {"nda"}),
        ("Is Accurel's EBITDA defined in the contract with Seemens?", {"nda"}),
        ("Does PepsiCo guarantee the 2027 Notes?", {"pep22", "pep23", "pepq1"}),
        ("What Did PepsiCo Say About Its Cost of Sales?", {"pep22", "pep23", "pepq1"}),
    ],
)
def test_names_in_their_usual_forms_restrict(question: str, documents: set[str]) -> None:
    assert named(question) == documents


@pytest.mark.parametrize(
    "question",
    [
        "What is the best way to square a loss?",
        "What target did management set for growth in 2022?",
        "Target dates for the merger?",
        "Which american companies pay dividends?",
        "Were there any board members with more votes against them?",
        "WHAT IS THE TARGET PRICE OF THE NOTES?",
        "What are net sales, EBITDA and EPS in FY2022 in US dollars?",
        "Who is johnson?",
        "How many stores are there in Miami, FL and what is their EPS?",
        "square footage of the stores at year end 2019?",
        "What was Halvorsen's revenue in 2022?",
        "How many employees does Halvorsen have?",
        "How did Square Pharmaceuticals perform?",
        "What is General Halvorsen's backlog?",
        "What was Ulta Pharmaceuticals' order intake?",
        "How did H&R PepsiCo do?",
        "Which duties does Section 2019 impose, and when do the 2027 Notes mature?",
        "Who audited Seemens in 2019?",
        "What was Seemens' net income?",
        "What are the sales of Accurel?",
        "What did Accurel agree with Halvorsen?",
        "What is the term of the agreement between Seemens and Halvorsen?",
        "Is there an exclusivity in the contract between PepsiCo and Halvorsen?",
        "Who bears the tax under the Halvorsen–Seemens contract?",
        "",
        "?!",
    ],
)
def test_common_words_do_not_restrict(question: str) -> None:
    assert named(question) is None


@pytest.mark.parametrize(
    ("question", "first"),
    [("What was Pellwick's revenue?", "lease"), ("What does Seemens owe in the deal with Halvorsen?", "nda")],
)
def test_a_name_of_contracts_only_is_preferred_where_something_else_may_be_meant(
    question: str, first: str
) -> None:
    assert named(question) is None
    assert ask(question).preferred[:1] == (first,)


def test_an_unsure_name_is_preferred() -> None:
    scope = ask("what did ulta say of its inventories?")
    assert (scope.named, scope.preferred) == (None, ("ulta",))


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What was PepsiCo's revenue in FY2022?", "pep22"),
        ("What was PepsiCo's revenue in FY22?", "pep22"),
        ("What was PepsiCo's revenue in fiscal year 2022?", "pep22"),
        ("What was PepsiCo's revenue in Q1 2023?", "pepq1"),
        ("What was PepsiCo's revenue in 1Q23?", "pepq1"),
        ("What was PepsiCo's revenue in the first quarter of 2023?", "pepq1"),
        ("By how much did PepsiCo increase its credit agreement on May 26, 2023?", "pep23"),
        ("What does the 8-K of PepsiCo say?", "pep23"),
        ("What does PepsiCo's annual report say?", "pep22"),
        ("What was 3M's growth between 2020 and 2022?", "mmm22"),
        ("What does the Corvane CLO 2019-1 indenture allow?", "clo"),
        ("What was Ulta Beauty's inventory at the end of FY2023?", "ulta"),
        ("Who is the chair of the board of 3M?", None),
    ],
)
def test_year_day_quarter_and_kind_put_documents_first(question: str, first: str | None) -> None:
    assert ask(question).preferred[:1] == ((first,) if first else ())


def test_a_later_report_is_kept_for_an_earlier_year() -> None:
    question = "What was 3M's revenue in FY2021?"
    assert named(question) == {"mmm18", "mmm22"}
    assert ask(question).preferred == ("mmm22",)
    assert named("How did PepsiCo do in FY2020 and FY2021?") == {"pep22", "pep23", "pepq1"}


def test_reports_of_far_years_are_left_out_where_one_of_the_year_is_there() -> None:
    assert named("What was 3M's revenue in 2022?") == {"mmm22"}


def test_a_deals_number_is_no_year() -> None:
    assert [mention.value for mention in ask("What is due in Corvane CLO 2019-1 in 2024?").mentions] == [
        "Corvane CLO 2019 1",
        "2024",
    ]


def test_an_empty_library_restricts_nothing() -> None:
    scope = ScopeIndex.build({}, {}).resolve("What is 3M's FY2018 revenue?")
    assert (scope.named, scope.preferred) == (None, ())
    assert [mention.kind for mention in scope.mentions] == ["year"]


@given(st.text(alphabet=st.sampled_from("3M’s PepsiCo FY2018Q1&.,-?\n"), max_size=80))
def test_any_question_is_resolved(question: str) -> None:
    assert ask(question) == ask(question)


@pytest.mark.slow
def test_ten_thousand_documents_are_no_matter() -> None:
    library = {
        DocumentId(f"d{number:05}"): report(
            f"d{number:05}", f"Company{number % 2000} Holdings, Inc.", "10-K", str(2000 + number % 25)
        )
        for number in range(10_000)
    }
    index = ScopeIndex.build(library, {})
    times = []
    for question in (
        "What was Company77's revenue in FY2018?",
        "What was revenue in FY2018 in the 10-K?",
    ) * 5:
        start = perf_counter()
        index.resolve(question)
        times.append(perf_counter() - start)
    assert min(times[::2]) < 0.005
    assert min(times[1::2]) < 0.005


def test_names_that_share_no_document_are_compared() -> None:
    groups = [frozenset({DocumentId(name) for name in names}) for names in ("ab", "c")]
    named = frozenset().union(*groups)
    mentions = tuple(
        Mention(kind="name", value=str(at), start=at, end=at + 1, documents=group)
        for at, group in enumerate(groups)
    )
    scope = Scope(named=named, preferred=(), mentions=mentions)

    assert scope.compared() == tuple(groups)
    assert scope.compared(frozenset({DocumentId("a"), DocumentId("c")})) == (frozenset("a"), frozenset("c"))
    assert scope.compared(frozenset({DocumentId("a")})) == ()
    assert replace(scope, mentions=mentions[:1]).compared() == ()
    assert NOTHING_NAMED.compared() == ()


def test_names_of_one_contract_are_not_compared() -> None:
    both = frozenset({DocumentId("a")})
    mentions = tuple(
        Mention(kind="name", value=str(at), start=at, end=at + 1, documents=both | {DocumentId(str(at))})
        for at in range(2)
    )

    assert (
        Scope(named=both | {DocumentId("0"), DocumentId("1")}, preferred=(), mentions=mentions).compared()
        == ()
    )


def test_reports_are_told_from_contracts() -> None:
    facts = {
        DocumentId(name): (Fact(document_id=DocumentId(name), name="kind", value=kind, start=0, end=1),)
        for name, kind in (("a", "10-K"), ("b", "credit agreement"))
    }
    index = ScopeIndex.build(facts, {})

    assert index.is_report(DocumentId("a"))
    assert not index.is_report(DocumentId("b"))
    assert not index.is_report(DocumentId("unknown"))
