"""Mail out: an outbox committed with its cause, delivered at least once. Mail in: stored first, then read; a ledger."""
