"""The contact form: a kept draft, suggestions before sending, deflection, and the request it becomes."""
