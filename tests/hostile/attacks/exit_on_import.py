"""Tries to leave while the file loads; must be an answer that exited."""
# ends: exited
# bare: same

raise SystemExit(0)
