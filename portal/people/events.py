"""What other domains must hear of people, so that nothing of theirs is left behind.

Sent inside the sender's transaction, before its commit: whoever listens changes rows and does not commit.
"""

from __future__ import annotations

from blinker import signal

# With `person_id` and `now`: everything personal of this person is being erased.
person_erased = signal("person-erased")
# With `from_person_id`, `to_person_id` and `now`: what the one has becomes the other's.
people_merged = signal("people-merged")
