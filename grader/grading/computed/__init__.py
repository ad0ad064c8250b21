"""Judges functions, formulas and numbers: outcomes against expected values, test by test.

Replies are bound to the signature's outputs (`binding`) and make an answer (`answers`). It is seen
over the cases of each test (`cases`, `accepting`), explained over all of them (`explaining`) and
marked by output and test (`outputs`, `marking`); `parts` puts a part's result together. Knows
neither files nor the terminal.
"""

from grader.grading.computed.accepting import OwnCode
from grader.grading.computed.parts import judge_computed

__all__ = ["OwnCode", "judge_computed"]
