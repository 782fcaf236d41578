"""Token buckets: so many at once, then one for each interval."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.errors import LimitExceeded
from portal.web.rate_limit import take
from tests.factories import NOW


def test_a_bucket_empties_and_refills(app):
    with app.test_request_context():
        for _attempt in range(3):
            take("sign-in:a", capacity=3, refill_seconds=60, now=NOW)
        with pytest.raises(LimitExceeded) as caught:
            take("sign-in:a", capacity=3, refill_seconds=60, now=NOW + timedelta(seconds=20))
        assert caught.value.retry_after_seconds == 40
        take("sign-in:a", capacity=3, refill_seconds=60, now=NOW + timedelta(seconds=61))


def test_buckets_do_not_share(app):
    take("a", capacity=1, refill_seconds=60, now=NOW)
    take("b", capacity=1, refill_seconds=60, now=NOW)


def test_a_clock_that_jumps_back_gives_nothing_away(app):
    with app.test_request_context():
        take("a", capacity=1, refill_seconds=60, now=NOW)
        with pytest.raises(LimitExceeded):
            take("a", capacity=1, refill_seconds=60, now=NOW - timedelta(days=1))
