"""The statements of a kit, as Markdown and as HTML, and its README.

HTML is made by the room that makes reports, so that nothing of an author's text is taken as markup.
"""

from html import escape
from string import Template

from grader.kit.starters import needs_function
from grader.model import Assignment, NumberedPart, Problem, counted
from grader.report import rendered

_PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif;
  overflow-wrap: anywhere; }
code { background: color-mix(in srgb, currentColor 8%, transparent); padding: 0 .2em; }
pre { white-space: pre-wrap; }
main { overflow-x: auto; }
.scroll { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; }
th, td { padding: .2em 1em .2em 0; border-bottom: 1px solid; text-align: start; }
.taps { max-width: 100%; height: auto; }
math[display="block"] { overflow-x: auto; max-width: 100%; }
:root { color-scheme: light dark; }
</style>
</head>
<body>
<main>
<h1>$title</h1>
$body
</main>
</body>
</html>
""")

_README = Template("""\
# $title

- `statements/`: the problems, to read in a browser (`.html`) or in an editor (`.md`).
- `$answers/`: what you write and hand in. Functions go into the Python files; numbers, formulas,
  claims and texts into `answers.yaml`.
- `problems/`: the same problems for the program that checks; leave it as it is.

Formulas may be plain text, Python, unicode or LaTeX. Notebooks and write-ups (`.md`, `.tex`,
`.txt`) are read as well: put them into `$answers/`, and begin the line of an answer there with
`Answer $number:`.

Two commands check your answers, both run in this folder:

    grade check              once: how each answer was read, public tests, numerical gradients
    grade check --watch      again, each time you save a file

They need Python 3.11 or newer, numpy and the course's grader, and nothing else.
$install

Hidden tests are run when you have handed in; `grade check` says how many there are. To look at one
problem alone, name it: `grade check --problem $example`.
""")


def as_markdown(problem: Problem, numbered: tuple[NumberedPart, ...]) -> str:
    """The statement and the questions of a problem."""
    pieces = [f"# {problem.title}", problem.statement.strip()]
    for number in numbered:
        part = number.part
        pieces.append(f"## {number.number} {part.title} ({counted(number.part.marks, 'mark')})")
        pieces.append(part.ask.strip())
        if part.signature is not None and part.signature.inputs:
            pieces.append(f"    {part.signature}")
        if part.call:
            pieces.append("\n".join(f"    {line}" for line in part.call.splitlines()))
        if part.claims:
            pieces.append("\n".join(f"- `{claim.id}`: {claim.text}" for claim in part.claims))
    return "\n\n".join(pieces) + "\n"


def as_html(problem: Problem, numbered: tuple[NumberedPart, ...]) -> str:
    """The same as a page that needs no other file."""
    _, _, body = as_markdown(problem, numbered).partition("\n\n")
    return _PAGE.substitute(title=escape(problem.title), body=rendered(body, highest=2))


def readme(assignment: Assignment, answers: str, install: str) -> str:
    """What stands where, where the grader comes from, and the two commands that a student needs."""
    numbered = assignment.numbered
    return _README.substitute(
        title=assignment.title,
        answers=answers,
        number=next((n.number for n in numbered if not needs_function(n.part)), numbered[0].number),
        install=install.strip(),
        example=assignment.problems[0].slug,
    )
