"""A question's way to its answer: retrieve → rerank → evidence → candidates → answer or abstention.

Components score and produce; here hits are ordered and cut, candidates are checked against the documents,
citations are made, and each stage is timed. Leaves opening files and loading models to ``rag.assembly``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from time import perf_counter
from typing import NamedTuple

import numpy as np

from rag.catalog import Catalog
from rag.claims import clauses_of
from rag.combiner.model import Combiner
from rag.direct import directly
from rag.direct.lead import sought
from rag.direct.search_words import is_search
from rag.errors import QuestionError, UnknownDocumentError
from rag.evidence import cells_of, gather, statements_of, tables_of
from rag.filters import NO_FILTERS, Filters, matching
from rag.fusion import fuse, take_turns
from rag.house_words import HouseWords
from rag.notices import hearing
from rag.numbers.checking import holds
from rag.parts import Named, Part, Plan, taken_apart
from rag.prompt import Prompt
from rag.protocols import Generator, Reranker
from rag.repeats import repeats_behind
from rag.retriever import Retriever
from rag.scope import NOTHING_NAMED, ScopeIndex
from rag.settings import AnswerSettings, RetrievalSettings
from rag.snippets import snippets
from rag.standing import claims_stand, stands
from rag.types import (
    Abstention,
    Answer,
    Candidate,
    Chunk,
    ChunkId,
    Citation,
    DocumentId,
    Hit,
    Query,
    Rankings,
    Response,
    Snippet,
    Support,
)
from rag.watching import Read, Searched, tell

_EVEN = 0.5
_REPORTS = 4
"""Documents whose statements are read for a question, at most: a company's reports of several years."""


