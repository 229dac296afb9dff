"""Marked differences: right on words, items, cells and rows; both texts can be read back from them."""

import re
from html import unescape
from itertools import pairwise

import html5lib
import pytest
from django.utils.safestring import SafeString

from programme.differences import differs, marked_differences
from programme.richtext import blocks, canonical
from tests.synthetic import edited, real_texts, texts


def read(html, without=""):
    """Return the text without white space, and without what stands in one of the marks."""
    if without:
        html = re.sub(rf"<{without}>.*?</{without}>", "", html)
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def assert_tells_both(old, new):
    html = marked_differences(old, new)
    assert read(html, without="del") == read(new)
    assert read(html, without="ins") == read(old)
    # A browser, which moves what stands where it may not, would leave it as it is.
    parsed = html5lib.parseFragment(html, namespaceHTMLElements=False)
    again = html5lib.serialize(parsed, omit_optional_tags=False, quote_attr_values="always")
    assert unescape(again) == unescape(html)


def table(*rows):
    cells = ("".join(f"<td><p>{cell}</p></td>" for cell in row) for row in rows)
    return "<table><tbody>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</tbody></table>"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<p>een twee drie</p>", "<p>een vier drie</p>", "<p>een <del>twee</del> <ins>vier</ins> drie</p>"),
        ("", "<p>een</p>", "<p><ins>een</ins></p>"),
        ("<p>een</p>", "", "<p><del>een</del></p>"),
        ("<p>een</p>", "<p>een</p><p>twee</p>", "<p>een</p><p><ins>twee</ins></p>"),
        (
            "<ul><li>een</li><li>drie</li></ul>",
            "<ul><li>een</li><li>twee</li><li>drie</li></ul>",
            "<ul><li><p>een</p></li><li><p><ins>twee</ins></p></li><li><p>drie</p></li></ul>",
        ),
        (table("ab", "cd"), table("ab", "cx"), table("ab", ["c", "<del>d</del><ins>x</ins>"])),
        (table("ab"), table("ab", "cd"), table("ab", ["<ins>c</ins>", "<ins>d</ins>"])),
        (
            '<p>zie <a href="https://a.nl/">hier</a></p>',
            '<p>zie <a href="https://b.nl/">hier</a></p>',
            '<p>zie <del><a href="https://a.nl/">hier</a></del><ins><a href="https://b.nl/">hier</a></ins></p>',
        ),
        (
            "<p>een twee drie</p><p>vier</p>",
            "<p>vooraf</p><p>een twee drie erbij</p><p>achteraf</p>",
            "<p><ins>vooraf</ins></p><p>een twee drie <ins>erbij</ins></p><p><del>vier</del><ins>achteraf</ins></p>",
        ),
        ("<p>R&amp;D &lt;5</p>", "<p>R&amp;D &lt;6</p>", "<p>R&amp;D <del>&lt;5</del> <ins>&lt;6</ins></p>"),
    ],
)
def test_marked_differences_marks_what_changed_where_it_stands(old, new, expected):
    assert marked_differences(old, new) == expected


def test_marked_differences_leaves_the_same_text_unmarked():
    html = "<p>een <strong>twee</strong></p>" + table("ab")
    assert marked_differences(html, html) == html
    assert not differs(html, html)


def test_differs_sees_marks_and_not_spelling():
    assert differs("<p>een</p>", "<p><strong>een</strong></p>")
    assert not differs("<p>een</p>", "<p>een\n</p>")


def test_marked_differences_is_safe_html():
    html = marked_differences("<p>een</p>", "<p>een<img src=x onerror=alert(1)></p><script>alert(1)</script>")
    assert isinstance(html, SafeString)
    assert html == "<p>een</p>"


def test_marked_differences_replaces_the_whole_where_words_would_get_lost(monkeypatch):
    monkeypatch.setattr("htmldiff2.StreamDiffer.mark_text", lambda *arguments: None)
    assert (
        marked_differences("<p>een twee</p>", "<p>een drie</p>")
        == "<p><del>een twee</del></p><p><ins>een drie</ins></p>"
    )


@pytest.mark.parametrize("source", [texts, real_texts], ids=["synthetic", "real"])
def test_marked_differences_tells_an_edited_text_and_the_one_before(source):
    long_texts = [html for html in source() if len(blocks(html)) > 2]
    for seed, html in enumerate(long_texts[:100]):
        assert_tells_both(canonical(html), "".join(edited(blocks(html), seed)))


@pytest.mark.parametrize("source", [texts, real_texts], ids=["synthetic", "real"])
def test_marked_differences_tells_two_texts_that_have_nothing_in_common(source):
    canonicals = [canonical(html) for html in source()[:100]]
    for old, new in pairwise(canonicals):
        assert_tells_both(old, new)


@pytest.mark.parametrize(
    ("block", "times"), [("<p>aan de slag met {}</p>", 900), ("<p>{}</p>", 2700), ("<p>a</p><p>{}</p>", 1300)]
)
def test_long_texts_that_are_alike_everywhere_are_told_too(block, times):
    """Without a bound each of these would keep a page waiting for half a minute."""
    old, new = ("".join(block.format(n) for n in range(first, first + times)) for first in (0, times))

    assert_tells_both(old, new)
