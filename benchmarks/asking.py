"""Clients that ask a service over HTTP, one or many at a time, and take down how long each answer took.

A client waits for its answer before it asks the next question, on a connection that it keeps. Leaves starting
the service to ``benchmarks.serving``.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.serving import HOST
from eval.stats import quantile

_TIMEOUT_S = 150.0


class Client:
    """One connection to the service; it is opened again where it breaks."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=_TIMEOUT_S)

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        """The status of a reply and what stands in it.

        Raises:
            OSError: the service is not reached, or breaks off.
            http.client.HTTPException: the same, in the middle of a reply.
        """
        try:
            text = None if body is None else json.dumps(body)
            self._connection.request(method, path, text, {"Content-Type": "application/json"})
            reply = self._connection.getresponse()
            return reply.status, json.loads(reply.read())
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@dataclass(slots=True)
class Asked:
    """What came of questions: milliseconds of each answer, ids of answers, what went wrong and how often.

    ``seconds`` is how long questions were handed out, ``in_time`` how many answers came by then: at the end
    fewer and fewer clients wait, which is not the load that is meant.
    """

    seconds: float = 0.0
    in_time: int = 0
    took_ms: list[float] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        """Answers a second, while questions were handed out."""
        return self.in_time / self.seconds if self.seconds else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON has them; quantiles with their 95 % intervals."""
        times = {
            name: {key: round(value, 1) for key, value in quantile(self.took_ms, q).as_dict().items()}
            for name, q in (("p50_ms", 0.5), ("p95_ms", 0.95))
            if self.took_ms
        }
        return {
            "answers": len(self.took_ms),
            "errors": dict(self.errors),
            "seconds": round(self.seconds, 1),
            "per_second": round(self.per_second, 3),
            **times,
        }


Answered = Callable[[Client, str], None]
"""Called by a client after each answer, with its id."""


def ask(
    port: int,
    questions: Sequence[str],
    clients: int,
    *,
    goes_on: Callable[[int], bool],
    answered: Answered | None = None,
) -> Asked:
    """Have clients ask as long as ``goes_on`` of the number of questions asked so far; each ends its last.

    Questions are handed out in turn, again from the first after the last. A client whose connection breaks
    tries the next question on another.
    """
    found, turn, number, start = Asked(), threading.Lock(), 0, time.monotonic()

    def next_question() -> str | None:
        nonlocal number
        with turn:
            if not goes_on(number):
                found.seconds = found.seconds or time.monotonic() - start
                return None
            number += 1
            return questions[(number - 1) % len(questions)]

    def work() -> None:
        client = Client(port)
        while (question := next_question()) is not None:
            began = time.monotonic()
            try:
                status, reply = client.send("POST", "/v1/ask", {"question": question})
                took = 1000 * (time.monotonic() - began)
                with turn:
                    if status == http.HTTPStatus.OK:
                        found.in_time += not found.seconds
                        found.took_ms.append(took)
                        found.ids.append(reply["id"])
                    else:
                        found.errors[f"{status} {reply['error']['code']}"] += 1
                if answered is not None and status == http.HTTPStatus.OK:
                    answered(client, reply["id"])
            except (OSError, http.client.HTTPException) as error:
                with turn:
                    found.errors[type(error).__name__] += 1
                time.sleep(0.05)
        client.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def for_seconds(seconds: float) -> Callable[[int], bool]:
    """``goes_on`` for so long from now."""
    until = time.monotonic() + seconds
    return lambda _: time.monotonic() < until


def for_questions(count: int) -> Callable[[int], bool]:
    """``goes_on`` for so many questions."""
    return lambda asked: asked < count
