"""Every test here makes several requests, often as different people."""

from tests.agents.fresh_requests import fresh_requests

__all__ = ["fresh_requests"]
