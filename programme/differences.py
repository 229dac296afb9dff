"""Differences between two rich texts, marked in the text itself with <ins> and <del>."""

import difflib
import re
from html import unescape

import htmldiff2
import nh3
from django.utils.safestring import SafeString, mark_safe

from .richtext import ALLOWED, blocks

_CLEANER = nh3.Cleaner(**ALLOWED | {"tags": ALLOWED["tags"] | {"ins", "del"}})
_EMPTY_MARK = re.compile(r"<(ins|del)></\1>")
# What htmldiff2 makes of a link with another address.
_MOVED_LINK = re.compile(r'<a href="([^"]*)" class="tagdiff_replaced" data-old-href="([^"]*)">([^<]*)</a>')


def differs(old: str, new: str) -> bool:
    """Say whether two rich texts differ in anything: a word, a mark, a cell."""
    return blocks(old) != blocks(new)


def marked_differences(old: str, new: str) -> SafeString:
    """Return the new text as safe HTML with what was added in <ins> and what was taken out in <del>.

    Whole blocks are compared first and words only within blocks that changed, which keeps long texts quick. Without
    the <del>s the text is that of `new`, without the <ins>s that of `old`. A block that moved is taken out and added;
    a change of bold or italic marks the rest of its sentence.
    """
    before, after = blocks(old), blocks(new)
    html = []
    for change, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        html.append(
            "".join(after[j1:j2]) if change == "equal" else _marked("".join(before[i1:i2]), "".join(after[j1:j2]))
        )
    return mark_safe("".join(html))  # noqa: S308 (blocks and _marked are cleaned by nh3)


def _marked(old: str, new: str) -> str:
    html = _render(old, new)
    # htmldiff2 is a heuristic. Where it would show a word twice or not at all, all of it is shown as replaced.
    if _characters(html, "del") != _characters(new) or _characters(html, "ins") != _characters(old):
        return _render(old, "") + _render("", new)
    return html


def _render(old: str, new: str) -> str:
    html = htmldiff2.render_html_diff(old, new, wrapper_class=None).removeprefix("<div>").removesuffix("</div>")
    html = _MOVED_LINK.sub(r'<del><a href="\2">\3</a></del><ins><a href="\1">\3</a></ins>', html)
    return _EMPTY_MARK.sub("", _CLEANER.clean(html))


def _characters(html: str, without: str = "") -> str:
    """Return the text without white space, and without what stands in one of the marks."""
    if without:
        html = re.sub(rf"<{without}>.*?</{without}>", "", html, flags=re.DOTALL)
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())
