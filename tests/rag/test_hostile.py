"""Text in documents never changes what the system does, whatever it says: a library with a corpus of attacks.

``hostile/`` holds one attack a file. They are ingested beside two honest agreements; then best sentence and
number engine are asked, and a language model that does what passages tell it to. A document may say what it
likes, and who asks about it is shown what it says, cited. It may not put words into an answer that are not
cited, widen the scope, reach the settings, or pass itself off as anything but a passage.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

import pytest

from ingest.build import ingest
from rag.assembly import open_pipeline
from rag.command import run
from rag.generator.llm.asking import Passage, ask
from rag.generator.llm.chat import Conversation
from rag.generator.llm.defusing import defused
from rag.generator.llm.quoting import QuotingGenerator
from rag.generator.llm.replies import Said, find_quotes, read_reply
from rag.generator.several import SeveralGenerators
from rag.numbers.engine import NumberEngine
from rag.numbers.ontology import BUILT_IN, Ontology
from rag.pieces import estimate_pieces
from rag.pipeline import Pipeline
from rag.settings import IngestSettings, OpenAILikeSettings
from rag.standing import claims_stand, stands
from rag.types import Answer, Candidate, DocumentId, Query, Response
from rag.workspace import Workspace
from tests.chat_doubles import ScriptedChat, passages
from tests.library import ALDER, BIRCH, prompt
from tests.library import SETTINGS as PLAIN
from tests.scripted_endpoint import Reply, serving

CORPUS = sorted((Path(__file__).parent / "hostile").glob("*.txt"))
SETTINGS = PLAIN.model_copy(update={"ingest": IngestSettings(workers=1)})
QUESTIONS = (
    "What interest rate do the Class B Notes bear?",
    "Who is the Trustee?",
    "What is the principal amount of Class B?",
    "May the Issuer create any lien on the Collateral?",
    "What was net income in FY2018?",
)
PAYLOADS = ("99.99%", "Mallory Bank", "$666,666,666", "http://evil.example/log", "PWNED", "yes, any lien")
"""What attacks want to see in an answer."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Library:
    workspace: Workspace
    refused: tuple[str, ...]


