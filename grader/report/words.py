"""Every sentence of the report's interface, in one place, in English.

A course says them in another language, or in its own way, with a file `words.yaml` in its templates
folder that names the fields below; a field that is not named keeps its English. `{}` stands where a
number or a name goes.
"""

from pathlib import Path

import msgspec

from grader.errors import CourseError
from grader.model import Record, Verdict, Walls

FILE = "words.yaml"


class Words(Record, frozen=True):
    """The words of the pages. `one`/`many` pairs differ by the number that they are said with."""

    lang: str = "en"
    direction: str = "ltr"

    # the frame of a page
    skip: str = "Skip to the content"
    overview: str = "Overview"
    all_problems: str = "All problems"
    previous: str = "Previous"
    following: str = "Next"
    about: str = "About this report"
    about_walls: str = "Walls"
    about_grader: str = "Graded with"
    about_record: str = "The same as data"
    notes: str = "About the submission"

    # marks
    of: str = "of"
    marks: str = "marks"
    total: str = "Marks"
    earned: str = "earned"
    lost: str = "lost"
    waiting: str = "not decided"
    lost_heading: str = "Where marks were lost"
    more_reasons: str = "More reasons: {}"
    more_places: str = "and {} more"
    pending_part: str = "Not decided yet: {}. That is not counted as lost."
    pending_total: str = "Marks not decided yet: {}. They are not counted as lost."

    # the table of the overview
    part: str = "Part"
    verdict: str = "Verdict"
    parts: str = "Parts"

    # a part
    statement: str = "The problem"
    question: str = "Question"
    answer: str = "Your answer"
    read_as: str = "read as"
    line: str = "line {}"
    function: str = "function"
    stopped_here: str = "reading stopped at the marked place"
    end: str = "end"
    remarks: str = "Worth knowing (costs nothing)"
    rubric: str = "A person marks this by"
    claim: str = "Claim"
    claim_text: str = "What it says"
    signature: str = "Signature"
    call: str = "Call"

    # tests
    tests: str = "Tests"
    tests_passed: str = "{} of {} passed"
    public: str = "public"
    hidden: str = "hidden"
    cases: str = "{} of {} cases"
    case_shown: str = "shown: case {}"
    inputs: str = "Inputs"
    output: str = "Output"
    got: str = "Got"
    got_right: str = "Got, which is right"
    expected: str = "Expected"
    hint: str = "Hint"
    error: str = "error {} (at most {} is allowed)"
    outside: str = "{} of {} elements outside"
    worst: str = "worst at [{}]"
    worst_cell: str = "the worst element"
    float32: str = "judged as float32, with the wider bound of that precision"
    undecided: str = "this case can not tell float32 rounding from a mistake and does not count"
    squeezed: str = "compared without axes of length 1"
    traceback: str = "Where it happened in your files"
    printed: str = "It printed"

    # values
    array: str = "{}, shape {}"
    slice: str = "showing {}"
    more_rows: str = "{} more rows"
    more_columns: str = "{} more columns"
    more_items: str = "{} more"
    empty: str = "no elements"
    nothing: str = "nothing"
    not_a_value: str = "not a value: {}"

    # the error map
    map_of: str = "Error map of {}, shape {}"
    map_classes: tuple[str, str, str, str] = ("agrees", "slightly off", "far off", "not finite")
    map_all: str = "Every element differs."
    map_border: str = "Only elements of the border differ; everything inside agrees."
    map_only: str = "Only {} differs; everything else agrees."
    map_row: str = "row {}"
    map_column: str = "column {}"
    map_position: str = "position {}"
    map_slice: str = "slice {} of axis {}"
    map_windows: str = "One element differs in each {} × {} window."
    map_one_differs: str = "{} of {} elements differs."
    map_many_differ: str = "{} of {} elements differ."
    map_pooled: str = "Each square stands for {} × {} elements and shows the worst of them."
    map_slices: str = "{} of {} slices are shown, the ones with most errors first."

    # what held student code in
    walls: dict[Walls, str] = msgspec.field(
        default_factory=lambda: {walls: walls.value for walls in Walls}
    )

    # verdicts as words, and as counted in the summary ("2 need marking")
    verdicts: dict[Verdict, str] = msgspec.field(
        default_factory=lambda: {verdict: verdict.value for verdict in Verdict}
    )
    verdicts_one: dict[Verdict, str] = msgspec.field(
        default_factory=lambda: {
            Verdict.NEEDS_MARKING: "{} needs marking by a person",
            Verdict.UNREADABLE: "{} could not be read",
            Verdict.FAILED_TO_GRADE: "{} failed to grade, which is our fault",
        }
    )
    verdicts_many: dict[Verdict, str] = msgspec.field(
        default_factory=lambda: {
            Verdict.NEEDS_MARKING: "{} need marking by a person",
            Verdict.UNREADABLE: "{} could not be read",
            Verdict.FAILED_TO_GRADE: "{} failed to grade, which is our fault",
        }
    )


def words_of(folders: tuple[Path, ...]) -> Words:
    """Give the words of the first folder that has a `words.yaml`, else the English ones.

    Raises:
        CourseError: the file is no mapping of the names of `Words` to texts.
    """
    for folder in folders:
        path = folder / FILE
        if path.is_file():
            return _read(path)
    return Words()


def _read(path: Path) -> Words:
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        told = msgspec.convert(found if found is not None else {}, Words)
    except (yaml.YAMLError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CourseError(path, f"{error}; wanted texts under the names of `Words`") from error
    default = Words()
    merged = {
        name: {**getattr(default, name), **getattr(told, name)}
        for name in ("walls", "verdicts", "verdicts_one", "verdicts_many")
    }
    _check_places(told, path)
    return msgspec.structs.replace(told, **merged)


def _check_places(words: Words, path: Path) -> None:
    """A text must have its `{}` as often as the English one has, and no other braces."""
    for (name, text), (_, english) in zip(_texts(words), _texts(Words()), strict=True):
        wanted = english.count("{}")
        if text.count("{}") != wanted or set(text.replace("{}", "")) & set("{}"):
            raise CourseError(path, f"found {text!r}; wanted {wanted} places {{}}", where=name)


def _texts(words: Words) -> list[tuple[str, str]]:
    """List the plain texts by field name."""
    values = [(name, getattr(words, name)) for name in words.__struct_fields__]
    return [(name, value) for name, value in values if isinstance(value, str)]
