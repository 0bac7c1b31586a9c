"""The emulated Runway against a description of its API: thousands of bodies, right ones and wrong ones."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import schemathesis
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from providers.vendors import runway
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock
from tests.support.meeting import Fateless
from tests.support.runway_contract_table import CALLS
from tests.support.runway_meeting import HEADERS, meeting
from tests.support.runway_openapi import NOW, Known, Schema, description

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

SETTINGS = f"""
headers = {{ Authorization = "{HEADERS["Authorization"]}" }}
cache.enabled = false
phases.stateful.enabled = false
generation = {{ deterministic = true, max-examples = 20, allow-x00 = false }}

[checks]
enabled = false
not_a_server_error.enabled = true
status_code_conformance.enabled = true
content_type_conformance.enabled = true
response_schema_conformance.enabled = true
positive_data_acceptance.enabled = true
unsupported_method.enabled = true
"""
LEAST_SIDE = 300
"""The least that every model takes; enlarged 16 times it is still within the most."""


@dataclass
class Findings:
    """What a run of schemathesis came upon."""

    faults: list[str] = field(default_factory=list[str])
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])

    def note(self, event: object) -> None:
        """Keep what an event of the run tells."""
        if isinstance(event, NonFatalError):
            self.faults.append(f"{event.label}: {event.value!r}")
        if not isinstance(event, ScenarioFinished):
            return
        told = event.recorder
        for exchange in told.interactions.values():
            if exchange.response is not None:
                self.statuses[told.label, exchange.response.status_code] += 1
        for checks in told.checks.values():
            for failed in (one.failure_info for one in checks):
                if failed is not None:
                    fault = failed.failure
                    self.faults.append(f"{fault.title}. {fault.message}\n{failed.code_sample}")


async def test_no_body_brings_a_server_error_or_a_status_that_is_not_documented(
    tmp_path: Path,
) -> None:
    engine = Fateless(Clock(0, lambda: NOW), tmp_path)
    async with meeting(engine) as met:
        sent = [await met.send("runway:image/gen4_image", prompt=word) for word in ("a", "b")]
        known = Known(
            picture=await met.picture(LEAST_SIDE),
            video=await met.movie(),
            tasks=tuple(ticket.task for ticket in sent),
        )
    found = run(description(known), engine)
    assert not found.faults, "\n\n".join(found.faults[:5])
    # Each create call was taken and refused, tasks were found and not found.
    creating = [f"POST /v1/{endpoint}" for endpoint in CALLS]
    reached = {(path, status) for path in creating for status in (200, 400)}
    reached |= {("GET /v1/tasks/{id}", status) for status in (200, 404)}
    reached |= {("DELETE /v1/tasks/{id}", status) for status in (204, 404)}
    reached |= {("POST /v1/organization/usage", 200), ("POST /v1/uploads", 200)}
    assert reached <= found.statuses.keys()


def run(document: Schema, engine: Fateless) -> Findings:
    """Send what schemathesis makes of a description to the emulator, the same at each run."""
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_str(SETTINGS))
    schema.app = sandbox_app([runway.VENDOR], engine)
    found = Findings()
    for event in from_schema(schema).execute():
        found.note(event)
    return found
