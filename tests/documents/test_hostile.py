"""Documents that mean harm cost their own part and little time; nothing in them is followed."""

import time

import pytest

from grader.student.reading import read_submission
from grader.student.wire import Index, Source
from tests.documents.notebook import notebook
from tests.documents.sheet import SHEET

CPU_S = 3.0
"""Far above what any of them takes (a twentieth of it), and far below what a slow reader would."""

HOSTILE = {
    "a million brackets.md": "2.3 " + "(" * 10**6,
    "boxes left open.tex": "2.3 " + r"\boxed{" * 140_000,
    "dollars.md": "2.3 " + "$" * 10**6,
    "displays left open.tex": "2.3\n" + r"\[" * 500_000,
    "half displays.md": "2.3 " + "$$ a\n" * 200_000,
    "environments left open.tex": "2.3\n" + "\\begin{align}\n" * 70_000,
    "labels.md": "2.3\n" * 250_000,
    "labels in turn.md": "".join(f"{1 + k % 6}.{1 + k % 3} x\n" for k in range(150_000)),
    "headings in turn.md": "".join(f"## {1 + k % 6}.{1 + k % 3}\n" for k in range(90_000)),
    "letters in turn.md": "".join(f"({'abcd'[k % 4]}) x\n" for k in range(150_000)),
    "fields.md": "5.1\n" + "depthwise = 3\n" * 70_000,
    "one long line.md": "5.1 " + "depthwise = 3, " * 65_000,
    "empty lines.md": "2.3\n" + "\n" * 10**6,
    "spaces.md": "2.3 x" + " " * 10**6 + "y",
    "fences.md": "2.3\n" + "~~~\n```\n" * 100_000,
    "stars.md": "2.3 " + "*" * 10**6,
    "nested braces.tex": "2.3 $$" + "{" * 2_900 + "}" * 2_900 + "$$",
    "tables.md": "5.1\n" + ("| depthwise " * 300 + "\n") * 250,
    "sentences.md": "5.1 " + "the depthwise layer. " * 49_000,
    "marked.md": "Answer 5.1 total: 3\n" * 50_000,
    "no text.txt": "\x00\xff\x1a" * 100_000,
    "deep quotations.md": "2.3 x\n" + "> " * 400_000,
    "deep lists.md": "2.3 x\n" + "".join(" " * (k % 500) + "- a\n" for k in range(4_000)),
    "references.md": "2.3 " + "&amp;" * 200_000,
    "tags.md": "2.3 " + "<b>" * 300_000,
    "tags left open.md": "2.3 " + "<td " * 250_000,
    "line breaks.md": "2.3\n" + "<br>" * 250_000,
    "definitions.tex": "\\newcommand{\\a}{\\a\\a}\n2.3 \\a\n" * 30_000,
    "nested macros.tex": "\\newcommand{\\a}[1]{#1#1}\n2.3\n"
    + ("\\a{" * 50 + "x" + "}" * 50 + "\n") * 5_000,
    "included.tex": "2.3\n" + "\\input{a}\n" * 90_000,
    "commas.md": "5.1 " + "3," * 500_000,
    "items.tex": "2.3\n" + "\\begin{enumerate}\n\\item\n" * 35_000,
    "pages.txt": "2.3\n" + "a\n\f" * 300_000,
    "cut words.txt": "2.3\n" + "abc-\n" * 200_000,
    "words at the end.md": "5.1\n" + ("total = 3" + " of" * 1_200 + " word\n") * 250,
    "long sentences.md": "5.1\n" + ("A. total is 3. B " * 100 + "\n") * 500,
    "answers.md": "2.3\n" + "Answer: x\n" * 90_000,
    "programs.md": "2.3\n" + "```python\ndef f(x): return x\n```\n" * 28_000,
    "signs that turn text.txt": "2.3 " + "\u202e\u00ad\ufb01" * 100_000,
    "letters that explain letters.md": "2.3\n"
    + "".join(f"a_{{{k}}} = a_{{{k + 1}}} + K\n" for k in range(40_000))
    + "values = a_{1} + N\n",
    "columns.txt": ("a" * 20 + "   b " * 35 + "\n") * 4_900,
    "equations in a row.md": "2.3 $$" + r"a=b, \quad " * 90_000 + "a$$",
    "names that wait.md": "5.1\n" + "depthwise = pointwise =\n" * 40_000 + "total = 3\n",
    "heads of tables.md": "5.1\n" + "| expand | depthwise | total |\n" * 30_000,
    "lone numbers.txt": "".join(f"\n{1 + k % 9}\n" for k in range(200_000)),
    "sections.tex": "\\section{a}\\begin{enumerate}[label=\\thesection.\\alph*]\n\\item x\n"
    * 12_000,
    "nulls.md": ("2.3 x\n" * 80_000).encode("utf-16"),
}


def read(name: str, text: str | bytes) -> Index:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return read_submission((Source(path=name, data=data),), SHEET)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_little(name: str) -> None:
    before = time.process_time()
    read(name, HOSTILE[name])
    assert time.process_time() - before < CPU_S


def test_too_much_text_is_refused_with_a_sentence() -> None:
    assert "larger than 1 MiB" in read("hw.md", "2.3 x\n" * 200_000).unread[0].message
    assert "more than 5,000 lines" in read("hw.md", "2\n" * 30_000).unread[0].message


def test_nothing_is_included_or_run() -> None:
    text = "1.1 \\input{/etc/passwd} \\write18{ls} <script>alert(1)</script> ${7*7}"
    assert [found.text for found in read("hw.tex", text).found] == [text.removeprefix("1.1 ")]


def test_other_parts_are_read_behind_a_hostile_one() -> None:
    text = "1.2a " + "$(" * 400 + "\n\n2.3\n\n$$D(I-(K-1)N)^2$$\n"
    found = {one.key: one.text for one in read("hw.md", text).found}
    assert found["dil/volume", "values"] == "D(I-(K-1)N)^2"


def test_marks_that_turn_text_around_and_lookalikes_are_kept_for_the_formula_reader_to_refuse() -> (
    None
):
    """They are told with their place when the value is read, and never silently dropped."""
    found = read("hw.md", "Answer 2.3: D*(I-(К-1)*N)**2\n\n1.2a g/\u202ealpha").found
    texts = [one.text for one in found]
    assert "D*(I-(К-1)*N)**2" in texts
    assert any("\u202e" in text for text in texts)


def test_a_notebook_of_hostile_cells_is_read_in_bounds() -> None:
    cells = ["(" * 10**5, "x" + "[0]" * 30_000, "md:" + "$" * 10**5, "def f(x): return x"]
    before = time.process_time()
    index = read("hw.ipynb", notebook(*cells))
    assert time.process_time() - before < CPU_S
    assert [found.key for found in index.found] == [("f",)]
    assert len(index.unread) == 2
