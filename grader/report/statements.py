"""Statements: an author's Markdown with math becomes a safe piece of HTML.

Raw HTML in the Markdown is text, images are links, and mathematics is MathML that passed the gate
in `mathml`. What can not be set as mathematics is shown as its source. It must not know what the
text is for; the libraries are imported only when something has to be rendered anew.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from grader.report.mathml import allowed
from grader.report.taps import TapsError, draw

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Goes into the key of every rendered piece that is kept: raise it when the rendering changes.
VERSION = "3"

_ALIGNED = re.compile(r"\\(begin|end)\{(aligned|align|split|gathered)\}")
_LOWEST = 6


def rendered(markdown: str, *, highest: int = 3) -> str:
    """Render Markdown with `$inline$` and `$$display$$` math; headings start at level `highest`."""
    renderer = _renderer()
    tokens = renderer.parse(markdown)
    _lower_headings(tokens, highest)
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
    return str(renderer.renderer.render(tokens, renderer.options, {}))


def _renderer() -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    renderer = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    dollarmath_plugin(renderer, allow_labels=False, double_inline=True, renderer=_math)
    renderer.add_render_rule("table_open", _table_open)
    renderer.add_render_rule("table_close", _table_close)
    renderer.add_render_rule("link_open", _link_open)
    renderer.add_render_rule("fence", _fence)
    return renderer


def _lower_headings(tokens: "list[Token]", highest: int) -> None:
    """Number the heading levels that occur without gaps, below those of the page."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(highest + levels.index(token.tag), _LOWEST)}"


def _math(latex: str, options: Mapping[str, Any]) -> str:
    """Set one formula; the source itself where that is not possible."""
    from latex2mathml.converter import convert

    display = "block" if options.get("display_mode") else "inline"
    source = _ALIGNED.sub(r"\\\1{align*}", latex.strip())
    try:
        return allowed(convert(source, display=display))
    except Exception:  # noqa: BLE001  # MathError, or one of the converter's, which share no base
        return f"<code>{escape(latex.strip())}</code>"


# --- rules of the renderer: the library calls them as (renderer, tokens, index, options, env) ----


def _table_open(*_: object) -> str:
    return '<div class="scroll" role="group" aria-label="table" tabindex="0"><table>'


def _table_close(*_: object) -> str:
    return "</table></div>"


def _fence(renderer: Any, tokens: "list[Token]", index: int, options: Any, env: Any) -> str:
    """A fence of `taps` is drawn; one that can not be drawn is shown as it stands."""
    token = tokens[index]
    if token.info.strip() == "taps":
        try:
            return str(draw(token.content))
        except TapsError as error:
            return f"<pre>{escape(token.content)}{escape(str(error))}</pre>"
    return str(renderer.fence(tokens, index, options, env))


def _link_open(renderer: Any, tokens: "list[Token]", index: int, options: Any, env: Any) -> str:
    tokens[index].attrSet("rel", "noreferrer")
    return str(renderer.renderToken(tokens, index, options, env))
