"""Grades a whole class: many submissions at once, each stored as it arrives, resumable.

Knows how to spread work and what changed; grades nothing itself and prints nothing.
"""
