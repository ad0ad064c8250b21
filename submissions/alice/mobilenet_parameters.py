"""Questions 5.1 and 5.2 for any sizes."""


def separable_parameters(Cin, Cout, K, bias):
    b = 1 if bias else 0
    dw = Cin * (K * K + b)
    pw = Cout * (Cin + b)
    return dw, pw, dw + pw, Cout * (Cin * K * K + b)


def inverted_parameters(Cin, Cout, t, K, bias):
    b = 1 if bias else 0
    hidden = t * Cin
    expand = hidden * (Cin + b)
    dw = hidden * (K * K + b)
    project = Cout * (hidden + b)
    return expand, dw, project, expand + dw + project
