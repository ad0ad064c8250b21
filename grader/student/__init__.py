"""Everything that executes on the student's side of the border.

Knows inputs and answers; nothing of courses, references, expected values or marks. It imports only
itself and the libraries that it needs, so that it can be bound into the walls alone.
"""
