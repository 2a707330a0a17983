"""What holds for every test: no network but loopback, no model hub, the same examples on every run."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import settings

# Read when the libraries are imported, hence before any test module is.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
for name in [key for key in os.environ if key.startswith("COVENANT_") and key != "COVENANT_DATA"]:
    del os.environ[name]
# What was measured and remembered on this machine must not decide a test.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="covenant-tests-")

settings.register_profile("covenant", derandomize=True, deadline=None, database=None)
settings.load_profile("covenant")


class NetworkBlockedError(Exception):
    """A test reached for the network. Not an OSError: nothing may take it for a network that is down."""


def is_loopback(host: str | bytes | None) -> bool:
    """Whether a host is this machine, by address or as ``localhost``; None stands for this machine."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else host
    try:
        address = ip_address(name)
    except ValueError:
        return name in ("", "localhost")
    return address.is_loopback or address.is_unspecified


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Connections, datagrams and name look-ups that leave this machine raise NetworkBlockedError."""

    def check(where: object) -> None:
        # An address of AF_UNIX is a path; those of AF_INET and AF_INET6 begin with the host.
        if isinstance(where, tuple) and not is_loopback(where[0]):
            raise NetworkBlockedError(f"tests may not reach {where!r}")

    def guarded(name: str) -> Callable[..., object]:
        original = getattr(socket.socket, name)

        def method(self: socket.socket, *arguments: object) -> object:
            check(arguments[-1])
            return original(self, *arguments)

        return method

    look_up = socket.getaddrinfo

    def getaddrinfo(host: str | bytes | None, *arguments: Any, **named: Any) -> object:  # noqa: ANN401
        check((host,))
        return look_up(host, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, guarded(name))
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield
