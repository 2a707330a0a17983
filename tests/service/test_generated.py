"""Requests that schemathesis makes up from the OpenAPI document, fitting and unfitting: none upsets it.

The same ones on every run, so that the test is as long and as strict each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from service.app import create_app
from tests.library import SETTINGS, make_workspace
from tests.service.loopback import serving

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 4
"""Of each operation and mode."""
THERE = {"document": "alder", "page": 0}
"""Path parameters that lead somewhere."""
GENERATED = bounds(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    deadline=None,
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that may be changed."""
    workspace = make_workspace(tmp_path_factory.mktemp("generated"))
    with serving(create_app(workspace, SETTINGS)) as url:
        yield url


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.trust_env = False
        yield opened


def operations(address: str, session: requests.Session) -> list[Any]:
    document = session.get(f"{address}/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=address)
    results = list(schema.get_all_operations())
    assert all(isinstance(one, Ok) for one in results), results
    return [one.ok() for one in results if isinstance(one, Ok)]


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_nothing_that_can_be_asked_upsets_the_service(
    address: str, session: requests.Session, mode: GenerationMode
) -> None:
    found, asked = [], 0
    for operation in operations(address, session):
        names = [name for name in THERE if f"{{{name}}}" in operation.path]
        places: list[dict[str, Any] | None] = [None]
        if names and operation.method == "get":
            places.append({name: THERE[name] for name in names})
        for place in places:

            @GENERATED
            @given(case=operation.as_strategy(generation_mode=mode, path_parameters=place))
            def ask(case: Any) -> None:  # noqa: ANN401
                nonlocal asked
                asked += 1
                response = case.call(session=session, timeout=60)
                case.validate_response(response, checks=CHECKS)

            try:
                ask()
            except Unsatisfiable:
                # Nothing unfitting can be sent where nothing is taken.
                assert mode is GenerationMode.NEGATIVE
            except (Exception, BaseExceptionGroup) as error:
                found.append(f"{operation.method} {operation.path}: {error}")
    assert not found, "\n\n".join(found)
    assert asked > 10 * EXAMPLES
    assert session.get(f"{address}/healthz").status_code == HTTPStatus.OK
