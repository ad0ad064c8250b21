"""Makes the students' kit: what of a course may leave the instructor's machine.

Knows the public side of problems and what must not be read in it; nothing of submissions.
"""
