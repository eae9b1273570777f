import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from center.api.openapi import document
from center.api.problem import problem, status_of
from center.api.routes import ROUTES
from center.app import VERSION
from vending import seal
from vending.wire import ProblemCode

PAGE = Path(__file__).parents[3] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def contract() -> Any:
    return json.loads(msgspec.json.encode(document()))


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_the_published_page_is_current(contract: Any) -> None:
    """Made by ``python -m center openapi > docs/openapi.json``."""
    assert json.loads(PAGE.read_text("utf-8")) == contract


def test_every_route_is_published(contract: Any) -> None:
    published = {
        (method.upper(), path) for path, item in contract["paths"].items() for method in item
    }
    assert published == {(route.method, route.path) for route in ROUTES}


def test_every_reference_leads_somewhere(contract: Any) -> None:
    names = {f"#/components/schemas/{name}" for name in contract["components"]["schemas"]}
    used = set(references(contract))
    assert used
    assert used <= names


def test_what_the_door_checks_is_published(contract: Any) -> None:
    fields = contract["components"]["schemas"]["VendRequest"]["properties"]
    assert fields["order_no"]["pattern"] == "^[0-9]{19}$"
    assert fields["opened_at_ms"]["minimum"] == 0
    note = contract["components"]["schemas"]["Note"]["properties"]
    assert note["value_fen"]["maximum"] == 10**8


def test_who_must_seal_is_published(contract: Any) -> None:
    vend = contract["paths"]["/v1/vends"]["post"]
    assert set(vend["security"][0]) == {"terminal", "session", "number", "signature"}
    assert "security" not in contract["paths"]["/health"]["get"]
    assert set(vend["responses"]) >= {"200", "400", "401", "403", "408", "413", "415", "503", "504"}


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_says_what_to_do(code: ProblemCode) -> None:
    told = problem(code)
    assert told.status == status_of(code) >= 400
    assert told.title
    assert told.next.endswith(".")


def test_the_integrators_test_vector_is_right() -> None:
    page = (PAGE.parent / "integrators.md").read_text("utf-8")
    public_key, *signature = re.findall(r"\b[0-9a-f]{64}\b", page)
    text = seal.canonical(
        "POST", "/v1/vends", "310001", "0123456789abcdef0123456789abcdef", 17, b"{}"
    )
    assert seal.is_signed(bytes.fromhex(public_key), text, "".join(signature))


def test_the_service_tells_the_project_s_version() -> None:
    project = tomllib.loads((PAGE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == VERSION
