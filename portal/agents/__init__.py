"""Agent accounts: teams, roles, sign-in with revocable sessions, audit trail."""
