"""`/_sim` against its own description: whatever it is asked, it answers as it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from roost.simulator import world_file
from roost.testing.x_simulator import ServedX

ENDLESS = "GET /_sim/live"
"""A stream, which does not end by itself."""

STATE = "PUT /_sim/state"
"""Takes whole worlds; made-up ones would have webhooks at made-up addresses."""

# What is asked is often about somebody who is not there, which no description can tell; and it
# takes no field it does not know, which a description of this kind does not tell.
BEYOND_THE_DESCRIPTION = [positive_data_acceptance, negative_data_rejection]


@pytest.fixture(scope="module")
def server() -> Generator[ServedX]:
    served = ServedX(world_file.built_in())
    served.start()
    yield served
    served.stop()


def test_everything_answers_as_it_is_described(server: ServedX):
    schema = schemathesis.openapi.from_url(f"{server.url}/_sim/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    asked = Counter[str]()

    for operation in operations:
        if operation.label in {ENDLESS, STATE}:
            continue

        @given(case=operation.as_strategy())
        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        def ask(case: schemathesis.Case) -> None:
            (case.query or {}).pop("after", None)  # would wait for the clock to be moved
            answer = case.call(base_url=server.url, timeout=5)
            case.validate_response(answer, excluded_checks=BEYOND_THE_DESCRIPTION)
            asked[case.operation.label] += 1

        ask()

    assert len(asked) == len(operations) - 2
    assert {"PUT /_sim/faults", "POST /_sim/clock", "GET /_sim/state"} <= set(asked)


def test_a_state_is_what_the_description_says_and_is_taken_back(server: ServedX):
    description = requests.get(f"{server.url}/_sim/openapi.json", timeout=20).json()
    reference = description["paths"]["/_sim/state"]["put"]["requestBody"]["content"][
        "application/json"
    ]["schema"]
    action = {"action": "send_dm", "to": "1001", "text": "Hello"}
    requests.post(f"{server.url}/_sim/users/2002/actions", json=action, timeout=20)

    state = requests.get(f"{server.url}/_sim/state", timeout=20).json()

    validator = jsonschema_rs.validator_for({**reference, "components": description["components"]})
    assert [error.message for error in validator.iter_errors(state)] == []
    assert validator.is_valid({**state, "unheard_of": 1}) is False
    put = requests.put(f"{server.url}/_sim/state", json=state, timeout=20)
    assert (put.status_code, put.content) == (204, b"")
