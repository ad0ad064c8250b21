"""Proves parts and problems, on as many cores as are given.

Decides which check runs when; what each looks at stands in its own module.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

from msgspec.structs import replace

from grader.authoring import PartSolution, Solution
from grader.course import load_problem
from grader.errors import ProblemError
from grader.expected import Secrets, compute_expected, load_solution, public_part, public_texts
from grader.model import ExpectedPart, NumberedPart, Part, Problem, Record
from grader.verify import checks
from grader.verify.bench import Bench
from grader.verify.killing import killed_and_alive
from grader.verify.records import Asked, Finding, PartProof, ProblemProof
from grader.verify.ties import public_ties

MOST_EQUIVALENT = 0.1
"""The share of a problem's mutants that may be listed as equivalent."""
_ORACLE_S = 30.0
"""For how long the further draws of a part are held against its oracle."""
_NUMBERS = re.compile(r"-?\d[\d.e+-]*")
"""What differs from draw to draw in two sentences that tell the same."""
_SHARE_OF_TIME = 0.1
"""The part of the time limit that the reference may need for all its cases."""


class Subject(Record, frozen=True, kw_only=True):
    """One part to be proven, as another process can find it."""

    public: Path
    private: Path
    part: str


def provable(public: Path, private: Path) -> tuple[Problem, list[Subject]]:
    """A problem, and its parts as subjects.

    Raises:
        ProblemError: a file is broken.
    """
    problem = load_problem(public)
    names = [part.name for part in problem.parts]
    return problem, [Subject(public=public, private=private, part=name) for name in names]


def prove(
    files: Iterable[tuple[Path, Path]],
    asked: Asked,
    *,
    processes: int,
    progress: Callable[[str], None],
) -> Iterator[ProblemProof]:
    """Prove problems, given by their public and private files; in order.

    Args:
        progress: told each part's id when it is done.
    """
    files = list(files)
    results: dict[tuple[Path, str], PartProof] = {}
    loaded = [_loaded(public, private) for public, private in files]
    subjects = [subject for _, found, _ in loaded for subject in found]
    for subject, proof in _proofs(subjects, asked, processes):
        results[subject.public, subject.part] = proof
        progress(proof.id)
    for (public, private), (problem, found, findings) in zip(files, loaded, strict=True):
        parts = tuple(results[public, subject.part] for subject in found)
        yield ProblemProof(
            slug=public.parent.name,
            title=problem.title if problem else public.parent.name,
            parts=parts,
            lines=_lines(public) + _lines(private),
            seconds=sum(part.seconds for part in parts),
            findings=(*findings, *_too_many_equivalent(parts)),
        )


def prove_part(subject: Subject, asked: Asked) -> PartProof:
    """Prove one part; what is broken in it becomes a finding."""
    began = time.perf_counter()
    problem = load_problem(subject.public)
    part = next(part for part in problem.parts if part.name == subject.part)
    try:
        solution = load_solution(subject.private, problem)
        proof = _Proof(problem, part, solution, subject.private, asked).proven()
    except ProblemError as error:
        proof = PartProof(
            id=part.id, kind=part.kind, marks=part.marks, is_broken=True, findings=_broken(error)
        )
    return replace(proof, seconds=time.perf_counter() - began)


def _loaded(
    public: Path, private: Path
) -> tuple[Problem | None, list[Subject], tuple[Finding, ...]]:
    try:
        problem, subjects = provable(public, private)
        load_solution(private, problem)
    except ProblemError as error:
        return None, [], _broken(error)
    return problem, subjects, ()


def _broken(error: ProblemError) -> tuple[Finding, ...]:
    return (Finding(check="broken", sentence=str(error)),)


def _proofs(
    subjects: list[Subject], asked: Asked, processes: int
) -> Iterator[tuple[Subject, PartProof]]:
    if processes <= 1:
        for subject in subjects:
            yield subject, prove_part(subject, asked)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        futures: dict[Future[PartProof], Subject] = {
            pool.submit(prove_part, subject, asked): subject for subject in subjects
        }
        for future in as_completed(futures):
            yield futures[future], future.result()


