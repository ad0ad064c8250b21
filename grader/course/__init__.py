"""Finds a course and reads its public side: course.yaml and the problems that it lists.

Knows the layout of a course's folders and the YAML of problems; nothing of solutions' contents,
submissions or marks earned.
"""

from grader.course.find import COURSE_FILE, Course, find_course
from grader.course.problems import is_slug, load_problem
from grader.course.strict import load_yaml

__all__ = ["COURSE_FILE", "Course", "find_course", "is_slug", "load_problem", "load_yaml"]
