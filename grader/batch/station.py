"""A station: a process with warm walls that grades one submission after the other.

Started as `python -m grader.batch.station`; speaks in frames over one stream and ends when the
stream does, in the middle of a submission too, so nothing is left of it when the judge is killed.
Packs records as the gradebook keeps them and never opens one; knows of no other station.
"""

import os
import select
import shutil
import socket
import sys
import threading
import time
from pathlib import Path

from grader.batch.setup import (
    DONE,
    READY,
    REFUSED,
    SETUP,
    SUBMISSION,
    Done,
    Ready,
    Setup,
    Stages,
    trouble_of,
)
from grader.errors import GraderError
from grader.gradebook import packed
from grader.grading import Grading, grade_timed
from grader.model import Report, Verdict, decode, encode
from grader.report import write_report
from grader.sandbox import OUT_OF_CLOCK, Sandbox
from grader.student.frames import StreamEndedError, frame, read_frame
from grader.submission import Submission


class Station:
    """Grades with one sandbox, which stays warm from one submission to the next."""

    def __init__(self, setup: Setup, scratch: Path, sandbox: Sandbox) -> None:
        """Lay the course's files out below `scratch`, for this process alone."""
        self._setup, self._scratch, self._sandbox = setup, scratch, sandbox
        self._grading = Grading(
            assignment=setup.assignment,
            expected=setup.expected,
            public=_laid_out(scratch / "problems", setup.public, ".yaml"),
            private=_laid_out(scratch / "solutions", setup.private, ".py"),
        )
        self._templates = scratch / "templates"
        self._templates.mkdir()
        for name, data in setup.templates.items():
            (self._templates / name).write_bytes(data)

    @property
    def ready(self) -> Ready:
        """What holds student code in here."""
        return Ready(walls=self._sandbox.walls, walls_note=self._sandbox.walls_note)

    def graded(self, submission: Submission) -> Done:
        """Grade a submission; whatever goes wrong is told, and never costs the student a mark."""
        began = time.perf_counter()
        try:
            report, cpu_s = grade_timed(submission, self._grading, self._sandbox)
            judged = time.perf_counter()
            pages = self._render(report)
            rendered = time.perf_counter()
            record = packed(report)
        except Exception as error:  # noqa: BLE001  # one submission must not end the whole class
            seconds = time.perf_counter() - began
            return Done(student=submission.student, trouble=trouble_of(error), seconds=seconds)
        ended = time.perf_counter()
        return Done(
            student=submission.student,
            record=record,
            pages=pages,
            ran_out_of_clock=_ran_out_of_clock(report),
            cpu_s=cpu_s,
            seconds=ended - began,
            stages=Stages(grade=judged - began, render=rendered - judged, pack=ended - rendered),
            peak_mib=_peak_mib(),
        )

    def _render(self, report: Report) -> dict[str, bytes]:
        """Write the pages in their place, or give them back where that is on another machine."""
        is_here = bool(self._setup.reports)
        root = Path(self._setup.reports) if is_here else self._scratch / "reports"
        folder = root / report.assignment / report.student
        write_report(
            report,
            problems=self._setup.assignment.problems,
            folder=folder,
            templates=(self._templates,),
            cache=Path(self._setup.cache or self._scratch / "pages"),
        )
        if is_here:
            return {}
        pages = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        for name in pages:
            (folder / name).unlink()
        return pages


def _ran_out_of_clock(report: Report) -> bool:
    tests = (test for part in report.parts for test in part.tests)
    return any(t.verdict is Verdict.TIMED_OUT and t.reason == OUT_OF_CLOCK for t in tests)


def serve(stream: socket.socket, scratch: Path) -> None:
    """Answer the judge until it closes the stream."""
    kind, payload = read_frame(stream.recv)
    assert kind == SETUP
    setup = decode(payload, Setup)
    with Sandbox(walls=setup.walls) as sandbox:
        try:
            station = Station(setup, scratch, sandbox)
            stream.sendall(frame(READY, encode(station.ready)))
        except GraderError as error:
            stream.sendall(frame(REFUSED, str(error).encode()))
            return
        while True:
            kind, payload = read_frame(stream.recv)
            assert kind == SUBMISSION
            done = station.graded(decode(payload, Submission))
            stream.sendall(frame(DONE, encode(done)))


def _end_with_judge(stream: socket.socket, scratch: Path) -> None:
    """Wait until the judge is gone, then end at once: nobody wants the submission under way.

    The fork servers see their own streams end, and leave nothing behind.
    """
    poll = select.poll()
    poll.register(stream, getattr(select, "POLLRDHUP", 0))  # the end of a stream is told anyway
    poll.poll()
    shutil.rmtree(scratch, ignore_errors=True)  # it holds the solutions
    os._exit(0)


def _laid_out(folder: Path, files: dict[str, bytes], suffix: str) -> dict[str, Path]:
    folder.mkdir(mode=0o700)
    paths = {slug: folder / f"{slug.replace('-', '_')}{suffix}" for slug in files}
    for slug, path in paths.items():
        path.write_bytes(files[slug])
    return paths


def _peak_mib() -> float:
    """The most memory this process has had; 0 where the system does not say.

    `getrusage` would give the judge's as well: it counts from before the start of our program.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    peak = next((line for line in lines if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(peak.split()[1]) / 2**10


def main() -> None:
    """Serve on the stream and in the scratch folder that the judge names."""
    descriptor, scratch = sys.argv[1:]
    os.umask(0o077)
    with socket.socket(fileno=int(descriptor)) as stream:
        watch = threading.Thread(target=_end_with_judge, args=(stream, Path(scratch)), daemon=True)
        watch.start()
        try:
            serve(stream, Path(scratch))
        except (StreamEndedError, OSError):
            return  # the judge has closed the stream, or is gone
        finally:
            shutil.rmtree(scratch, ignore_errors=True)  # it holds the solutions


if __name__ == "__main__":
    main()
