"""What the layout says on every page."""

from __future__ import annotations

import json
from dataclasses import dataclass

HTMX_CONFIG = json.dumps(
    {
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "409|422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
        "historyCacheSize": 0,
        "allowEval": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
    },
    separators=(",", ":"),
)


@dataclass(frozen=True)
class Brand:
    """The name and picture of whoever runs this portal."""

    name: str
    logo_url: str
    support_email: str
