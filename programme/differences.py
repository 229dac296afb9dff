"""Differences between two versions: of a field in words, of a rich text marked in it with <ins> and <del>."""

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from html import unescape

import htmldiff2
import nh3
from django.utils.safestring import SafeString, mark_safe

from .richtext import ALLOWED, blocks

_CLEANER = nh3.Cleaner(**ALLOWED | {"tags": ALLOWED["tags"] | {"ins", "del"}})
ALIKE = 0.5
"""From which part of their words in common, from 0 to 1, two blocks count as versions of each other."""

MOST_PAIRS = 10_000

_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")
_EMPTY_MARK = re.compile(r"<(ins|del)></\1>")
# What htmldiff2 makes of a link with another address.
_MOVED_LINK = re.compile(r'<a href="([^"]*)" class="tagdiff_replaced" data-old-href="([^"]*)">([^<]*)</a>')


@dataclass(frozen=True)
class Difference:
    """Two versions of one field in words: what is stored now, and what was typed; `marked` what differs in a text."""

    label: str
    stored: str
    typed: str
    marked: SafeString | None = None


def differs(old: str, new: str) -> bool:
    """Say whether two rich texts differ in anything: a word, a mark, a cell."""
    return blocks(old) != blocks(new)


def marked_differences(old: str, new: str) -> SafeString:
    """Return the new text as safe HTML with what was added in <ins> and what was taken out in <del>.

    Whole blocks are compared first and words only within a block and its new version, which keeps long texts quick.
    Without the <del>s the text is that of `new`, without the <ins>s that of `old`. A block that moved is taken out and
    added; a change of bold or italic marks the rest of its sentence.
    """
    before, after = blocks(old), blocks(new)
    html: list[str] = []
    for change, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after).get_opcodes():
        html += after[j1:j2] if change == "equal" else _replaced(before[i1:i2], after[j1:j2])
    return mark_safe("".join(html))  # noqa: S308 (blocks and _marked are cleaned by nh3)


def _replaced(before: list[str], after: list[str]) -> list[str]:
    """Mark a run of blocks that changed: a block and its new version against each other, and what lies between them.

    Without this, a paragraph that was put in front would be taken for the new version of the one that follows it.
    """
    html, i, j = [], 0, 0
    for k, m in [*_versions(before, after), (len(before), len(after))]:
        if i < k or j < m:
            html.append(_marked("".join(before[i:k]), "".join(after[j:m])))
        html += [_marked(old, new) for old, new in zip(before[k : k + 1], after[m : m + 1], strict=True)]
        i, j = k + 1, m + 1
    return html


def _versions(before: list[str], after: list[str]) -> list[tuple[int, int]]:
    """Return which block became which, in order: the pairs that share most words, none across another.

    Of more pairs than MOST_PAIRS none is tried: a run that long was written anew.
    """
    if len(before) * len(after) > MOST_PAIRS:
        return []
    words_before, words_after = (
        [Counter(_WORD.findall(_TAG.sub(" ", block))) for block in side] for side in (before, after)
    )
    candidates = []
    for i, old in enumerate(words_before):
        for j, new in enumerate(words_after):
            total = old.total() + new.total()
            likeness = 2 * (old & new).total() / total if total else 0
            if likeness >= ALIKE:
                candidates.append((likeness, i, j))
    pairs = []
    for _, i, j in sorted(candidates, reverse=True):
        if all((i - k) * (j - m) > 0 for k, m in pairs):
            pairs.append((i, j))
    return sorted(pairs)


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
    return "".join(unescape(_TAG.sub("", html)).split())
