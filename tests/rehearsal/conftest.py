"""An operator beside the running service."""

import pytest

from tests.harness.running import Service
from tests.rehearsal.cast import Operator


@pytest.fixture
def operator(whole_service: Service) -> Operator:
    return Operator(whole_service)


@pytest.fixture
def operator_without_worker(service: Service) -> Operator:
    """Where nothing is sent."""
    return Operator(service)
