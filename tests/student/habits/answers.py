"""Numbers in variables: read as text, with the names in them that are plain numbers themselves."""

from typing import Any

from tests.documents.notebook import notebook
from tests.student.habits.habit import COUNT, SIZE, UNREADABLE, Habit, one


def counted(*cells: str, **expected: Any) -> Habit:
    """A notebook that answers the part on parameters."""
    return Habit({"hw.ipynb": notebook(*cells)}, COUNT, **expected)


HABITS = {
    "names of an earlier cell": counted(
        "depthwise = 3*3*3 + 3\npointwise = 3*128 + 128",
        "answer_6 = {'depthwise': depthwise, 'pointwise': pointwise, 'total': depthwise + pointwise}",
    ),
    "names of names": counted(
        "C_in, C_out, K = 3, 128, 3\nbias = True",
        "dw = C_in * K**2 + C_in\npw = (C_in + 1) * C_out",
        "total = dw\ntotal += pw",
        "answer_6 = dict(depthwise=dw, pointwise=pw, total=total)",
    ),
    "names that change later": counted(
        "n = 27\nn = n + 3",
        "answer_6_depthwise = n",
        "n = 512\nanswer_6_pointwise = n",
        "answer_6_total = 30 + n\nn = 0",
    ),
    "one by one": counted(
        "answer_6 = {}",
        "answer_6['depthwise'] = 30\nanswer_6['pointwise'] = 4 * 128",
        "answer_6['total'] = answer_6['depthwise'] + answer_6['pointwise']",
    ),
    "texts": counted(
        "answer_6 = {'depthwise': '3*9 + 3', 'pointwise': '512', 'total': '542'}",
    ),
    "a name that nothing explains": counted(
        "net = build()\ndepthwise = count(net)",
        "answer_6 = {'depthwise': depthwise, 'pointwise': 512, 'total': 542}",
        verdict=UNREADABLE,
        says=("depthwise",),
    ),
    "a name that a loop changes": counted(
        "total = 0\nfor n in (30, 512):\n    total += n",
        "answer_6 = {'depthwise': 30, 'pointwise': 512, 'total': total}",
        verdict=UNREADABLE,
        says=("total",),
    ),
    "in a Python file": one(
        """
        dw = 27 + 3
        pw = 512
        answer_6 = [dw, pw, dw + pw]
        """,
        COUNT,
    ),
    "the inputs are not looked up": Habit(
        {
            "hw.ipynb": notebook(
                "I = 32\nK = 3\nP = 1", "k_half = K - 1", "answer_4 = I + 2*P - k_half"
            )
        },
        SIZE,
        readings=("I + 2 * P - (K - 1)",),
    ),
    "a formula in quotes": Habit({"hw.ipynb": notebook("answer_4 = 'I + 2P - K + 1'")}, SIZE),
    "a function of no inputs": one("def parameters():\n    return 30, 512, 542\n", COUNT),
}
