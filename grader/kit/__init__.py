"""Makes the students' kit: what of a course may leave the instructor's machine.

Statements, starters, an answers template and the public tests with their expected values; the kit
is a course of its own, without solutions. Knows the references' values of public tests, and what of
the others must not be read in a kit; nothing of submissions.
"""

from grader.kit.make import KIT_ANSWERS, Kit, make_kit
from grader.kit.statements import as_markdown

__all__ = ["KIT_ANSWERS", "Kit", "as_markdown", "make_kit"]
