"""The one settings tree: typed, frozen, unknown keys refused; the defaults live only here.

Precedence, lowest first: the defaults below, ``covenant.toml`` of the workspace, environment variables
``COVENANT__SECTION__KEY``, ``--set section.key=value``. The resolved copy is saved with every index
and run. Only commands, ``create_app`` and the assembly see the whole tree; functions take the values
they need.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from rag.credentials import written_out
from rag.errors import SettingsError
from rag.service_settings import ServiceSettings

ENVIRONMENT_PREFIX = "COVENANT__"
LLM_KEY_VARIABLE = "COVENANT_LLM_API_KEY"
"""The environment variable of an LLM endpoint's key; never part of the settings, which are saved."""
_WRITTEN_OUT = "written_out"
_LEAST_READ, _LEAST_QUOTED = 0.25, 0.45


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IngestSettings(_Section):
    """How files are read and cut."""

    pdf_parser: Literal["pymupdf", "pypdfium2"] = Field(
        "pymupdf", description="PDF engine: pymupdf (AGPL or commercial) or pypdfium2 (BSD/Apache)."
    )
    chunk_tokens: int = Field(
        220, ge=32, le=2000, description="Upper limit of a chunk, in estimated word pieces."
    )
    workers: int = Field(
        0,
        ge=0,
        le=64,
        description="Parsing processes; 0: one per processor; 1: none, and no guard against hostile files.",
    )
    max_file_mb: int = Field(512, ge=1, description="Larger files are reported and left out, in MiB.")
    file_timeout_s: float = Field(
        300.0, gt=0, description="A file that takes longer to read is reported and left out."
    )
    file_memory_mb: int = Field(
        2048, ge=256, description="A file that needs more memory to read is reported and left out, in MiB."
    )
    max_pages: int = Field(20_000, ge=1, description="Files of more pages are reported and left out.")
    ocr_language: str = Field(
        "eng",
        pattern=r"^[A-Za-z_]{3,20}(\+[A-Za-z_]{3,20})*$",
        description="Languages in which Tesseract reads scanned pages, where it is installed.",
    )


class HashingEmbedderSettings(_Section):
    """The weightless embedder: hashed words, for tests and as a fallback."""

    kind: Literal["hashing"] = "hashing"
    dim: int = Field(512, ge=8, le=65536, description="Number of hash buckets.")


class MiniLMEmbedderSettings(_Section):
    """The embedded default: MiniLM, its weights carried by a package and checked by hash."""

    kind: Literal["minilm"] = "minilm"
    adapter: Path | None = Field(None, description="Folder of a LoRA adapter (safetensors), or none.")
    query_adapter: Path | None = Field(
        None, description="Folder of the adapter that questions get instead; vectors of passages stay."
    )
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto takes bfloat16 where the processor computes it natively."
    )
    batch_size: int = Field(8, ge=1, le=4096, description="Texts per forward pass.")


class SentenceTransformerSettings(_Section):
    """Any sentence-transformers model: a local folder, or a hub name where a network is configured."""

    kind: Literal["sentence_transformers"] = "sentence_transformers"
    model: str = Field(description="Folder or hub name.")
    revision: str | None = Field(None, description="Commit of the hub model; required for a hub name.")
    adapter: Path | None = Field(None, description="Folder of a LoRA adapter (safetensors), or none.")
    query_adapter: Path | None = Field(
        None, description="Folder of the adapter that questions get instead; vectors of passages stay."
    )
    dtype: Literal["auto", "float32", "bfloat16"] = "float32"
    batch_size: int = Field(32, ge=1, le=4096, description="Texts per forward pass.")
    query_prompt: str = Field("", description="Put before every question.")
    passage_prompt: str = Field("", description="Put before every passage.")


EmbedderSettings = Annotated[
    HashingEmbedderSettings | MiniLMEmbedderSettings | SentenceTransformerSettings,
    Field(discriminator="kind"),
]


class NoRerankerSettings(_Section):
    """Keep the order of the fusion."""

    kind: Literal["none"] = "none"


class OverlapRerankerSettings(_Section):
    """The weightless reranker: the share of the question's words that the passage has."""

    kind: Literal["overlap"] = "overlap"


class CrossEncoderSettings(_Section):
    """Any sentence-transformers cross-encoder: a local folder, or a hub name."""

    kind: Literal["cross_encoder"] = "cross_encoder"
    model: str = Field(description="Folder or hub name.")
    revision: str | None = Field(None, description="Commit of the hub model; required for a hub name.")
    adapter: Path | None = Field(None, description="Folder of a LoRA adapter (safetensors), or none.")
    batch_size: int = Field(32, ge=1, le=4096, description="Pairs per forward pass.")


