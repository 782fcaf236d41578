"""Mail out: an outbox committed with its cause, delivered by the worker at least once."""