class _Meant(NamedTuple):
    """A query in its scope, what it asks directly, the documents it prefers, best first, what it compares."""

    query: Query
    asked: str
    preferred: tuple[DocumentId, ...]
    compared: tuple[frozenset[DocumentId], ...]
    plan: Plan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The assembled components. One thread at a time: the catalog's connection is not shared.

    With ``collections`` there is no other document for it: see ``rag.access``.
    """

    catalog: Catalog
    retriever: Retriever
    combiner: Combiner | None
    reranker: Reranker | None
    reranker_kind: str
    rerank_reports: bool
    generator: Generator
    scopes: ScopeIndex
    amended: Mapping[DocumentId, Sequence[DocumentId]]
    retrieval: RetrievalSettings
    answering: AnswerSettings
    least_confidence: float
    release: str = "none"
    collections: frozenset[str] | None = None
    house_words: HouseWords = field(default_factory=HouseWords)
    clock: Callable[[], float] = field(default=perf_counter)

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """The identity of each component, of the index version, and of the release ("none": unreleased)."""
        return {
            "embedder": self.retriever.embedder.fingerprint,
            "combiner": self.combiner.fingerprint if self.combiner else "none",
            "reranker": self.reranker.fingerprint if self.reranker else "none",
            "generator": self.generator.fingerprint,
            "house_words": self.house_words.fingerprint,
            "index": self.retriever.index.manifest.id,
            "release": self.release,
        }

    def scope(
        self, references: Sequence[str], filters: Filters = NO_FILTERS
    ) -> tuple[DocumentId, ...] | None:
        """The documents that a user names (id, name, file name or path) and that all filters fit.

        None where neither is given: all.

        Raises:
            UnknownDocumentError: a name fits no document, or more than one; or none fits the filters.
        """
        named = None
        if references:
            named = tuple(self.catalog.resolve(one, collections=self.collections) for one in references)
        if not filters:
            return named
        fitting = matching(filters, self.catalog.all_facts(self.collections))
        if named is not None:
            fitting = tuple(document_id for document_id in named if document_id in fitting)
        if not fitting:
            asked = ", ".join(f"{name} {value!r}" for name, value in asdict(filters).items() if value)
            raise UnknownDocumentError(
                f"no document{' of those named' if references else ''} has {asked}",
                "see what documents say of themselves with covenant documents or GET /v1/documents",
            )
        return fitting

    def retrieve(self, query: Query) -> tuple[Hit, ...]:
        """Ranked hits, reranked where there is a reranker, best first.

        Raises:
            QuestionError: the question is empty or too long.
        """
        with self.catalog.snapshot():
            meant = self._meant(self._understood(self._checked(query)))
            return self._rerank(meant, self._ranked(meant))

    def snippets(self, query: Query, hits: Sequence[Hit]) -> dict[ChunkId, Snippet]:
        """The sentence of each of a question's hits that speaks most of it; none of chunks not stored now.

        Raises:
            QuestionError: the question is empty or too long.
        """
        asked = directly(self._understood(self._checked(query)).text)
        return snippets(asked, hits, self.catalog.active_chunks(hit.chunk_id for hit in hits), self.reranker)

    def candidates(self, query: Query) -> tuple[Rankings, list[Chunk]]:
        """What a combiner learns from: the rankings of a question, and the chunks in them that are in force.

        Raises:
            QuestionError: the question is empty or too long.
        """
        with self.catalog.snapshot():
            return self._found(self._meant(self._understood(self._checked(query))))

    def prompt(self, query: Query) -> Prompt:
        """What a generator gets for a question, which is what one learns from too.

        Raises:
            QuestionError: the question is empty or too long.
        """
        with self.catalog.snapshot():
            meant = self._meant(self._understood(self._checked(query)))
            return self._prompt(meant, self._rerank(meant, self._ranked(meant)))

    def ask(self, query: Query) -> Response:
        """Answer a question with citations, or abstain; tells ``rag.watching`` how far it is.

        Raises:
            QuestionError: the question is empty or too long.
        """
        with self.catalog.snapshot(), hearing() as notices:
            asked = self._checked(query)
            understood = self.house_words.understand(asked.text)
            response = self._ask(replace(asked, text=understood.text))
            return replace(
                response,
                query=replace(response.query, text=asked.text),
                notices=(*(f"read “{one.said}” as “{one.meant}”" for one in understood.found), *notices),
            )

    def _ask(self, query: Query) -> Response:
        marks = [("", self.clock())]
        meant = self._meant(query)
        query = meant.query
        tell(Searched(self._searched(query)))
        hits = self._ranked(meant)
        marks.append(("retrieve", self.clock()))
        hits = self._rerank(meant, hits)
        marks.append(("rerank", self.clock()))
        prompt = self._prompt(meant, hits)
        tell(Read(prompt.evidence))
        marks.append(("evidence", self.clock()))
        candidates = self.generator.complete([prompt])[0]
        marks.append(("generate", self.clock()))
        evidence = (*prompt.evidence, *(one for part in prompt.parts for one in part.evidence))
        read: dict[str, Chunk] = {one.chunk.id: one.chunk for one in evidence}
        parts = (*prompt.tables, *(part for one in prompt.statements for part in one.tables))
        read |= {chunk.id: chunk for _, chunks in parts for chunk in chunks}
        outcome = self._decide(query.text, candidates, read)
        marks.append(("cite", self.clock()))
        timings = {name: (end - start) * 1000 for (_, start), (name, end) in pairwise(marks)}
        return Response(
            query=query,
            outcome=outcome,
            hits=hits,
            searched=self._searched(query),
            used=min(len(hits), self.retrieval.evidence),
            evidence=prompt.evidence,
            candidates=tuple(candidates),
            fingerprints=dict(self.fingerprints),
            timings_ms={**timings, "total": (marks[-1][1] - marks[0][1]) * 1000},
        )

    def _prompt(self, meant: _Meant, hits: Sequence[Hit]) -> Prompt:
        evidence = gather(self.catalog, hits, meant.asked, self.retrieval)
        # The vectors rank every chunk in scope, so that few hits mean few chunks.
        whole = len(hits) <= self.retrieval.evidence and len(hits) < self.retrieval.dense_hits
        tables = tables_of(self.catalog, evidence)
        cells = cells_of(self.catalog, evidence)
        # Where all that there is is at hand, as on a page without layout, programs are over all its figures.
        plan = None if whole and tables and not cells else meant.plan
        return Prompt(
            question=meant.query.text,
            evidence=evidence,
            tables=tables,
            statements=statements_of(self.catalog, _reported(meant, hits)),
            whole=whole,
            cells=cells,
            plan=plan,
            parts=tuple(self._part(meant, part) for part in plan.parts) if plan else (),
        )

    def _part(self, whole: _Meant, part: Part) -> Prompt:
        """What is found for a part of a question, in the documents it is about."""
        scope = whole.query.document_ids
        if part.documents is not None:
            own = frozenset(part.documents) & self.catalog.active_ids(self.collections)
            scope = tuple(sorted(own if scope is None else own & frozenset(scope)))
        meant = self._meant(replace(whole.query, text=part.question, document_ids=scope))._replace(plan=None)
        return self._prompt(meant, self._rerank(meant, self._ranked(meant)))

    def _checked(self, query: Query) -> Query:
        text = query.text.strip()
        limit = self.answering.max_question_chars
        if not text:
            raise QuestionError("the question is empty", "ask something")
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            raise QuestionError("the question is not valid Unicode", "send it as UTF-8")
        if len(text) > limit:
            raise QuestionError(
                f"the question has {len(text)} characters, {limit} are allowed",
                "shorten it, or raise answer.max_question_chars",
            )
        return replace(query, text=text)

    def _understood(self, query: Query) -> Query:
        """The query with what is meant in the place of house words."""
        return replace(query, text=self.house_words.understand(query.text).text)

    def _meant(self, query: Query) -> _Meant:
        """The query within the documents that it means and that are in force, and those to prefer.

        A scope that the caller has set is not narrowed by the words of the question. Documents replaced or
        deleted since the index was opened are out of every scope.
        """
        scope = self.scopes.resolve(query.text) if self.retrieval.read_scope else NOTHING_NAMED
        wanted = scope.named if query.document_ids is None else frozenset(query.document_ids)
        # The names have chosen the documents: within them they would lead to covers and preambles.
        direct = directly(query.text)
        asked = direct if wanted is None else sought(direct)
        active = self.catalog.active_ids(self.collections)
        if wanted is None and not active.issuperset(self.retriever.index.documents):
            wanted = active
        if wanted is not None:
            query = replace(query, document_ids=tuple(sorted(wanted & active)))
        names = [
            Named(start=one.start, end=one.end, documents=one.documents)
            for one in scope.mentions
            if one.kind == "name" and one.sure
        ]
        plan = taken_apart(query.text, names)
        return _Meant(query, asked, scope.preferred, scope.compared(wanted), plan)

    def _found(self, meant: _Meant, clauses: Sequence[Rankings] = ()) -> tuple[Rankings, list[Chunk]]:
        """The rankings for what is asked, and the chunks in them and in those of its clauses."""
        found = self._searched_for(meant, meant.asked)
        every = dict(found.documents)
        for one in clauses:
            every |= one.documents
        return found, self.catalog.active_chunks(every)

    def _searched_for(self, meant: _Meant, text: str) -> Rankings:
        return self.retriever.retrieve(replace(meant.query, text=text), meant.preferred)

    def _clauses(self, meant: _Meant) -> list[Rankings]:
        """What is found for each clause of a long statement; a learned fusion alone puts it together."""
        if self.combiner is None or not self.retrieval.search_clauses:
            return []
        return [self._searched_for(meant, clause) for clause in clauses_of(meant.asked)]

    def _ranked(self, meant: _Meant) -> tuple[Hit, ...]:
        """The hits of both rankings in one, best first; documents that are compared take turns.

        Where the question prefers no documents, what only repeats another does not crowd the first hits.
        """
        clauses = self._clauses(meant)
        found, chunks = self._found(meant, clauses)
        by_id = {chunk.id: chunk for chunk in chunks}
        if self.combiner is None:
            # Chunks no longer stored are left out: their document was read anew since.
            hits = [hit for hit in fuse(found, self.retrieval.fusion_k) if hit.chunk_id in by_id]
        else:
            scores = self.combiner.scores(found, chunks, clauses)
            scored = [
                Hit(chunk_id=c.id, document_id=c.document_id, score=float(score), stage="fused")
                for c, score in zip(chunks, scores, strict=True)
            ]
            hits = sorted(scored, key=lambda hit: (-hit.score, hit.chunk_id))
        if not meant.preferred and not meant.compared:
            return repeats_behind(hits, by_id, self.retrieval.evidence)[: self.retrieval.hits]
        return take_turns(hits, meant.compared)[: self.retrieval.hits]

    def _rerank(self, meant: _Meant, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """The first hits, in the order of what reranker and combiner say together.

        Who types search words looks through a list, and names a kind of passage that words tell badly: more
        of them are read. Where the best hit is of a report, and the reranker knows contracts only, the order
        stays.
        """
        if self.reranker is None:
            return hits
        searching = is_search(meant.asked)
        head = hits[: self.retrieval.reranked_searches if searching else self.retrieval.reranked]
        if not head:
            return hits
        if not self.rerank_reports and self.scopes.is_report(head[0].document_id):
            return hits
        chunks = self.catalog.chunks(hit.chunk_id for hit in head)
        scores = self.reranker.score(sought(meant.asked), [chunk.passage for chunk in chunks])
        if self.combiner is not None:
            before = np.array([hit.score for hit in head], dtype=np.float32)
            scores = self.combiner.with_reranker(before, scores, self.reranker_kind)
        # The fused order decides between equal scores; ids have decided there already.
        order = np.argsort(-scores, kind="stable")
        reranked = [replace(head[i], score=float(scores[i]), stage="reranked") for i in order]
        return (*take_turns(reranked, meant.compared), *hits[len(head) :])

    def _searched(self, query: Query) -> tuple[DocumentId, ...]:
        if query.document_ids is not None:
            return query.document_ids
        return self.retriever.index.documents

    def _decide(
        self, question: str, candidates: Sequence[Candidate], evidence: Mapping[str, Chunk]
    ) -> Answer | Abstention:
        """The best candidate, if it is sure enough and its citations hold."""
        if not candidates:
            return Abstention(reason="nothing found that speaks of this", confidence=0.0)
        best = candidates[0]
        if not best.supports:
            return Abstention(reason=best.text, confidence=0.0)
        # That a statement is not mentioned is a verdict too: another must be more likely than not.
        least = max(self.least_confidence, _EVEN) if best.judged else self.least_confidence
        if best.least and self.answering.min_confidence is None:
            least = best.least
        if best.score < least:
            return Abstention(
                reason=f"best confidence {best.score:.2f} is below {least:.2f}",
                confidence=best.score,
            )
        citations = tuple(self._cite(evidence[support.chunk_id], support) for support in best.supports)
        captions = [evidence[support.chunk_id].table_line for support in best.supports]
        if not _holds(best, citations, question, captions):
            return Abstention(reason="the best candidate does not stand in its citation", confidence=0.0)
        return Answer(text=best.text, confidence=best.score, citations=citations, derivation=best.derivation)

    def _cite(self, chunk: Chunk, support: Support) -> Citation:
        start, end = chunk.start + support.start, chunk.start + support.end
        pages = self.catalog.pages(chunk.document_id, start, end)
        tables = self.catalog.tables(chunk.document_id, start, end)
        section = self.catalog.section_at(chunk.document_id, start)
        return Citation(
            document_id=chunk.document_id,
            document_name=self.catalog.name(chunk.document_id),
            chunk_id=chunk.id,
            first_page=pages[0].number,
            last_page=pages[-1].number,
            section_path=section.path if section else (),
            start=start,
            end=end,
            quote=chunk.text[support.start : support.end],
            boxes=self.catalog.boxes(chunk.document_id, start, end),
            page_label=pages[0].label,
            caption=tables[0].caption if tables else "",
            amended_by=tuple(
                self.catalog.name(one)
                for one in self.amended.get(chunk.document_id, ())
                if one in self.catalog.active_ids(self.collections)
            ),
        )


def _reported(meant: _Meant, hits: Sequence[Hit]) -> tuple[DocumentId, ...]:
    """The documents whose statements a question may be about, the most likely first.

    Those that it prefers; else all that it may be about, where these are few; else the one that was found.
    """
    scope = meant.query.document_ids
    preferred = [one for one in meant.preferred if scope is None or one in scope]
    if preferred:
        return tuple(preferred[:_REPORTS])
    if scope is not None and len(scope) <= _REPORTS:
        return scope
    found = {hit.document_id for hit in hits[:_REPORTS]}
    return tuple(found) if len(found) == 1 else ()


def _holds(
    candidate: Candidate, citations: Sequence[Citation], question: str, captions: Sequence[str]
) -> bool:
    """Whether an answer stands in its citations, makes no claim that does not, or is computed from what does.

    ``captions`` say in what the tables around the citations give their figures, as the generator was told.
    """
    quotes = [citation.quote for citation in citations]
    if candidate.judged:
        return candidate.text in ("Yes", "No") and all(quote.strip() for quote in quotes)
    if candidate.derivation is not None:
        return holds(candidate.text, candidate.derivation, quotes)
    if candidate.written:
        said = [*captions, *(citation.caption for citation in citations)]
        return claims_stand(candidate.text, quotes, question=question, captions=said)
    return stands(candidate.text, quotes)
