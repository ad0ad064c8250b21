"""Which characters and LaTeX commands a formula may hold, and what each stands for.

Tables only. What is not in them is refused by name, so that nothing is dropped or guessed: no
compatibility normalisation, which would turn ² into 2.
"""

import unicodedata

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda",
    "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi",
    "Ψ": "Psi", "Ω": "Omega", "ℓ": "ell",
}  # fmt: skip
GREEK_WORDS = frozenset(GREEK.values()) | {"eps"}
PRETTY = {
    word: sign for sign, word in GREEK.items() if sign not in "ϵϑµϕℓ"
}  # how a word is printed

# --- operators ----------------------------------------------------------------------------------

OPERATORS = {
    "+": "+", "-": "-", "−": "-", "–": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-", "＋": "+",
    "*": "·", "·": "·", "⋅": "·", "×": "·", "∗": "·", "•": "·", "∙": "·", "✕": "·", "＊": "·",
    "⊙": "⊙", "∘": "⊙", "◦": "⊙", "⨀": "⊙", "@": "@",
    "/": "/", "÷": "/", "∕": "/", "⁄": "/", "／": "/", "%": "%",
    "^": "^", "=": "=", "＝": "=", "≔": "=", "<": "<", ">": ">", "≤": "≤", "≥": "≥", "⩽": "≤",
    "⩾": "≥", "≠": "≠", "≈": "≈", "≃": "≈", ",": ",", ";": ";", "|": "|", "∣": "|", "_": "_",
    "'": "'", "′": "'", "’": "'", "&": "&", "∑": "∑", "∏": "∏", "√": "√", "∈": "∈",
    "…": "…", "⊤": "T", "ᵀ": "T", ":": ":",
}  # fmt: skip
LONG_OPERATORS = {
    "**": "^", "//": "//", "<=": "≤", ">=": "≥", "=>": "≥", "=<": "≤", "==": "==", "!=": "≠",
    "<>": "≠", ":=": "=", "~=": "≈", ".*": "⊙", "./": "/", ".^": "^",
}  # fmt: skip
LONG_OPERATORS.pop("=>")  # an arrow to some, "at least" to others
OPENING = {"(": "(", "[": "[", "{": "{", "⌊": "⌊", "⌈": "⌈", "（": "("}
CLOSING = {")": ")", "]": "]", "}": "}", "⌋": "⌋", "⌉": "⌉", "）": ")"}
PARTNER = {"(": ")", "[": "]", "{": "}", "font{": "}", "set{": "set}", "⌊": "⌋", "⌈": "⌉"}
SHOWN = {"font{": "{", "set{": "{", "set}": "}", "break": "new line", "T": "ᵀ"}

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱˡᵏʲᵗ", "0123456789+-()nilkjt", strict=True))
SUBSCRIPTS = dict(
    zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-()aehijklmnoprstuvx", strict=True)
)
FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8),
}  # fmt: skip
ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde"}
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u2061\u2062\u2063")
SPACES = frozenset((*" \t\r\u00a0\u202f\u205f\u3000", *map(chr, range(0x2000, 0x200B))))

# --- LaTeX --------------------------------------------------------------------------------------

COMMANDS = {
    "cdot": "·", "times": "·", "ast": "·", "bullet": "·", "odot": "⊙", "circ": "⊙", "div": "/",
    "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠",
    "neq": "≠", "lt": "<", "gt": ">", "approx": "≈", "simeq": "≈", "coloneqq": "=", "bmod": "%",
    "sum": "∑", "prod": "∏", "in": "∈", "prime": "'", "top": "T", "intercal": "T", "mid": "|",
    "vert": "|", "lvert": "|", "rvert": "|", "newline": "break", "mod": "%", "dots": "…",
    "ldots": "…", "cdots": "…", "land": "and", "wedge": "and", "lor": "or", "vee": "or",
}  # fmt: skip
COMMAND_BRACKETS = {
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lbrack": "[", "rbrack": "]",
    "lparen": "(", "rparen": ")", "lbrace": "set{", "rbrace": "set}",
}  # fmt: skip
COMMAND_LETTERS = {
    **{word: word for word in GREEK_WORDS if word.isalpha()},
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "ell": "ell",
    "varsigma": "sigma", "partial": "d", "nabla": "∇", "imath": "i", "jmath": "j",
    **{name: name for name in (
        "exp", "log", "ln", "max", "min", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
}  # fmt: skip
COMMAND_LETTERS.pop("eps")
FONTS = frozenset(
    [
        "text",
        "textrm",
        "textit",
        "textbf",
        "texttt",
        "mathrm",
        "mathit",
        "mathbf",
        "mathsf",
        "mathtt",
        "mathcal",
        "mathbb",
        "mathfrak",
        "operatorname",
        "boldsymbol",
        "bm",
        "mbox",
        "textnormal",
    ]
)
ACCENT_COMMANDS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
    "widetilde": "tilde",
}  # fmt: skip
FRACTION_COMMANDS = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
IGNORED_COMMANDS = frozenset(
    [
        "left",
        "right",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "Biggl",
        "Biggr",
        "displaystyle",
        "textstyle",
        "limits",
        "nolimits",
        "quad",
        "qquad",
        "enspace",
        "thinspace",
        "nonumber",
        "notag",
        "strut",
        "boxed",
        "mathstrut",
    ]
)
SYMBOL_COMMANDS = {
    ",": " ",
    ";": " ",
    ":": " ",
    "!": " ",
    " ": " ",
    ">": " ",
    "\\": "break",
    "|": "‖",
}
ENVIRONMENTS = frozenset(
    [
        "align",
        "align*",
        "aligned",
        "equation",
        "equation*",
        "split",
        "gather",
        "gather*",
        "gathered",
        "displaymath",
        "math",
        "eqnarray",
        "eqnarray*",
        "multline",
        "multline*",
    ]
)
CASES = frozenset({"cases", "dcases", "cases*", "dcases*"})


# Blocks of letters and digits that differ in their looks only: mathematical, full-width, others.
_LETTER_BLOCKS = ((0x1D400, 0x1D7FF), (0xFF21, 0xFF5A), (0x2100, 0x214F))
_DIGIT_BLOCKS = ((0x1D7CE, 0x1D7FF), (0xFF10, 0xFF19))


def _is_in(character: str, blocks: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in blocks)


def letter(character: str) -> str | None:
    """The key of a letter: itself for A to z, a word for a Greek one; None for everything else.

    Mathematical alphanumeric letters (𝐖, 𝑥, 𝛼) and full-width ones are the letters they show.
    """
    if character.isascii():
        return character if character.isalpha() else None
    if character in GREEK:
        return GREEK[character]
    if character in "∂∇":
        return "d" if character == "∂" else "∇"
    if _is_in(character, _LETTER_BLOCKS):
        plain = unicodedata.normalize("NFKC", character)
        if len(plain) == 1 and plain != character:
            return letter(plain)
    return None


def digit(character: str) -> str | None:
    """The ASCII digit that a character shows, full-width and mathematical ones included."""
    if character.isascii():
        return character if character.isdigit() else None
    if _is_in(character, _DIGIT_BLOCKS):
        return unicodedata.normalize("NFKC", character)
    return None


def described(character: str) -> str:
    """A character for a message: its code point and its name, never only its looks."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'a control character')}"
