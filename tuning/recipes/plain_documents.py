"""Groups from documents without questions: headings and sentences that ask for the chunk they come from.

Source of the sentence task: Lee, Chang and Toutanova, "Latent Retrieval for Weakly Supervised Open Domain
Question Answering", ACL 2019 (inverse cloze).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.sentences import sentence_spans
from rag.types import Chunk
from tuning.ranking import FirstStage, Group, Passage, searched
from tuning.recipes.apart import draw
from tuning.recipes.ranking_sources import LISTED, read_documents


def plain_groups(paths: Sequence[Path], source: str, *, seed: int, per_document: int) -> Iterator[Group]:
    """Documents without questions: a heading asks for its chunk, a sentence for the chunk it was taken from.

    The chunk is shown without its context line, which has the heading, and without that sentence.
    """
    for read in read_documents(paths, seed):
        texts = [chunk.text for chunk in read.chunks]
        if len(texts) <= LISTED:
            continue
        stage = FirstStage(texts, None)
        generator = draw(seed, read.document.name, "plain")
        chosen = sorted(generator.sample(range(len(texts)), min(per_document, len(texts))))
        for index in chosen:
            made = _made_question(read.chunks[index], generator)
            if made is None:
                continue
            question, shown = made
            topic = f"{source}:{read.document.name}:{question}"
            listed = searched(stage, question, {index: 1}, LISTED)
            yield Group(
                source=source,
                document=read.document.name,
                question=question,
                topic=topic,
                passages=tuple(
                    Passage(text=shown, topics=frozenset({topic})) if i == index else Passage(text=texts[i])
                    for i in listed
                ),
                grades=tuple(int(i == index) for i in listed),
            )


def _made_question(chunk: Chunk, generator: random.Random) -> tuple[str, str] | None:
    """A heading or a sentence as a question, with the chunk's text without it; None where it has neither."""
    heading = " ".join(chunk.context.split(" > ")[1:])
    if generator.random() < 0.5 and len(heading.split()) >= 2:
        return heading, chunk.text.replace(heading.rsplit(" > ", 1)[-1], " ", 1)
    spans = [(s, e) for s, e in sentence_spans(chunk.text) if 8 <= len(chunk.text[s:e].split()) <= 40]
    if len(spans) < 2:
        return None
    start, end = generator.choice(spans)
    return " ".join(chunk.text[start:end].split()), chunk.text[:start] + chunk.text[end:]
