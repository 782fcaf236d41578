"""Tickets: lifecycle, messages, notes, deadlines, canned responses, ratings, the queue."""
