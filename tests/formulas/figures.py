"""Print the figures of the formula language: `python tests/formulas/figures.py`."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from formula_asking import is_right, read_for, value_at
from formula_groups import GROUPS
from held_out_variants import HELD_OUT
from hostile_inputs import HOSTILE
from second_held_out import SECOND, SECOND_GROUPS
from test_formula_gradients import RIGHT, WRONG
from test_formula_pairs import PAIRS
from typed_variants import REFUSED, TYPED

from grader.student.formulas import FormulaError

HOME = Path(__file__).parents[2] / "grader" / "student" / "formulas"


def outcome(group, text):
    """The verdict "right", "refused" or "misread", and the milliseconds to read it and to evaluate it 40 times."""
    start = time.perf_counter()
    try:
        formula = read_for(group, text)
        middle = time.perf_counter()
        for _ in range(40):
            value_at(group, formula, group.points[0])
    except FormulaError:
        return "refused", 0.0, 0.0
    end = time.perf_counter()
    verdict = "right" if is_right(group, formula) else "misread"
    return verdict, 1e3 * (middle - start), 1e3 * (end - middle)


def tally(name, variants, groups):
    found = [outcome(groups[group], text) for group, texts in variants.items() for text in texts]
    counts = {
        kind: sum(kind == verdict for verdict, _, _ in found)
        for kind in ("right", "refused", "misread")
    }
    reading, evaluating = ([entry[k] for entry in found] for k in (1, 2))
    return (
        f"{name}: {len(found)} variants, "
        + ", ".join(f"{count} {kind}" for kind, count in counts.items())
        + f"; to read, median {statistics.median(reading):.2f} ms, worst {max(reading):.2f} ms;"
        f" 40 points, median {statistics.median(evaluating):.2f} ms, worst {max(evaluating):.2f} ms"
    )


def import_ms():
    """The fastest of five imports, beyond what numpy and msgspec take."""
    code = (
        "import numpy, msgspec, time; t = time.perf_counter(); import grader.student.formulas;"
        " print(1e3 * (time.perf_counter() - t))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        for _ in range(5)
    ]
    return min(float(run.stdout) for run in runs)


def figures():
    yield tally("typed with the reader", TYPED, GROUPS)
    yield tally("held out before it", HELD_OUT, GROUPS)
    yield tally("held out after it", SECOND, SECOND_GROUPS)
    yield f"refused on purpose: {len(REFUSED)}; hostile: {len(HOSTILE)}; pairs: {len(PAIRS)}"
    yield f"gradient notations: {sum(map(len, RIGHT.values()))} right, {len(WRONG)} wrong"
    yield f"import: {import_ms():.0f} ms on top of numpy and msgspec"
    lines = {
        path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in HOME.glob("*.py")
    }
    yield f"{sum(lines.values())} lines: " + ", ".join(
        f"{n} {count}" for n, count in sorted(lines.items())
    )


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in figures())