class LateInteractionSettings(_Section):
    """MaxSim over the token vectors of the packaged MiniLM."""

    kind: Literal["late_interaction"] = "late_interaction"
    adapter: Literal["generic"] | Path | None = Field(
        "generic", description="generic (comes with Covenant), the folder of a LoRA adapter, or none."
    )
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto takes bfloat16 where the processor computes it natively."
    )
    batch_size: int = Field(
        1, ge=1, le=4096, description="Passages per forward pass; passes run side by side, a thread each."
    )
    reports: bool = Field(
        False,
        description="Rerank passages of reports too; the generic adapter was trained on contracts.",
    )
    cache_mb: int = Field(
        256, ge=0, description="Memory for token vectors of passages scored lately (some 80 KB each), in MiB."
    )


RerankerSettings = Annotated[
    NoRerankerSettings | OverlapRerankerSettings | CrossEncoderSettings | LateInteractionSettings,
    Field(discriminator="kind"),
]


class _GeneratorSection(_Section):
    """What holds for every kind of generator: the number engine stands beside each."""

    compute: bool = Field(
        True, description="Compute what a question asks of the figures in financial statements."
    )
    ontology: Path | None = Field(
        None, description="TOML file of line items and ratios; none for the one that comes with Covenant."
    )
    rank_programs: bool = Field(
        True,
        description="Compute over all figures of a document that is at hand as a whole, by a learned ranker.",
    )
    ranker: Path | None = Field(
        None, description="File of a ranker's weights; none for the one that comes with Covenant."
    )


class BestSentenceSettings(_GeneratorSection):
    """The weightless generator: the sentence, table row or value that shares most with the question."""

    kind: Literal["best_sentence"] = "best_sentence"
    candidates: int = Field(5, ge=1, le=100, description="How many candidates to return.")


class SpanReaderSettings(_GeneratorSection):
    """The span reader: MiniLM with an adapter and heads that mark where an answer stands."""

    kind: Literal["span_reader"] = "span_reader"
    candidates: int = Field(10, ge=1, le=100, description="How many candidates it proposes.")
    windows: int = Field(16, ge=1, le=400, description="Pieces of evidence that it reads.")
    adapter: Literal["generic"] | Path = Field(
        "generic", description="generic (comes with Covenant), or the folder of a trained reader."
    )
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto takes bfloat16 where the processor computes it natively."
    )
    quality: Path | None = Field(
        None, description="File of the model that chooses; none for the one that comes with Covenant."
    )
    values: Path | None = Field(
        None, description="File of the model of values; none for the one that comes with Covenant."
    )


class _LLMSection(_GeneratorSection):
    """What holds for every language model that is asked for quoted answers."""

    candidates: int = Field(
        3,
        ge=1,
        le=32,
        description="Replies asked for: one greedy, the others sampled; agreement is confidence.",
    )
    temperature: float = Field(0.7, gt=0, le=2, description="Of the sampled replies.")
    seed: int = Field(0, ge=0, description="Of the sampled replies.")
    prompt_tokens: int = Field(
        4000, ge=200, le=1_000_000, description="Passages are put into a prompt until it has so many tokens."
    )
    reply_tokens: int = Field(
        400, ge=8, le=100_000, description="A longer reply is cut off, and what was cut off is not used."
    )


class CausalLMSettings(_LLMSection):
    """Any causal language model with a chat template, in this process: a local folder, or a hub name."""

    kind: Literal["causal_lm"] = "causal_lm"
    model: str = Field(description="Folder or hub name.")
    revision: str | None = Field(None, description="Commit of the hub model; required for a hub name.")
    adapter: Path | None = Field(None, description="Folder of a LoRA adapter (safetensors), or none.")
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto takes bfloat16 where the device computes it natively."
    )
    device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$",
        description="auto takes the first GPU if there is one.",
    )
    batch_size: int = Field(4, ge=1, le=1024, description="Replies written at the same time.")


