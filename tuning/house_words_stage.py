"""The stage of tuning that learns what people's own words mean, from labels of the passages they ask for.

It comes first: the stages after it, and the labels they learn from, have questions as they are understood
(``as_understood``). A run that was killed goes on behind the phrases it had looked at. Leaves phrases to
``tuning.unspoken``, meanings to ``tuning.house_words``, reading questions with them to ``rag.house_words``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from rag.assembly import open_pipeline
from rag.fingerprints import fingerprint
from rag.house_words import HouseWords
from rag.pipeline import Pipeline
from rag.releases import NONE
from rag.settings import Settings
from rag.types import Answer, Candidate, Chunk, ChunkId, Query
from tuning.artifacts import EXAMPLES, Making, examples_writer, read_manifest, write_artifact
from tuning.house_words import Frequencies, Learning, Meaning, Resting, Standing, Teacher, figures, meanings
from tuning.items import Labelled
from tuning.kept_meanings import KeptMeanings
from tuning.labeling.opening import open_resources
from tuning.narrowing import Pointed, pointing, sentences
from tuning.questions.candidates import searched
from tuning.soft_lists import Cuts, SoftList, soft_lists, teaching
from tuning.stages import NO_HELP, Bench, Change
from tuning.supervision import families_of, functions_of
from tuning.unspoken import unspoken

FILE = "house_words.json"
KIND = "house_words"
_HALF = 0.5
"""What a candidate that is not given counts at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseWordsStage:
    """Learns from questions that somebody asked; those made from documents use the documents' words.

    ``cuts`` let the likeliest passages teach however unlikely they are: functions on words and searches call
    nothing likely for a word that they do not know, and what is learned is checked on documents held apart.
    """

    learning: Learning = field(default_factory=Learning)
    cuts: Cuts = field(default_factory=lambda: Cuts(least=0.0, far=0.7))
    name: str = KIND
    share: float = 0.15

    def run(self, bench: Bench) -> Change:
        """Add to the words in use."""
        train, dev = (list(_asked(part)) for part in (bench.train, bench.dev))
        making = self._making(bench, train, dev)
        folder = making.folder(bench.workspace.artifacts)
        if not folder.exists():
            before = in_use(bench.settings)
            state = bench.state / folder.name
            found = self._learned(bench, (train, dev), state) if train and dev else []
            words = (*before.words, *(one.word for one in found))
            facts = {"meanings": [asdict(one) for one in found]}
            text = HouseWords(words=words, facts={"recipe": "covenant tune"}).to_json()
            labels = [label for one in (*train, *dev) for label in one.labels]
            write_artifact(
                folder,
                making.facts({**figures(found), **facts}),
                {
                    FILE: lambda path: path.write_text(text, encoding="utf-8"),
                    EXAMPLES: examples_writer(labels),
                },
            )
            shutil.rmtree(state, ignore_errors=True)
        came_to = read_manifest(folder)["dev"]
        if not came_to["words"]:
            return Change(settings={}, figures=came_to, note=NO_HELP if train else "nobody's own questions")
        return Change(
            settings={"retrieval": {"house_words": bench.named(folder, FILE)}},
            artifact=folder,
            figures=came_to,
        )

    def _making(self, bench: Bench, train: Sequence[SoftList], dev: Sequence[SoftList]) -> Making:
        return Making(
            kind=KIND.replace("_", "-"),
            inputs={"start": in_use(bench.settings).fingerprint},
            settings={**asdict(self.learning), "cuts": asdict(self.cuts)},
            train=[label for one in train for label in one.labels],
            dev=[label for one in dev for label in one.labels],
        )

    def _learned(
        self, bench: Bench, parts: tuple[Sequence[SoftList], Sequence[SoftList]], state: Path
    ) -> list[Meaning]:
        train, dev = parts
        with open_pipeline(bench.workspace, bench.settings, NONE) as pipeline:
            catalog = pipeline.catalog
            families = families_of(catalog.all_facts())
            passages = (chunk.passage for chunk in catalog.iter_chunks())
            found = unspoken(teaching(train, self.cuts), passages, families)
            if not found:
                return []
            ids = sorted({ChunkId(one.chunk_id) for one in (*bench.train, *bench.dev)})
            chunks = {chunk.id: chunk for chunk in catalog.active_chunks(ids)}
            pieces = (one.text for chunk in chunks.values() for one in sentences(chunk))
            functions = functions_of(bench.workspace, reranker=pipeline.reranker is not None)
            resources = open_resources(pipeline, bench.settings, bench.workspace.root)
            pointed = pointing(functions, resources, chunks)
            teacher = Teacher(
                cuts=self.cuts,
                pointed=pointed,
                frequencies=Frequencies(pieces, self.learning.longest),
                standing=_standing(pipeline),
                resting=_resting(pipeline, pointed, self.cuts),
                settings=self.learning,
            )
            bench.progress.start(self.name, len(found), "phrases")
            learned = []
            # Looked at again is what another index, or another part, would find otherwise.
            name = fingerprint(dict(pipeline.fingerprints))[:16]
            kept = KeptMeanings(state / f"phrases-{name}.jsonl", teacher.meaning)
            for meaning in meanings(found, dev, kept.meaning, bench.expired):
                if meaning is None:
                    bench.progress.advance()
                else:
                    learned.append(meaning)
        return learned


