"""Invented requests against the document: no failure of the server, no answer that the document does not know."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

schemathesis = pytest.importorskip("schemathesis")
from schemathesis import GenerationMode, checks  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from regulars.api import limits  # noqa: E402
from regulars.api.application import document  # noqa: E402

CHECKS = [
    checks.not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection,
]  # fmt: skip
EXAMPLES = 25
OPERATIONS = sorted((method.upper(), address) for address, methods in document()["paths"].items() for method in methods)


@pytest.fixture
def people(committed, cast, token, monkeypatch):
    """Things to be found under ids that the document does not know."""
    monkeypatch.setattr(limits, "A_MINUTE", 10**9)
    limits.forget_all()
    customer = cast.customer("carol", key="c1", kind="organization", phone="13800001111")
    return customer.public_id, token("alice")


@pytest.mark.slow
@pytest.mark.parametrize(("method", "address"), OPERATIONS, ids=[f"{m} {a}" for m, a in OPERATIONS])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_no_request_breaks_the_contract(people, site, method, address, mode):
    customer, headers = people
    schema = schemathesis.openapi.from_dict(document())
    operation = schema[address][method]
    strategy = operation.as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @_given(strategy)
    def holds(case):
        of_customer = "public_id" in (case.path_parameters or {}) and address.startswith("/api/v1/customers/")
        if of_customer and mode is GenerationMode.POSITIVE:
            case.path_parameters["public_id"] = customer
        response = case.call(base_url=site.url, headers=headers)
        case.validate_response(response, checks=CHECKS)

    holds()


def _given(strategy):
    from hypothesis import given

    return given(case=strategy)
