"""The gate for mathematics: MathML passes if it holds elements and attributes of an allow list.

Whoever printed it, it is parsed as XML and written anew from what is allowed; nothing that could
load, link, style or run survives. It must not know who asks.
"""

from html import escape
from xml.etree import ElementTree as ET

MAX_LENGTH = 200_000
MAX_DEPTH = 60

# MathML Core without `mglyph`, `maction`, `annotation-xml`, `semantics` and `mstyle`.
ELEMENTS = frozenset(
    (
        *("math", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot"),
        *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts"),
        *("mprescripts", "mtable", "mtr", "mtd", "mpadded", "mphantom", "merror"),
    )
)
ATTRIBUTES = {
    "math": frozenset({"display"}),
    "mi": frozenset({"mathvariant"}),
    "mo": frozenset(
        (
            *("form", "fence", "separator", "stretchy", "symmetric", "largeop"),
            *("movablelimits", "accent", "lspace", "rspace", "minsize", "maxsize"),
        )
    ),
    "mfrac": frozenset({"linethickness"}),
    "mover": frozenset({"accent"}),
    "munder": frozenset({"accentunder"}),
    "munderover": frozenset({"accent", "accentunder"}),
    "mtd": frozenset({"columnspan", "rowspan"}),
    "mspace": frozenset({"width"}),
}
_VALUE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+%")
# Containers that mean nothing by themselves: their children stay.
_TRANSPARENT = frozenset({"mstyle", "semantics"})


class MathError(ValueError):
    """The text is no MathML that may be shown."""


def allowed(mathml: str) -> str:
    """Write the MathML anew from the allow list.

    Raises:
        MathError: it is not well-formed XML, too large, or holds an element that is not allowed.
    """
    if len(mathml) > MAX_LENGTH or "<!" in mathml or "<?" in mathml:
        raise MathError("too large, or holds a declaration")
    try:
        root = ET.fromstring(mathml)  # noqa: S314  # declarations, and so entities, are refused above
    except (ET.ParseError, ValueError, UnicodeError) as error:
        raise MathError(f"not well-formed: {error}") from error
    if _name(root) != "math":
        raise MathError(f"found <{_name(root)}> where <math> was wanted")
    return "".join(_pieces(root, 0))


def _pieces(element: ET.Element, depth: int) -> list[str]:
    name = _name(element)
    if depth > MAX_DEPTH:
        raise MathError("nested too deep")
    inside = [escape(element.text or "", quote=False)]
    for child in element:
        inside += _pieces(child, depth + 1)
        inside.append(escape(child.tail or "", quote=False))
    if name in _TRANSPARENT:
        return ["<mrow>", *inside, "</mrow>"]
    if name not in ELEMENTS:
        raise MathError(f"the element <{name}> is not allowed")
    known = ATTRIBUTES.get(name, frozenset())
    attributes = [
        f' {key}="{value}"'
        for key, value in element.attrib.items()
        if key in known and _VALUE.issuperset(value)
    ]
    return [f"<{name}{''.join(attributes)}>", *inside, f"</{name}>"]


def _name(element: ET.Element) -> str:
    """Give the element's name without the namespace of MathML (a foreign one stays, and fails)."""
    return element.tag.removeprefix("{http://www.w3.org/1998/Math/MathML}")
