"""The demo: sample help centre, tickets that look real, and the mailbox that shows captured mail."""
