"""The tiny course with an oracle in numpy, so that proofs need no torch; and edits of it."""

from tests import tiny

ORACLE = """\
@backward.oracle
def second(dy, x, W):
    return np.einsum("nm,dm->nd", dy, W), np.einsum("nd,nm->dm", x, dy)
"""
_FORWARD = """\
@backward.oracle_forward
def forward(x, W):
    return x @ W
"""


def write(root, *, solution=(), problem=()):
    """A course below `root`, with pairs of old and new text replaced in the two files."""
    tiny.write_course(root)
    private, public = root / "solutions/affine.py", root / "problems/affine/problem.yaml"
    text = private.read_text(encoding="utf-8").replace(_FORWARD, ORACLE)
    text = text.replace("from grader.authoring", "import numpy as np\n\nfrom grader.authoring", 1)
    private.write_text(edited(text, solution), encoding="utf-8")
    public.write_text(edited(public.read_text(encoding="utf-8"), problem), encoding="utf-8")
    return root


def edited(text, edits):
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
