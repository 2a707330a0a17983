"""An OpenAI-compatible endpoint on loopback whose replies a test scripts: text, failure, delay, nonsense."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What one request gets: ``body`` as it is, else ``text``; the pieces of a stream are its words."""

    text: str | None = ""
    status: int = 200
    finish: str = "stop"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    broken_off: bool = False


Script = Callable[[int, Mapping[str, Any]], Reply]
"""From the number of the request and its body to its reply."""


@dataclass
class Endpoint:
    """What the server was asked, and its script."""

    url: str = ""
    script: Script = lambda number, body: Reply("NOT FOUND")
    held: threading.Event = field(default_factory=threading.Event)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def says(self, *texts: str) -> None:
        """Reply with these texts in order, the last again and again."""
        self.script = lambda number, body: Reply(texts[min(number, len(texts) - 1)])

    def fails(self, status: int, *, times: int = 1_000_000, then: str = "NOT FOUND") -> None:
        """Fail so many times, then reply."""
        self.script = lambda number, body: Reply(then) if number >= times else Reply(status=status)


@contextmanager
def serving() -> Iterator[Endpoint]:
    """A running endpoint."""
    state = Endpoint()
    state.held.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with state.lock:
                number = len(state.asked)
                state.asked.append(body)
                state.headers.append(dict(self.headers.items()))
                state.at_once += 1
                state.most_at_once = max(state.most_at_once, state.at_once)
            reply = state.script(number, body)
            state.held.wait(timeout=10.0)
            with state.lock:
                state.at_once -= 1
            try:
                send(self, reply, stream=bool(body.get("stream")))
            except OSError:
                return  # the client gave up waiting

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield state
    finally:
        state.held.set()
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, reply: Reply, *, stream: bool) -> None:
    """Write a reply: one object, or events of a word each."""
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    streamed = stream and reply.status == 200 and reply.body is None
    data = events(reply) if streamed else reply.body if reply.body is not None else whole(reply)
    handler.send_header("content-type", "text/event-stream" if streamed else "application/json")
    if not reply.broken_off:
        handler.send_header("content-length", str(len(data)))
    else:
        handler.send_header("content-length", str(len(data) + 100))
    handler.end_headers()
    handler.wfile.write(data)


def whole(reply: Reply) -> bytes:
    if reply.status != 200:
        return b'{"error": {"message": "scripted"}}'
    message = {"role": "assistant", "content": reply.text}
    return packed("chat.completion", {"message": message, "finish_reason": reply.finish})


def events(reply: Reply) -> bytes:
    words = (reply.text or "").split(" ")
    pieces = [word + " " * (n < len(words) - 1) for n, word in enumerate(words)]
    deltas: list[dict[str, Any]] = [{"role": "assistant"}, *({"content": piece} for piece in pieces)]
    chunks = [packed("chat.completion.chunk", {"delta": delta, "finish_reason": None}) for delta in deltas]
    end = packed("chat.completion.chunk", {"delta": {}, "finish_reason": reply.finish})
    lines = chunks if reply.broken_off else [*chunks, end, b"[DONE]"]
    return b"".join(b"data: " + line + b"\n\n" for line in lines)


def packed(kind: str, choice: Mapping[str, Any]) -> bytes:
    whole = {"id": "x", "object": kind, "created": 0, "model": "m", "choices": [{"index": 0, **choice}]}
    return json.dumps(whole).encode()
