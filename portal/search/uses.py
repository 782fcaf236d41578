"""What each place of the product asks of the engine: how many hits, how sure they must be, in which languages.

How articles are ranked is the same everywhere and stands in :mod:`portal.search.ranking`; here is how much of the
ranking a place shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Use:
    """The settings of one place. `name` is recorded with what it shows.

    `limit`: so many hits it shows at most. `least_chance`: the calibrated chance from 0.0 to 1.0 that a hit answers,
    below which it is not shown; `least_score`: the same for the score, where chances are not calibrated.
    `asks_other_languages`: whether hits in another language are better than none.
    """

    name: str
    limit: int
    least_chance: float = 0.0
    least_score: float = 0.0
    asks_other_languages: bool = True


# Somebody who searches looks for themselves at what comes; pages have `limit` hits.
SEARCH_BOX: Final = Use("results", limit=10)
AS_YOU_TYPE: Final = Use("suggest", limit=5)
# Nothing rather than something wrong: these interrupt. A mail cannot be taken back.
CONTACT_FORM: Final = Use("contact", limit=3, least_chance=0.15)
ACKNOWLEDGEMENT: Final = Use("acknowledgement", limit=2, least_chance=0.25, asks_other_languages=False)
MISSING_PAGE: Final = Use("missing_page", limit=3, least_chance=0.1)
# Agents judge what they are shown, and can read more languages than one.
COMPOSER: Final = Use("composer", limit=8)
SUGGESTED_TO_AGENT: Final = Use("agent", limit=4, least_chance=0.08)
# Tickets are long and full of words about nothing: in the demo, those about other things score up to 0.15.
SIMILAR_TICKETS: Final = Use("similar_tickets", limit=3, least_score=0.18, asks_other_languages=False)
