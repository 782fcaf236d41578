"""Requesters: a person, the addresses that are theirs, the language they read."""