class OpenAILikeSettings(_LLMSection):
    """Any OpenAI-compatible endpoint.

    Its key is read from the environment variable COVENANT_LLM_API_KEY only: settings are saved with runs.
    """

    kind: Literal["openai_like"] = "openai_like"
    base_url: str = Field(
        description="Endpoint, as in http://127.0.0.1:8000/v1; without a password in it.",
        pattern=r"^https?://[^\s@?#]+$",
    )
    model: str = Field(description="The endpoint's name of the model.", min_length=1)
    timeout_s: float = Field(30.0, gt=0, description="For one request.")
    retries: int = Field(2, ge=0, le=10, description="Of a request that failed or timed out.")
    concurrency: int = Field(4, ge=1, le=256, description="Requests under way at the same time, at most.")
    fallback: Literal["span_reader", "best_sentence", "none"] = Field(
        "span_reader", description="The generator that answers, and says so, while the endpoint does not."
    )
    pause_s: float = Field(
        30.0,
        ge=0,
        description="For so long an endpoint that failed is not asked again, if there is a fallback.",
    )


GeneratorSettings = Annotated[
    BestSentenceSettings | SpanReaderSettings | CausalLMSettings | OpenAILikeSettings,
    Field(discriminator="kind"),
]


class RetrievalSettings(_Section):
    """How many hits each stage passes on."""

    lexical_hits: int = Field(100, ge=0, le=10_000, description="Taken from BM25; 0 turns it off.")
    dense_hits: int = Field(100, ge=0, le=10_000, description="Taken from the vectors; 0 turns it off.")
    fusion_k: int = Field(60, ge=1, description="Rank constant of reciprocal rank fusion (Cormack, 2009).")
    fusion: Literal["learned", "reciprocal_rank"] = Field(
        "learned", description="How the two rankings become one: by a learned combiner, or by rank alone."
    )
    combiner: Path | None = Field(
        None, description="File of a combiner's weights; none for the one that comes with Covenant."
    )
    glossary: Path | None = Field(
        None, description="TOML file of interchangeable wordings; none for the one that comes with Covenant."
    )
    house_words: Path | None = Field(
        None, description="JSON file of a team's own words with what they mean, as tuning learns them."
    )
    read_scope: bool = Field(
        True,
        description="Search only documents of the company or deal that a question names, its year first.",
    )
    search_clauses: bool = Field(True, description="Search for each clause of a long statement too.")
    hits: int = Field(100, ge=1, le=10_000, description="Kept after fusion and reranking.")
    reranked: int = Field(8, ge=0, le=1_000, description="How many of the fused hits are reranked.")
    reranked_searches: int = Field(32, ge=0, le=1_000, description="The same, of search words.")
    evidence: int = Field(20, ge=1, le=200, description="Chunks handed to the generator.")
    related_tokens: int = Field(
        1500,
        ge=0,
        le=100_000,
        description="Word pieces of text added to them: definitions, clauses referred to, rest of a table.",
    )


class IndexSettings(_Section):
    """How vectors are kept; what is changed holds from the next ingest on."""

    flat_up_to: int = Field(
        200_000, ge=0, description="So many passages are compared one by one; more are kept in lists."
    )
    probed: float = Field(
        0.125,
        gt=0.0,
        le=1.0,
        description="Share of the lists that is read for a question (recall against time).",
    )
    vector_store: str = Field(
        "",
        pattern=r"^$|^[A-Za-z_][\w.]*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$",
        description="LlamaIndex vector store, module:Class or module:Class.constructor; none for FAISS.",
    )
    vector_store_options: dict[str, JsonValue] = Field(
        {}, description="Table of its arguments; a secret as env:NAME of an environment variable."
    )

    @field_validator("vector_store_options")
    @classmethod
    def _no_secret_is_saved(cls, options: dict[str, JsonValue]) -> dict[str, JsonValue]:
        clear = written_out(options)
        if clear:
            raise PydanticCustomError(
                _WRITTEN_OUT,
                "{names} would be saved with every run: write env:NAME",
                {"names": ", ".join(clear)},
            )
        return options


class AnswerSettings(_Section):
    """When an answer is given."""

    min_confidence: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="Below this the answer is 'not in these documents'; none: 0.25 with the span reader, "
        "else 0.45; less for a page with tables that is all there is to read, and for clauses of known "
        "kinds.",
    )
    max_question_chars: int = Field(4000, ge=1, description="Longer questions are refused.")


class RulesGraderSettings(_Section):
    """Answers are graded by rules: deterministic, without a model."""

    kind: Literal["rules"] = "rules"


class LLMGraderSettings(_Section):
    """Answers are graded by an LLM behind any OpenAI-compatible endpoint.

    Its key is read from the environment variable COVENANT_LLM_API_KEY only: settings are saved with runs.
    """

    kind: Literal["llm"] = "llm"
    base_url: str = Field(description="Endpoint, as in http://127.0.0.1:8000/v1.", pattern=r"^https?://\S+$")
    model: str = Field(description="The endpoint's name of the model.", min_length=1)
    repeats: int = Field(
        3, ge=1, le=15, description="How often each verdict is asked for; the majority counts."
    )
    retries: int = Field(2, ge=0, le=10, description="Of a request that failed or timed out.")
    timeout_s: float = Field(60.0, gt=0, description="For one request.")
    cache: Path = Field(
        Path("grades"), description="Folder of verdicts and of measured agreement with people."
    )


