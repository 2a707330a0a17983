"""A language model behind any OpenAI-compatible endpoint, through LlamaIndex.

Servers ignore what they do not know without a word (``n``, ``seed``, ``response_format``, ``logprobs``), so
nothing rests on these: every reply is a request of its own, and what comes back is looked at: a reply
without text, or cut off, is none. Requests run side by side up to a limit; what passes by itself is tried
again. The key goes into the header of requests and nowhere else. Leaves doing without the endpoint to
``rag.generator.fallback``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rag.errors import EndpointError, MissingExtraError
from rag.fingerprints import fingerprint
from rag.generator.llm.chat import UNUSABLE, Conversation
from rag.generator.llm.retrying import Backoff, PassingError
from rag.notices import say
from rag.pieces import estimate_pieces
from rag.settings import OpenAILikeSettings

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

_NO_KEY = "none"
"""The client wants a key even where the endpoint does not."""
_GREEDY = 0.0
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_REFUSED = {401: "refuses the key", 403: "refuses the key", 404: "does not know the model"}
_GRACE_S = 5.0
_SHOWN = 300


class EndpointChat:
    """A chat model; see the module."""

    special: tuple[str, ...] = ()

    def __init__(
        self, settings: OpenAILikeSettings, *, api_key: str = "", backoff: Backoff | None = None
    ) -> None:
        """Make the client; nothing is asked yet.

        Raises:
            MissingExtraError: the extra ``llm`` is not installed.
        """
        try:
            from llama_index.core.base.llms.types import ChatMessage
            from llama_index.llms.openai_like import OpenAILike
        except ImportError as error:
            raise MissingExtraError("an LLM's endpoint as generator", "llm") from error
        self._settings = settings
        self._key = api_key
        self._backoff = backoff or Backoff(retries=settings.retries)
        self._message: type[ChatMessage] = ChatMessage
        self._model: OpenAILike = OpenAILike(
            model=settings.model,
            api_base=settings.base_url,
            api_key=api_key or _NO_KEY,
            is_chat_model=True,
            max_tokens=settings.reply_tokens,
            timeout=settings.timeout_s,
            max_retries=0,
        )
        self._pool = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="endpoint")

    @property
    def fingerprint(self) -> str:
        """Identity of endpoint, model and sampling; the weights behind it are the endpoint's to know."""
        names = ("base_url", "model", "temperature", "seed", "reply_tokens")
        return fingerprint({"chat": "openai_like", **{name: getattr(self._settings, name) for name in names}})

    def count(self, text: str) -> float:
        """How many tokens a text has, estimated: the endpoint's tokenizer is not known."""
        return estimate_pieces(text)

    def replies(self, conversations: Sequence[Conversation], count: int) -> list[tuple[str, ...]]:
        """``count`` replies to each, requests side by side: temperature 0 first, then sampled ones.

        Raises:
            EndpointError: no request of some conversation brought a reply.
        """
        futures = [
            [self._pool.submit(self._reply, conversation, n) for n in range(count)]
            for conversation in conversations
        ]
        rounds = -(-len(conversations) * count // self._settings.concurrency)
        wait([one for each in futures for one in each], timeout=rounds * self._limit_s)
        return [self._collected(each) for each in futures]

    def stream(self, conversation: Conversation) -> Iterator[str]:
        """The reply at temperature 0 in pieces; tried again only before the first of them.

        Raises:
            EndpointError: it could not be begun, or broke off.
        """
        with self._failing():
            first, rest = self._backoff.run(lambda: self._begun(conversation))
            yield from filter(None, first)
            with _telling_apart():
                yield from (one.delta for one in rest if one.delta)

    @property
    def _limit_s(self) -> float:
        """How long one request may take with all its tries: a server that drips outlasts every time-out."""
        waits = self._backoff.retries * self._backoff.most_s
        return (self._backoff.retries + 1) * self._settings.timeout_s + waits + _GRACE_S

    def _begun(self, conversation: Conversation) -> tuple[list[str], Any]:
        """The first piece that has text, if any, and the responses after it."""
        with _telling_apart():
            responses = iter(self._model.stream_chat(self._messages(conversation), **self._sampling(0)))
            for one in responses:
                if one.delta:
                    return [one.delta], responses
        return [], iter(())

    def _reply(self, conversation: Conversation, n: int) -> str:
        with self._failing():
            return self._backoff.run(lambda: self._asked(conversation, n))

    def _asked(self, conversation: Conversation, n: int) -> str:
        with _telling_apart():
            raw: Any = self._model.chat(self._messages(conversation), **self._sampling(n)).raw
            choice = raw.choices[0]
            text = choice.message.content
        if not isinstance(text, str) or choice.finish_reason == "length":
            return UNUSABLE
        return text

    def _collected(self, futures: Sequence[Future[str]]) -> tuple[str, ...]:
        """The replies to one conversation in order, ``UNUSABLE`` for those that did not come."""
        outcomes = [self._outcome(future) for future in futures]
        failures = [one for one in outcomes if isinstance(one, EndpointError)]
        if failures and len(failures) == len(outcomes):
            raise failures[-1]
        if failures:
            share = f"{len(failures)} of {len(outcomes)}"
            say(f"{share} requests to the language model failed ({failures[-1].reason})")
        return tuple(UNUSABLE if isinstance(one, EndpointError) else one for one in outcomes)

    def _outcome(self, future: Future[str]) -> str | EndpointError:
        if not future.done():
            future.cancel()
            return self._error("timed out", "no whole reply within all tries")
        try:
            return future.result()
        except EndpointError as error:
            return error

    def _messages(self, conversation: Conversation) -> list[ChatMessage]:
        return [self._message(role=message.role, content=message.content) for message in conversation]

    def _sampling(self, n: int) -> Mapping[str, Any]:
        if n == 0:
            return {"temperature": _GREEDY}
        return {"temperature": self._settings.temperature, "seed": self._settings.seed + n}

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Turn what cannot be helped into an EndpointError."""
        from openai import APIStatusError, APITimeoutError

        try:
            yield
        except PassingError as error:
            cause = error.cause
            if isinstance(cause, APIStatusError):
                reason = f"failed with status {cause.status_code}"
            else:
                reason = "timed out" if isinstance(cause, APITimeoutError) else "cannot be reached"
            raise self._error(reason, f"{type(cause).__name__}: {cause}") from cause
        except APIStatusError as error:
            reason = _REFUSED.get(error.status_code, f"refuses the request with status {error.status_code}")
            raise self._error(reason, str(error)) from error
        except _broken() as error:
            raise self._error("sent what is no reply", f"{type(error).__name__}: {error}") from error

    def _error(self, reason: str, detail: str) -> EndpointError:
        # Some endpoints repeat the key in their refusals.
        clean = (detail.replace(self._key, "***") if self._key else detail)[:_SHOWN]
        return EndpointError(
            reason,
            f"the language model's endpoint {reason}: {' '.join(clean.split())}",
            "check generator.base_url, generator.model and COVENANT_LLM_API_KEY, and that the endpoint is up",
        )


def _broken() -> tuple[type[Exception], ...]:
    """What the client raises for replies of another form than agreed."""
    from openai import OpenAIError

    return (OpenAIError, ValueError, TypeError, AttributeError, LookupError)


@contextmanager
def _telling_apart() -> Iterator[None]:
    """Turn errors that may pass by themselves into PassingError."""
    from httpx import HTTPError
    from openai import APIConnectionError, APIStatusError

    try:
        yield
    except (APIConnectionError, HTTPError) as error:
        raise PassingError(error) from error
    except APIStatusError as error:
        if error.status_code not in _PASSING:
            raise
        raise PassingError(error, _asked_wait(error.response.headers)) from error


def _asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that a Retry-After header asks for; None where it has none, or a date.

    >>> _asked_wait({"retry-after": "2"}), _asked_wait({}), _asked_wait({"retry-after": "soon"})
    (2.0, None, None)
    """
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None