def _too_many_equivalent(parts: Iterable[PartProof]) -> Iterator[Finding]:
    """At most one mutant in ten may be listed as equivalent, where all of a problem were tried."""
    mutants = [part.mutants for part in parts]
    tried = sum(m.killed + m.equivalent + len(m.alive) for m in mutants)
    listed, possible = sum(m.equivalent for m in mutants), sum(m.possible for m in mutants)
    if tried == possible and listed > MOST_EQUIVALENT * possible:
        sentence = f"{listed} of {possible} mutants are listed as equivalent; a tenth may be"
        yield Finding(check="mutants", sentence=sentence)


def _lines(path: Path) -> int:
    try:
        return sum(bool(line.strip()) for line in path.read_bytes().splitlines())
    except OSError:
        return 0


class _Proof:
    """One part under proof."""

    def __init__(
        self, problem: Problem, part: Part, solution: Solution, path: Path, asked: Asked
    ) -> None:
        part = replace(part, marks=part.marks or Fraction(1))  # without marks it is proven, too
        self.part, self.solution, self.path, self.asked = part, solution, path, asked
        self.problem = problem
        self.alone = replace(problem, parts=(part,))
        self.declared: PartSolution = solution[part.name]
        self.numbered = NumberedPart(number=part.name, part=part)

    def proven(self) -> PartProof:
        """What all checks that were asked for find."""
        expected = self._expected(0)
        proof = PartProof(id=self.part.id, kind=self.part.kind, marks=self.part.marks)
        if self._is_asked("leaks"):
            proof = self._with(proof, self._leaks(expected))
        if self.part.kind == "choice":
            return replace(proof, chance=checks.chance(self.part))
        return self._computed(proof, expected) if self.part.kind == "computed" else proof

    def _computed(self, proof: PartProof, expected: ExpectedPart) -> PartProof:
        bench = self._bench(expected)
        proof = replace(
            proof,
            tests=len(expected.tests),
            cases=len(bench.cases),
            has_oracle=expected.has_oracle,
            oracle_error=expected.oracle_error,
            tolerance=expected.tolerance,
            noise32=max(o.noise32 for case in bench.cases for o in case.outputs),
        )
        if self._is_asked("oracle") and not expected.has_oracle:
            proof = self._with(
                proof, [Finding(check="oracle", sentence="there is no oracle", is_fault=False)]
            )
        proof = self._judged(proof, bench)
        if self._is_asked("time"):
            proof = self._with(proof, self._time(bench))
        if self._is_asked("seeds") and self.part.signature and self.part.signature.inputs:
            proof = self._with_seeds(proof)
        if self._is_asked("mutants"):
            mutants, findings = killed_and_alive(bench, self.asked.mutants, self._further)
            proof = self._with(replace(proof, mutants=mutants), findings)
        return proof

    def _judged(self, proof: PartProof, bench: Bench) -> PartProof:
        if self._is_asked("trivial"):
            share, findings = checks.trivial_answers(bench)
            proof = self._with(replace(proof, chance=share), findings)
        if self._is_asked("accepted"):
            right, of, noise, findings = checks.right_answers(bench)
            noise = max(noise, bench.expected.oracle_error)
            proof = self._with(
                replace(proof, accepted=right, accepted_of=of, noise=noise),
                [*findings, *public_ties(bench)],
            )
        if self._is_asked("misconceptions", "margin"):
            wrongs, findings = checks.misconceptions(bench)
            proof = self._with(replace(proof, wrongs=wrongs), findings)
        if self._is_asked("oracle") and self.part.forward:
            proof = self._with(proof, self._forward(0))
        if self._is_asked("tests"):
            proof = self._with(proof, checks.tests_failed(bench))
        if self._is_asked("margin"):
            proof = self._with(proof, checks.margin(proof.noise, proof.tolerance))
        return proof

    def _leaks(self, expected: ExpectedPart) -> list[Finding]:
        """Hidden things in the statement, or in what is said to a wrong answer."""
        secrets = Secrets(self.problem, self.solution, [expected])
        public = "\n".join(public_texts(self.problem))
        texts = {"the statement": public}
        texts |= {f"the sentence of {w.name!r}": w.say for w in self.declared.wrongs}
        texts |= {f"the sentence of the claim {e.id!r}": e.say for e in self.declared.experiments}
        texts |= {f"what is carried to {c.output!r}": c.say for c in self.declared.carries}
        found = [(where, told) for where, text in texts.items() for told in secrets.found_in(text)]
        found += [("the statement", told) for told in secrets.rubric_in(public, of=self.part.id)]
        return [Finding(check="leaks", sentence=f"in {where}: {told}") for where, told in found]

    def _time(self, bench: Bench) -> list[Finding]:
        reference = self.declared.reference_function
        assert reference is not None
        answer = bench.called(reference)
        began = time.process_time()
        for case in bench.cases:
            answer(case)
        spent, allowed = time.process_time() - began, self.part.cpu_s * _SHARE_OF_TIME
        if spent <= allowed:
            return []
        return [
            Finding(check="time", sentence=f"the reference takes {spent:.2f} s of {allowed:.2f} s")
        ]

    def _with_seeds(self, proof: PartProof) -> PartProof:
        """The judged checks on further draws; what is found once more is told once."""
        found: dict[str, tuple[str, list[int]]] = {}
        known = {_NUMBERS.sub("", finding.sentence) for finding in proof.findings}
        oracle_error, began, asked = proof.oracle_error, time.process_time(), 1
        for seed in range(1, self.asked.seeds):
            is_patient = time.process_time() - began < _ORACLE_S
            try:
                expected = self._expected(seed, asks_oracle=is_patient)
            except ProblemError as error:
                faults = [str(error)]
            else:
                asked += is_patient
                oracle_error = max(oracle_error, expected.oracle_error)
                drawn = self._on_a_draw(self._bench(expected), seed)
                faults = [finding.sentence for finding in drawn if finding.is_fault]
            for sentence in faults:
                found.setdefault(_NUMBERS.sub("", sentence), (sentence, []))[1].append(seed)
        findings = [
            Finding(check="seeds", sentence=f"{sentence} (seeds {', '.join(map(str, seeds))})")
            for key, (sentence, seeds) in found.items()
            if key not in known
        ]
        if proof.has_oracle and not found and asked < self.asked.seeds:
            told = f"there was time to ask the oracle on {asked} of {self.asked.seeds} draws"
            findings.append(Finding(check="oracle", sentence=told, is_fault=False))
        proof = replace(proof, seeds=self.asked.seeds, oracle_error=oracle_error)
        return self._with(proof, findings)

    def _on_a_draw(self, bench: Bench, seed: int) -> Iterator[Finding]:
        yield from checks.right_answers(bench)[-1]
        yield from checks.misconceptions(bench)[-1]
        yield from checks.trivial_answers(bench)[-1]
        if self.part.forward:
            yield from self._forward(seed)

    def _forward(self, seed: int) -> list[Finding]:
        """Whether the reference passes what students can check by themselves."""
        public = self._bench(public_part(self.part, seed=seed))
        return checks.forward_agrees(public)

    def _further(self, seed: int) -> Bench:
        """A bench on another draw of the random cases."""
        return self._bench(self._expected(seed, asks_oracle=False))

    def _bench(self, expected: ExpectedPart) -> Bench:
        return Bench(self.numbered, self.declared, expected, self.path)

    def _expected(self, seed: int, *, asks_oracle: bool = True) -> ExpectedPart:
        (expected,) = compute_expected(
            self.alone, self.solution, self.path, seed=seed, asks_oracle=asks_oracle
        )
        return expected

    def _is_asked(self, *names: str) -> bool:
        return not self.asked.checks.isdisjoint(names)

    def _with(self, proof: PartProof, findings: Iterable[Finding]) -> PartProof:
        return replace(proof, findings=(*proof.findings, *findings))