def in_use(settings: Settings) -> HouseWords:
    """The house words that settings name.

    Raises:
        SettingsError: the file cannot be read.
    """
    path = settings.retrieval.house_words
    return HouseWords() if path is None else HouseWords.load(path)


def as_understood(labelled: Sequence[Labelled], settings: Settings) -> Sequence[Labelled]:
    """Labels of questions with what is meant in the place of the house words in use."""
    words = in_use(settings)
    if not words.words:
        return labelled
    return [
        replace(one, question=replace(one.question, text=words.understand(one.question.text).text))
        for one in labelled
    ]


def _asked(labelled: Sequence[Labelled]) -> Iterator[SoftList]:
    return (one for one in soft_lists(labelled) if not one.question.from_documents)


def _standing(pipeline: Pipeline) -> Standing:
    """Searches as they are, without the reranker: a meaning has to bring passages into its reach first."""

    def standing(one: SoftList, text: str) -> float:
        _, _, scores = searched(pipeline, Query(text=text, document_ids=one.question.document_ids))
        ordered = np.sort(np.array(list(scores.values())))
        best = 0.0
        for label in one.labels:
            score = scores.get(ChunkId(label.chunk_id))
            if score is not None:
                rank = 1 + len(ordered) - int(np.searchsorted(ordered, score, "right"))
                best = max(best, label.probability / rank)
        return best

    return standing


def _resting(pipeline: Pipeline, pointed: Pointed, cuts: Cuts) -> Resting:
    """1 where the answer rests on what labels point at, else how sure the best candidate is that does."""

    def resting(one: SoftList, text: str) -> float:
        response = pipeline.ask(Query(text=text, document_ids=one.question.document_ids))
        places = [place for label in one.positives(cuts) for place in pointed(label)]
        if isinstance(response.outcome, Answer):
            cited = ((own.document_id, own.start, own.end) for own in response.outcome.citations)
            if _touches(cited, places):
                return 1.0
        chunks = {own.chunk.id: own.chunk for own in response.evidence}
        sure = (
            candidate.score
            for candidate in response.candidates
            if _touches(_places_of(candidate, chunks), places)
        )
        return min(max(sure, default=0.0), _HALF)

    return resting


def _places_of(candidate: Candidate, chunks: Mapping[ChunkId, Chunk]) -> Iterator[tuple[str, int, int]]:
    for one in candidate.supports:
        chunk = chunks.get(one.chunk_id)
        if chunk is not None:
            yield chunk.document_id, chunk.start + one.start, chunk.start + one.end


def _touches(cited: Iterable[tuple[str, int, int]], places: Sequence[Chunk]) -> bool:
    return any(
        document == place.document_id and start < place.end and place.start < end
        for document, start, end in cited
        for place in places
    )