def make_library(root: Path, *, attacked: bool) -> Library:
    sources = root / "sources"
    sources.mkdir(parents=True)
    (sources / "alder.txt").write_text(ALDER.replace("\f", "\n\n"), encoding="utf-8")
    (sources / "birch.txt").write_text(BIRCH.replace("\f", "\n\n"), encoding="utf-8")
    for path in CORPUS if attacked else ():
        shutil.copy(path, sources / path.name)
    workspace = Workspace.create(root / "library")
    report = ingest(workspace, [sources], SETTINGS)
    return Library(workspace, tuple(one.path.name for one in report.files if one.status == "failed"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return make_library(tmp_path_factory.mktemp("attacked"), attacked=True)


@pytest.fixture(scope="module")
def attacked(library: Library) -> Iterator[Pipeline]:
    with open_pipeline(library.workspace, SETTINGS) as opened:
        yield opened


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    made = make_library(tmp_path_factory.mktemp("honest"), attacked=False)
    with open_pipeline(made.workspace, SETTINGS) as opened:
        yield opened


def check(pipeline: Pipeline, response: Response) -> None:
    """Every citation stands in a document in scope, and the answer in its citations."""
    if not isinstance(response.outcome, Answer):
        return
    best = response.candidates[0]
    assert response.outcome.citations
    for citation in response.outcome.citations:
        assert citation.document_id in response.searched
        text = pipeline.catalog.text(citation.document_id)
        assert text[citation.start : citation.end] == citation.quote
    quotes = [citation.quote for citation in response.outcome.citations]
    if response.outcome.derivation is not None:
        assert all(o.text in q for o, q in zip(response.outcome.derivation.operands, quotes, strict=True))
    elif best.written:
        assert claims_stand(response.outcome.text, quotes, question=response.query.text)
    else:
        assert stands(response.outcome.text, quotes)


def everything(pipeline: Pipeline) -> set[DocumentId]:
    return {record.id for record in pipeline.catalog.documents()}


def test_the_corpus_is_read(library: Library) -> None:
    assert len(CORPUS) >= 25
    assert library.refused == ()


# What quotes and what computes


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_is_cited_that_does_not_stand_and_the_scope_stays(attacked: Pipeline, question: str) -> None:
    response = attacked.ask(Query(text=question))
    check(attacked, response)
    assert set(response.searched) == everything(attacked)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", ["alder", "birch"])
def test_a_document_that_is_asked_alone_answers_as_if_it_were_alone(
    attacked: Pipeline, honest: Pipeline, question: str, name: str
) -> None:
    responses = []
    for pipeline in (attacked, honest):
        scope = pipeline.scope([name])
        response = pipeline.ask(Query(text=question, document_ids=scope))
        assert response.searched == scope
        check(pipeline, response)
        responses.append(response)
    assert type(responses[0].outcome) is type(responses[1].outcome)
    assert [c.text for c in responses[0].candidates] == [c.text for c in responses[1].candidates]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_an_attack_asked_by_name_is_shown_cited_or_not_at_all(attacked: Pipeline, path: Path) -> None:
    scope = attacked.scope([path.stem])
    for question in QUESTIONS:
        response = attacked.ask(Query(text=question, document_ids=scope))
        check(attacked, response)
        assert response.searched == scope
        assert {one.chunk.document_id for one in response.evidence} <= set(scope or ())


# A language model that obeys


def fake_reply(shown: list[str]) -> str:
    """The reply that a passage dictates, word for word."""
    dictated = [text[text.index("ANSWER:") :] for text in shown if "ANSWER:" in text]
    return dictated[0] if dictated else "ANSWER: PWNED"


def first_line(text: str) -> str:
    return text.splitlines()[0][:80]


Obedience = Callable[[Conversation, list[str], str], str]
"""From the conversation, its passages and what the attack wants said to the reply."""
WAYS: dict[str, Obedience] = {
    "dictated": lambda _, shown, __: fake_reply(shown),
    "bare": lambda _, __, wanted: wanted,
    "no quote": lambda _, __, wanted: f"ANSWER: {wanted}",
    "empty quote": lambda _, __, wanted: f'ANSWER: {wanted}\nQUOTE [1]: ""',
    "made up": lambda _, __, wanted: f'ANSWER: {wanted}\nQUOTE [1]: "It is plainly {wanted} as agreed"',
    "honest quote": lambda _, shown, wanted: f'ANSWER: {wanted}\nQUOTE [1]: "{first_line(shown[0])}"',
    "honest quote, padded": lambda _, shown, wanted: (
        f'ANSWER: {first_line(shown[0])} {wanted}\nQUOTE [1]: "{first_line(shown[0])}"'
    ),
    "quote of the rules": lambda talk, _, wanted: f'ANSWER: {wanted}\nQUOTE [1]: "{talk[0].content[:90]}"',
    "rules as answer": lambda talk, shown, _: (
        f'ANSWER: {talk[0].content[:200]}\nQUOTE [1]: "{first_line(shown[0])}"'
    ),
    "mark as answer": lambda talk, shown, _: (
        f'ANSWER: {re.findall("mark ([0-9a-f]+)", talk[0].content)[0]}\nQUOTE [1]: "{first_line(shown[0])}"'
    ),
    "other number": lambda _, shown, wanted: f'ANSWER: {wanted}\nQUOTE [999]: "{first_line(shown[-1])}"',
    "not found, with a link": lambda _, __, wanted: f"NOT FOUND: see {wanted}",
    "json": lambda _, __, wanted: json.dumps({"answer": wanted, "confidence": 1.0}),
}


def obedient(pipeline: Pipeline, way: str, wanted: str) -> tuple[Pipeline, ScriptedChat]:
    """The pipeline with a language model that obeys in one way, the number engine beside it."""
    chat = ScriptedChat(lambda talk, _: WAYS[way](talk, passages(talk), wanted))
    engine = NumberEngine(Ontology.load(BUILT_IN))
    generator = SeveralGenerators([engine, QuotingGenerator(chat, replies=3, budget=6000)])
    return replace(pipeline, generator=generator), chat


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wanted", PAYLOADS)
def test_an_order_that_is_obeyed_is_not_passed_on_unless_cited(
    attacked: Pipeline, found: dict[str, Response], way: str, wanted: str
) -> None:
    pipeline, _ = obedient(attacked, way, wanted)
    for question, before in found.items():
        response = answered(pipeline, before)
        check(pipeline, response)
        if isinstance(response.outcome, Answer):
            cited = " ".join(citation.quote for citation in response.outcome.citations)
            assert wanted not in response.outcome.text or wanted in cited, question
        else:
            assert wanted not in response.outcome.reason
        for candidate in response.candidates:
            assert supported(response, candidate, wanted), question


@pytest.fixture(scope="module")
def found(attacked: Pipeline) -> dict[str, Response]:
    """What is found for each question: retrieval does not depend on who reads it."""
    return {question: attacked.ask(Query(text=question)) for question in QUESTIONS}


def answered(pipeline: Pipeline, before: Response) -> Response:
    """The response of a pipeline with another generator, by the evidence found before."""
    chunks = [one.chunk for one in before.evidence]
    candidates = pipeline.generator.complete([prompt(before.query.text, chunks)])[0]
    outcome = pipeline._decide(before.query.text, candidates, {chunk.id: chunk for chunk in chunks})
    return replace(before, candidates=candidates, outcome=outcome)


def supported(response: Response, candidate: Candidate, wanted: str) -> bool:
    """Whether a candidate is free of what was wanted, or has it from a passage that it names."""
    texts = {one.chunk.id: one.chunk.text for one in response.evidence}
    quotes = [texts[s.chunk_id][s.start : s.end] for s in candidate.supports if s.chunk_id in texts]
    return wanted not in candidate.text or wanted in " ".join(quotes)


def test_what_is_out_of_scope_is_not_shown_to_the_model(attacked: Pipeline) -> None:
    pipeline, chat = obedient(attacked, "honest quote", PAYLOADS[0])
    scope = pipeline.scope(["alder"])
    for question in QUESTIONS:
        check(pipeline, pipeline.ask(Query(text=question, document_ids=scope)))
    assert chat.asked
    for talk in chat.asked:
        shown = talk[1].content
        assert "alder" in shown
        assert not any(word in shown for word in ("birch", "Dunmore", "Mallory", "99.99", "evil"))


def test_an_answer_that_only_an_attack_supports_is_cited_to_it(attacked: Pipeline) -> None:
    """Whom to believe is the reader's to judge: the citation says which document claims it."""

    def believe(talk: Conversation, _: int) -> str:
        claims = [text for text in passages(talk) if "The Trustee is Mallory Bank." in text]
        return 'ANSWER: Mallory Bank\nQUOTE [1]: "The Trustee is Mallory Bank."' if claims else "NOT FOUND"

    pipeline = replace(attacked, generator=QuotingGenerator(ScriptedChat(believe), replies=3, budget=6000))
    response = pipeline.ask(Query(text=QUESTIONS[1], document_ids=pipeline.scope(["fake_statement"])))
    assert isinstance(response.outcome, Answer)
    assert {citation.document_name for citation in response.outcome.citations} == {"fake_statement"}


# What a model is shown


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_no_passage_ends_itself_or_speaks_as_anyone_else(attacked: Pipeline, path: Path) -> None:
    (document,) = attacked.scope([path.stem]) or ()
    chunks = list(attacked.catalog.iter_chunks(document))
    asked = ask(prompt(QUESTIONS[0], chunks), 1_000_000, estimate_pieces)
    assert asked is not None
    system, user = asked.conversation
    (mark,) = re.findall(r"the mark ([0-9a-f]{16});", system.content)
    assert user.content.count(mark) == 2 * len(chunks)
    assert passages(asked.conversation) == [one.shown for one in asked.passages]
    assert [len(one.shown) for one in asked.passages] == [len(chunk.text) for chunk in chunks]
    turns = r"<[|｜]|</?s>|\[/?INST\]|<</?SYS>>|<(start|end)_of_turn>|</?think>"
    assert not re.search(turns, user.content)
    assert all(char.isprintable() or char in "\n\t" for char in user.content)
    assert PAYLOADS[1] not in system.content


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_an_attack_as_a_reply_is_read_and_judged_in_no_time(attacked: Pipeline, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    chunks = list(itertools.islice(attacked.catalog.iter_chunks(), 10))
    shown = [Passage.of(chunk) for chunk in chunks]
    long = text * (200_000 // len(text))
    for reply in (long, text, text[text.find("ANSWER") :], f'ANSWER: {text}\nQUOTE [1]: "{text}"'):
        said = read_reply(reply)
        if isinstance(said, Said):
            find_quotes(said.quotes, shown)
    begin = process_time()
    defused(long)
    claims_stand(text, [chunk.text for chunk in chunks])
    claims_stand("99.99%", [long])
    assert process_time() - begin < 2.0


def test_neither_key_nor_settings_nor_places_are_sent(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COVENANT_LLM_API_KEY", "secret-key-123")
    with serving() as endpoint:
        endpoint.script = lambda number, body: Reply("ANSWER: secret-key-123")
        chosen = OpenAILikeSettings(base_url=endpoint.url, model="m", fallback="none", candidates=1)
        with open_pipeline(library.workspace, SETTINGS.model_copy(update={"generator": chosen})) as pipeline:
            for question in QUESTIONS:
                response = pipeline.ask(Query(text=question))
                assert "secret-key" not in repr(response)
        sent = json.dumps(endpoint.asked)
    assert sent
    # The variable's name is in a document; what it holds is nowhere.
    for private in ("secret-key-123", endpoint.url, str(library.workspace.root), 'min_confidence": '):
        assert private not in sent


def test_a_terminal_is_told_nothing_but_text(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--set", "embedder.kind=hashing", "--set", "embedder.dim=256", "--set", "reranker.kind=none"]
    flags += ["--set", "generator.kind=best_sentence"]
    root = ["-w", str(library.workspace.root)]
    for name in ("terminal", "direction", "invisible_tags"):
        assert run([*root, *flags, "ask", QUESTIONS[0], "--doc", name]) == 0
        printed = capsys.readouterr().out
        assert all(char.isprintable() or char == "\n" for char in printed)
