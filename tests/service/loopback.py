"""The application behind a port of this machine, as other people's clients reach it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from service import server


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of a running server; it is shut down at the end."""
    with server.listen("127.0.0.1", 0) as listener:
        running = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            # Connections wait in the listening socket until the application has started.
            yield server.address(listener)
        finally:
            running.should_exit = True
            thread.join(60)
