"""Measuring search: how often it is right, how fast it answers, what it bears. Needs no database and no settings.

A *set* is a folder of articles and questions with their right answers; a *made help centre* is as large as one
likes and has the statistics of real texts; a *surface* is where somebody asks: search box, field, contact form.
"""
