from __future__ import annotations

import pytest

from portal.search.measures import auroc, latency, mean, percentile, share


def test_a_share_of_nothing_is_none_and_a_full_one_is_still_uncertain():
    assert share(0, 0) is None
    full = share(10, 10)
    assert full is not None
    assert full.value == 1.0
    assert 0 < full.half_width < 0.25


def test_ten_times_the_questions_make_a_share_three_times_surer():
    few, many = share(60, 100), share(600, 1000)

    assert few is not None
    assert many is not None
    assert few.half_width == pytest.approx(0.096, abs=0.002)
    assert few.half_width / many.half_width == pytest.approx(10**0.5, rel=0.05)


def test_a_mean_has_the_half_width_of_its_standard_error():
    estimate = mean([0.0, 1.0, 0.0, 1.0])

    assert estimate is not None
    assert estimate.value == 0.5
    assert estimate.half_width == pytest.approx(1.96 * 0.5773 / 2, abs=0.001)
    assert mean([]) is None


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (95, 10), (99, 10), (10, 1), (100, 10)])
def test_percentiles_are_values_that_were_measured(percent, value):
    assert percentile(range(1, 11), percent) == value


def test_the_longest_duration_is_not_lost_among_percentiles():
    found = latency([0.001] * 999 + [1.0])

    assert (found.count, found.p50, found.p99, found.longest) == (1000, 1.0, 1.0, 1000.0)


@pytest.mark.parametrize(
    ("positives", "negatives", "area"),
    [([0.9, 0.8], [0.1, 0.2], 1.0), ([0.1], [0.9], 0.0), ([0.5, 0.5], [0.5], 0.5), ([0.9, 0.1], [0.5], 0.5)],
)
def test_auroc_is_the_chance_that_an_answerable_question_scores_higher(positives, negatives, area):
    assert auroc(positives, negatives) == area


def test_auroc_needs_both_kinds():
    assert auroc([0.5], []) is None


def test_a_weighted_mean_counts_values_as_often_as_their_weights_say():
    plain = mean([0.0] * 90 + [1.0] * 10)
    heavy = mean([0.0, 1.0], [90, 10])

    assert plain is not None
    assert heavy is not None
    assert heavy.value == pytest.approx(plain.value)
    # Two values asked fifty times each are two observations, not a hundred.
    assert heavy.half_width > 3 * plain.half_width
