"""Stories of one case, pure, under every shipped regulation: a short run here, a long one by make chaos."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from core.regulations.loader import pack_names
from tests.stories.machine import machine_of

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
SHORT = settings(max_examples=5, stateful_step_count=35, deadline=None, suppress_health_check=QUIET)
LONG = settings(max_examples=200, stateful_step_count=100, deadline=None, suppress_health_check=QUIET)


@pytest.mark.rule("U-11")
@pytest.mark.parametrize("name", pack_names())
def test_nothing_people_try_breaks_what_must_hold(name: str) -> None:
    """A few stories of some weeks."""
    run_state_machine_as_test(machine_of(name), settings=SHORT)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", pack_names())
def test_nothing_people_try_for_long_breaks_what_must_hold(name: str) -> None:
    """Many long ones."""
    run_state_machine_as_test(machine_of(name), settings=LONG)
