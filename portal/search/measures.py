"""Figures with their uncertainty: shares, means, percentiles, AUROC. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the half-width of its 95 % confidence interval."""

    value: float
    half_width: float


def share(hits: int, count: int) -> Estimate | None:
    """`hits` of `count`; None of nothing.

    The half-width is Agresti and Coull's (1998), which is not zero where all or none are hits.
    """
    if not count:
        return None
    near = (hits + 2) / (count + 4)
    return Estimate(hits / count, _Z * math.sqrt(near * (1 - near) / (count + 4)))


def mean(values: Sequence[float], weights: Sequence[float] | None = None) -> Estimate | None:
    """The mean, weighted if weights are given, with the half-width of its normal interval; None of nothing.

    Weights say how often a value counts, not how often it was measured: what is as good as that many equal weights is
    Kish's effective sample size ("Survey Sampling", 1965).
    """
    weights = [1.0] * len(values) if weights is None else weights
    total = sum(weights)
    if not total:
        return None
    centre = sum(weight * value for value, weight in zip(values, weights, strict=True)) / total
    variance = sum(weight * (value - centre) ** 2 for value, weight in zip(values, weights, strict=True)) / total
    effective = total**2 / sum(weight**2 for weight in weights)
    return Estimate(centre, _Z * math.sqrt(variance / (effective - 1)) if effective > 1 else 0.0)


def percentile(values: Collection[float], percent: float) -> float:
    """The smallest value that at least `percent` of them do not exceed (nearest rank); 0.0 of nothing."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def auroc(positives: Collection[float], negatives: Collection[float]) -> float | None:
    """The chance that a positive scores higher than a negative, ties counting half; None without both.

    The area under the ROC curve as the Mann–Whitney statistic.
    """
    if not positives or not negatives:
        return None
    ranked = sorted([(score, True) for score in positives] + [(score, False) for score in negatives])
    rank_sum, start = 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        tied = sum(is_positive for _, is_positive in ranked[start:end])
        rank_sum += tied * (start + end + 1) / 2
        start = end
    count = len(positives)
    return (rank_sum - count * (count + 1) / 2) / (count * len(negatives))


@dataclass(frozen=True, slots=True)
class Latency:
    """How long answers took, in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    longest: float


def latency(seconds: Sequence[float]) -> Latency:
    """The distribution of durations given in seconds."""
    return Latency(
        count=len(seconds),
        p50=1000 * percentile(seconds, 50),
        p95=1000 * percentile(seconds, 95),
        p99=1000 * percentile(seconds, 99),
        longest=1000 * max(seconds, default=0.0),
    )
