"""The guard of ``tests/conftest.py`` guards."""

from __future__ import annotations

import os
import socket

import pytest

from tests.conftest import NetworkBlockedError, is_loopback

ELSEWHERE = "192.0.2.1"  # reserved for documentation: nobody answers there


def test_nothing_leaves_this_machine() -> None:
    with socket.socket() as stream, pytest.raises(NetworkBlockedError):
        stream.connect((ELSEWHERE, 80))
    with socket.socket() as stream, pytest.raises(NetworkBlockedError):
        stream.connect_ex((ELSEWHERE, 80))
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams, pytest.raises(NetworkBlockedError):
        datagrams.sendto(b"", (ELSEWHERE, 80))
    with pytest.raises(NetworkBlockedError):
        socket.create_connection((ELSEWHERE, 80), timeout=1)
    with pytest.raises(NetworkBlockedError):
        socket.getaddrinfo("example.org", 80)


def test_this_machine_can_be_reached() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, socket.create_connection(server.getsockname(), timeout=5) as client:
        assert client.getpeername() == server.getsockname()
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"x")
        assert right.recv(1) == b"x"


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("::1", True), (b"localhost", True), (None, True), ("", True),
     ("10.0.0.1", False), ("example.org", False), ("localhost.example.org", False)],
)  # fmt: skip
def test_loopback_is_told_from_elsewhere(host: str | bytes | None, own: bool) -> None:
    assert is_loopback(host) is own


def test_no_hub_is_asked() -> None:
    assert os.environ["HF_HUB_OFFLINE"] == "1"
