"""What people said of suggestions, as verdicts on the chances that these were shown with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from portal.search.calibration import PRIOR, Calibration, Verdict, fit
from portal.search.models import SuggestionVerdict

# With fewer the chances stay as they were.
LEAST_VERDICTS: Final = 20
# Who passes a title by may not have looked at it, or asked in vain: much less than a verdict of somebody who read on.
PASSED_BY_WEIGHT: Final = 0.2


class Offer(NamedTuple):
    """An article that a contact session was shown. `chance` is the ranker's own; None where it does not count here."""

    chance: float | None
    opened_at: datetime | None
    verdict: SuggestionVerdict | None


def verdicts_of_session(offers: Sequence[Offer]) -> Iterator[Verdict]:
    """What a session, which speaks for all that it was shown at once, says of each.

    What it opened last answered it, or the only article it was shown: as evidence sees it, too. What it opened besides
    did not. What it left closed was passed by if nothing answered, else perhaps not looked at.
    """
    answering = _answering(offers)
    for offer in offers:
        if offer.chance is None or offer.verdict is None:
            continue
        if offer is answering:
            yield Verdict(offer.chance, is_accepted=True)
        elif offer.opened_at is not None:
            yield Verdict(offer.chance, is_accepted=False)
        elif offer.verdict is SuggestionVerdict.REJECTED:
            yield Verdict(offer.chance, is_accepted=False, weight=PASSED_BY_WEIGHT)


def calibration_of(verdicts: Sequence[Verdict]) -> Calibration:
    """The calibration that they make; the prior while they are fewer than `LEAST_VERDICTS`."""
    return fit(verdicts) if len(verdicts) >= LEAST_VERDICTS else PRIOR


def _answering(offers: Sequence[Offer]) -> Offer | None:
    answered = [offer for offer in offers if offer.verdict is SuggestionVerdict.ANSWERED]
    opened = {offer.opened_at: offer for offer in answered if offer.opened_at is not None}
    if opened:
        return opened[max(opened)]
    return answered[0] if len(answered) == len(offers) == 1 else None
