"""Small jobs for the tests of the sandbox."""

from grader.sandbox import Sandbox, TestOutcome
from grader.student.packing import Value, pack, unpack
from grader.student.signature import parse_signature
from grader.student.wire import (
    FormulaAnswer,
    FunctionAnswer,
    Job,
    Notation,
    Place,
    Raised,
    Returned,
    Source,
    Task,
    TestInputs,
)


def sources(files: dict[str, str | bytes]) -> tuple[Source, ...]:
    return tuple(
        Source(path=path, data=text if isinstance(text, bytes) else text.encode())
        for path, text in files.items()
    )


def task(
    inputs: tuple[Value, ...] = (0.0, 1.0),
    *,
    signature: str = "f(x) -> y",
    file: str = "a.py",
    cpu_s: float = 1.0,
    imports: tuple[str, ...] = ("numpy",),
) -> Task:
    """One test with one case for each input."""
    tests = tuple(TestInputs(cases=((pack(x),),)) for x in inputs)
    return Task(
        part="a/b",
        signature=parse_signature(signature),
        answer=FunctionAnswer(place=Place(file=file)),
        tests=tests,
        imports=imports,
        cpu_s=cpu_s,
    )


def formula_task(*texts: str, signature: str, inputs: Value, notation: Notation) -> Task:
    names = tuple(Place(file="answers.yaml") for _ in texts)
    answer = FormulaAnswer(texts=texts, places=names, notation=notation)
    case = tuple(map(pack, inputs))
    return Task(
        part="a/b",
        signature=parse_signature(signature),
        answer=answer,
        tests=(TestInputs(cases=(case,)),),
    )


def outcomes(sandbox: Sandbox, source: str, *tasks: Task) -> tuple[TestOutcome, ...]:
    """The outcomes of the first task's tests."""
    job = Job(sources=sources({"a.py": source}), tasks=tasks or (task(),))
    return sandbox.run(job)[0].tests


def values(tests: tuple[TestOutcome, ...]) -> list[Value]:
    """The value of each test's first case; the reason of one that did not run or raised."""
    return [_value(test) for test in tests]


def _value(test: TestOutcome) -> Value:
    if not test.cases:
        return test.reason
    result = test.cases[0].result
    assert isinstance(result, Returned | Raised)
    return unpack(result.value) if isinstance(result, Returned) else result.reason
