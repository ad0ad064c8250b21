"""Splits a write-up into sections, by the labels that the sheet asks for.

Every line that may begin with a label is a candidate; of these the chain is taken that looks most
like labels and follows the order of the sheet. So a sentence that begins with "3.2 times" does not
end question 2.1, and neither do numbered lists, equation numbers and years. Knows nothing of
answers.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeAlias

import msgspec

from grader.student.blocks import DISPLAY_ENVIRONMENTS, PROGRAM_ENVIRONMENTS
from grader.student.labels import Label, lone_number, read_label
from grader.student.sheets import Sheet
from grader.student.texts import Line

MAX_CANDIDATES = 1_500
MAX_STEPS = 60_000
"""The steps of the search for the best chain; what looks like a label behind them is text."""
MAX_DISPLAY_LINES = 120
ANY = "*"
"""The style of a level whose next label may be written in any way."""
CLEAR = 2.0
"""The weight of a full label before text that begins as a sentence does."""
BACKWARDS = 2.0
"""What it costs a chain to go back on the sheet, as students do who answer out of order."""

_OPENING = re.compile(
    r"```|~~~|\$\$|\\\["
    rf"|\\begin\{{(?P<name>{DISPLAY_ENVIRONMENTS}|{PROGRAM_ENVIRONMENTS})(?P<star>\*?)\}}"
)
_LONE = re.compile(r"\s*\d{1,2}\s*")
_CELLS = re.compile(r"\s\|\s")
_ALIKE = ("```", "~~~", "$$")
_CLOSINGS = {"```": "```", "~~~": "~~~", "$$": "$$", r"\[": r"\]"}


class Section(msgspec.Struct, frozen=True):
    """What stands under one label, up to the next."""

    node: int
    lines: tuple[Line, ...]
    is_heading: bool = False


_Styles: TypeAlias = tuple[str, ...]


class _Link(msgspec.Struct, frozen=True):
    """The end of a chain of labels: what came before, the line, and the node that it opens."""

    before: "_Link | None"
    line: int
    node: int


_States: TypeAlias = dict[tuple[int, _Styles], tuple[float, _Link | None]]


def split(lines: Sequence[Line], sheet: Sheet) -> list[Section]:
    """The sections of a write-up, in the order in which they stand, without what has no label."""
    labels = _candidates(lines)
    full = {n: sheet.of_label(label) for n, label in labels.items() if label.is_full}
    targets = {
        number: target or 0 if labels[number].weight > 0 or _has_parts(target, sheet) else 0
        for number, (target, _) in full.items()
    }
    chosen = _best_chain(labels, targets, sheet)
    chosen.update(_out_of_order(labels, lines, targets, chosen))
    chosen.update(_repeated(targets, chosen))
    starts = sorted(chosen)
    sections = []
    for start, end in zip_longest(starts, starts[1:], fillvalue=len(lines)):
        label = labels[start]
        end_of_label = full[start][1] if label.is_full else label.end
        rest = Line(_behind_label(lines[start].text, end_of_label), lines[start].place)
        under = (rest, *lines[start + 1 : end])
        sections.append(Section(chosen[start], under, is_heading=label.is_heading))
    return sections


def _behind_label(text: str, end: int) -> str:
    """What stands behind a label: in a row of a table its cells, in a quotation still a quote."""
    rest, head = text[end:], text[:end].lstrip()
    if head.startswith("|"):
        cells = rest.strip().removesuffix("|")
        return cells if len(_CELLS.findall(cells)) == 0 else f"| {cells} |"
    if "section" in head and head.count("{") > head.count("}"):
        rest = rest.replace("}", "", 1)  # the title's end
    return f"> {rest}" if head.startswith(">") else rest


def _candidates(lines: Sequence[Line]) -> dict[int, Label]:
    """The lines that may begin with a label; not those inside displays and fences."""
    found: dict[int, Label] = {}
    inside = _inside(lines)
    for number, line in enumerate(lines):
        if number in inside or not line.text.strip():
            continue
        is_lone = _LONE.fullmatch(line.text) is not None and _is_alone(lines, number)
        label = lone_number(line.text) if is_lone else read_label(line.text)
        if label is not None and (is_lone or label.weight > 0):
            found[number] = label
            if len(found) == MAX_CANDIDATES:
                break
    return found


def _is_alone(lines: Sequence[Line], number: int) -> bool:
    """Whether a line stands below an empty one."""
    return number == 0 or not lines[number - 1].text.strip()


def _has_parts(node: int | None, sheet: Sheet) -> bool:
    """Whether a node is a problem with parts of its own, so that a number may be its heading."""
    return bool(node) and sheet.nodes[node or 0].asked is None


def _inside(lines: Sequence[Line]) -> frozenset[int]:
    """The numbers of the lines that begin inside a display or a fence which is closed later on."""
    inside: set[int] = set()
    closings: dict[str, list[int]] = {}
    number = 0
    while number < len(lines):
        close = _left_open(lines[number].text)
        number += 1
        if not close:
            continue
        if close not in closings:
            closings[close] = [k for k, line in enumerate(lines) if close in line.text]
        where = bisect_left(closings[close], number)
        end = closings[close][where] if where < len(closings[close]) else len(lines)
        if end < min(number + MAX_DISPLAY_LINES, len(lines)):
            inside.update(range(number, end + 1))
            # Where opening and closing look alike, the line that closes opens nothing.
            number = end + 1 if close in _ALIKE else end
    return frozenset(inside)


def _left_open(text: str) -> str:
    """What would close the display or fence that a line opens and does not close, or ""."""
    position = 0
    while (found := _OPENING.search(text, position)) is not None:
        name = found["name"]
        close = rf"\end{{{name}{found['star']}}}" if name else _CLOSINGS[found.group()]
        end = text.find(close, found.end())
        if end < 0:
            return close
        position = end + len(close)
    return ""


# --- the chain of labels ------------------------------------------------------------------------


def _best_chain(labels: dict[int, Label], targets: dict[int, int], sheet: Sheet) -> dict[int, int]:
    """Per line its node, for the labels that follow the sheet's order and weigh most together.

    Of equals the later ones are taken, so that a table of contents is passed over.
    """
    states: _States = {(0, ()): (0.0, None)}
    steps = 0
    for number, label in labels.items():
        reached = _reached(states, number, label, targets.get(number), sheet)
        for state, better in reached.items():
            if state not in states or states[state][0] <= better[0]:
                states[state] = better
        steps += len(states)
        if steps > MAX_STEPS:
            break
    _, link = max(states.values(), key=lambda one: one[0])
    chain: dict[int, int] = {}
    while link is not None:
        chain[link.line] = link.node
        link = link.before
    return chain


def _reached(
    states: _States, number: int, label: Label, target: int | None, sheet: Sheet
) -> _States:
    """The ends of chains that a label can be added to, with the label."""
    found: _States = {}
    for (node, styles), (score, before) in states.items():
        for reached, looks in _targets(label, target, node, styles, sheet):
            weight = score + label.weight - (BACKWARDS if reached < node else 0.0)
            if (reached, looks) not in found or found[reached, looks][0] <= weight:
                found[reached, looks] = (weight, _Link(before, number, reached))
    return found


def _targets(
    label: Label, target: int | None, node: int, styles: _Styles, sheet: Sheet
) -> list[tuple[int, _Styles]]:
    """The nodes that a label may open, with how each level's label is written then.

    They come later on the sheet; only a heading may go back. A label that begins at the sheet has
    its target already.
    """
    if target is not None:
        if not target or target == node or (target < node and not label.is_heading):
            return []
        above = (label.style,) * (len(sheet.nodes[target].path) - 1)
        return [(target, (*above, ANY if label.is_open else label.style))]
    found: list[tuple[int, _Styles]] = []
    for container in sheet.chain(node):
        down = sheet.down(container, label.tokens)
        if down is None or down <= node:
            continue
        depth = len(sheet.nodes[container].path)
        is_alike = len(styles) <= depth or styles[depth] in (label.style, ANY)
        is_known = container or label.is_marked or sheet.nodes[down].asked is not None
        if is_alike and is_known:
            below = len(sheet.nodes[down].path) - depth
            found.append((down, (*styles[:depth], *(label.style,) * below)))
    return found


def _out_of_order(
    labels: dict[int, Label],
    lines: Sequence[Line],
    targets: dict[int, int],
    chosen: dict[int, int],
) -> dict[int, int]:
    """Labels that are set off, if by an empty line, of parts not met in the sheet's order."""
    met = set(chosen.values())
    found: dict[int, int] = {}
    for number, target in targets.items():
        is_alone = number == 0 or not lines[number - 1].text.strip()
        is_set_off = labels[number].is_marked or (is_alone and labels[number].weight >= CLEAR)
        if target and is_set_off and target not in met and number not in chosen:
            met.add(target)
            found[number] = target
    return found


def _repeated(targets: dict[int, int], chosen: dict[int, int]) -> dict[int, int]:
    """Labels that say again what the label beside them says: `2.2a rows: …`, `2.2a columns: …`."""
    known = [
        number for number in sorted({*targets, *chosen}) if number in chosen or targets[number]
    ]
    found: dict[int, int] = {}
    for order in (known, known[::-1]):
        current = 0
        for number in order:
            current = chosen.get(number) or (current if targets.get(number) == current else 0)
            if current and number not in chosen:
                found[number] = current
    return found
