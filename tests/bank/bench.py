"""Grades answers to one problem of the bank through the real pipeline.

The problem, its numbers on the sheet and its references are this repository's own.
"""

import ast
from pathlib import Path

from grader.authoring import source_of
from grader.course import find_course
from grader.expected import load_solution
from grader.grading import grade, prepare
from grader.student.packing import unpack
from grader.student.wire import Source
from grader.submission import Submission, take_submission

ROOT = Path(__file__).parents[2]


class Bench:
    """One problem with all that its references expect, and a sandbox that runs answers."""

    def __init__(self, slug, sandbox, cache):
        self.sandbox = sandbox
        self.slug = slug
        course = find_course(given=ROOT, near=ROOT)
        assignment = course.assignment()
        problem = next(p for p in assignment.problems if p.slug == slug)
        mine = [n for n in assignment.numbered if n.part.slug == slug]
        self.problem = problem
        self.solution = load_solution(course.solution_file(slug), problem)
        self.source = course.solution_file(slug).read_text(encoding="utf-8")
        self.grading = prepare(
            type(assignment)(
                name=assignment.name,
                title=assignment.title,
                problems=(problem,),
                numbered=tuple(mine),
            ),
            public={slug: course.problem_file(slug)},
            private={slug: course.solution_file(slug)},
            cache=cache,
        )
        self.expected = {part.id.split("/")[1]: part for part in self.grading.expected[slug].parts}

    # --- grading --------------------------------------------------------------------------------

    def grade(self, python="", answers=""):
        """Results by part name for a Python file and an answers.yaml given as text."""
        files = {f"{self.slug.replace('-', '_')}.py": python, "answers.yaml": answers}
        sources = tuple(
            Source(path=path, data=text.encode()) for path, text in files.items() if text
        )
        return self._graded(Submission(student="test", sources=sources, notes=(), digest=""))

    def grade_submission(self, student):
        """Results by part name for one of the repository's own submissions."""
        return self.grade_folder(ROOT / "submissions" / student)

    def grade_folder(self, folder):
        """Results by part name for a submission that stands anywhere."""
        return self._graded(take_submission(folder))

    def notes_on(self, student):
        """What the report says of one of the repository's own submissions as a whole."""
        submission = take_submission(ROOT / "submissions" / student)
        return grade(submission, self.grading, self.sandbox).notes

    def _graded(self, submission):
        report = grade(submission, self.grading, self.sandbox)
        return {part.id.split("/")[1]: part for part in report.parts}

    # --- answers made from the references -------------------------------------------------------

    def reference_python(self):
        """The solution file without its declarations, as a student could hand it in."""
        declared = {"Solution"}
        kept = self._short_references()
        for node in ast.parse(self.source).body:
            used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            if isinstance(node, ast.FunctionDef):
                node.decorator_list = []
                kept += [node] if node.name != "_" else []
            elif isinstance(node, ast.Assign) and used & declared:
                declared |= used
            elif isinstance(node, ast.Import | ast.ImportFrom | ast.Assign):
                kept += [node] if "grader" not in ast.unparse(node) else []
        return "\n".join(map(ast.unparse, kept))

    def _short_references(self):
        """The references that are lambdas, as functions of the names that are asked for."""
        found = []
        for part in self.problem.parts:
            function = self.solution[part.name].reference_function
            if getattr(function, "__name__", "") == "<lambda>":
                (definition,) = ast.parse(source_of(function)).body
                definition.name = part.signature.name
                found.append(definition)
        return found

    def reference_answers(self):
        """The right numbers and claims, typed."""
        lines = []
        for part in self.problem.parts:
            expected = self.expected[part.name]
            if part.kind == "choice":
                truths = {claim.id: str(claim.truth).lower() for claim in expected.claims}
            elif part.kind == "computed" and not part.signature.inputs:
                outputs = expected.tests[0].cases[0].outputs
                names = [variable.name for variable in part.signature.outputs]
                truths = {n: unpack(o.value) for n, o in zip(names, outputs, strict=True)}
            else:
                continue
            body = ", ".join(f"{name}: {value}" for name, value in truths.items())
            lines.append(f"{part.id}: {{{body}}}")
        return "\n".join(lines)

    def starter_python(self):
        """A function per part that does nothing yet."""
        return "\n".join(
            f"def {part.signature.name}({', '.join(v.name for v in part.signature.inputs)}):\n"
            "    pass\n"
            for part in self.problem.parts
            if part.kind == "computed" and part.signature.inputs
        )

    # --- what is looked for ---------------------------------------------------------------------

    def misconceptions(self):
        """All declared misconceptions as (part, name)."""
        return {(part, m.name) for part, e in self.expected.items() for m in e.misconceptions}

    def sentence(self, part, name):
        """What the tutor says to a misconception."""
        return next(m.say for m in self.expected[part].misconceptions if m.name == name)


def summary(results):
    """Per part its marks, marks not decided yet, and the one sentence, as a table to pin."""
    return {
        name: (f"{part.marks} of {part.out_of}", str(part.pending), part.sentence)
        for name, part in results.items()
    }


def full(results):
    """The parts that earned everything."""
    return {name for name, part in results.items() if part.marks == part.out_of > 0}


def recognised(result):
    """The outputs of a part whose mistake was recognised: (output, misconception, sentence)."""
    outputs = [output for test in result.tests for output in test.outputs]
    return {(o.name, o.misconception, o.sentence) for o in outputs if o.misconception}


def lost(result):
    """Lost marks per output of a part, as text."""
    sums = {}
    for mark in result.lost:
        sums[mark.output] = sums.get(mark.output, 0) + mark.marks
    return {output: str(total) for output, total in sums.items()}