GraderSettings = Annotated[RulesGraderSettings | LLMGraderSettings, Field(discriminator="kind")]


class TuningSettings(_Section):
    """What tuning asks besides the parts that it tunes."""

    llm: Annotated[CausalLMSettings | OpenAILikeSettings, Field(discriminator="kind")] | None = Field(
        None,
        description="Table of a language model, as generator has it, that labeling functions and paraphrases "
        "ask; none for the generator itself, where it is one.",
    )


class Settings(_Section):
    """The whole tree."""

    ingest: IngestSettings = IngestSettings()
    embedder: EmbedderSettings = MiniLMEmbedderSettings()
    reranker: RerankerSettings = LateInteractionSettings()
    generator: GeneratorSettings = SpanReaderSettings()
    index: IndexSettings = IndexSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    grader: GraderSettings = RulesGraderSettings()
    tuning: TuningSettings = TuningSettings()
    service: ServiceSettings = ServiceSettings()

    @property
    def least_confidence(self) -> float:
        """The confidence below which nothing is answered: as set, or what suits the kind of generator.

        Set on training questions so that some seven in eight unanswerable ones are left unanswered: with the
        span reader .86 of those about held-out contracts, with the weightless generator .89 of the sample's.
        """
        if self.answer.min_confidence is not None:
            return self.answer.min_confidence
        return _LEAST_READ if isinstance(self.generator, SpanReaderSettings) else _LEAST_QUOTED

    @classmethod
    def load(
        cls, path: Path | None, *, environ: Mapping[str, str], overrides: Sequence[str] = ()
    ) -> Settings:
        """The tree from a TOML file (or none), the environment and ``section.key=value`` overrides.

        A pure function of its arguments and the file.

        Raises:
            SettingsError: the file is not TOML, a key is unknown, or a value does not fit.
        """
        tree: dict[str, Any] = _read_toml(path) if path is not None else {}
        for name in sorted(environ):
            if name.startswith(ENVIRONMENT_PREFIX):
                keys = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
                _put(tree, keys, environ[name], f"environment variable {name}")
        for override in overrides:
            key, equals, value = override.partition("=")
            if not equals:
                raise SettingsError(f"--set {override!r} has no '='", "write --set section.key=value")
            _put(tree, key.strip().split("."), value.strip(), f"--set {override}")
        for section in ("embedder", "reranker", "generator", "grader"):
            # Whoever changes one key of the default kind need not name the kind.
            if isinstance(tree.get(section), dict):
                tree[section].setdefault("kind", cls.model_fields[section].default.kind)
        try:
            return cls.model_validate(tree)
        except ValidationError as error:
            raise _explain(error) from error

    def overridden(self, sections: Mapping[str, Mapping[str, Any]]) -> Settings:
        """The tree with some values of some sections in the place of its own.

        A section of another kind takes the place of the whole section.

        Raises:
            SettingsError: a key is unknown, or a value does not fit.
        """
        tree = self.model_dump()
        for section, values in sections.items():
            own = tree.get(section, {})
            kept = own if values.get("kind", own.get("kind")) == own.get("kind") else {}
            tree[section] = {**kept, **values}
        try:
            return Settings.model_validate(tree)
        except ValidationError as error:
            raise _explain(error) from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}", "correct that line") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", "check the file") from error


def _put(tree: dict[str, Any], keys: list[str], text: str, origin: str) -> None:
    """Set a nested key; the text is read as JSON where it is JSON, else taken as it stands."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = text
    node = tree
    for key in keys[:-1]:
        child = node.setdefault(key, {})
        if not isinstance(child, dict):
            raise SettingsError(f"{origin}: {key!r} is not a section", "see the settings table")
        node = child
    node[keys[-1]] = value


def _explain(error: ValidationError) -> SettingsError:
    """All that is wrong, in one line, with dotted paths."""
    complaints = []
    for item in error.errors():
        where = ".".join(str(part) for part in item["loc"])
        got = "" if item["type"] == _WRITTEN_OUT else f" (got {item.get('input')!r:.80})"
        complaints.append(f"{where}: {item['msg']}{got}")
    return SettingsError(
        "settings: " + "; ".join(complaints),
        "correct covenant.toml, the environment or --set; the README lists every setting",
    )
