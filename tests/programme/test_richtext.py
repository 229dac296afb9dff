"""The canonical form: what the editor would write, the same the second time, and every word still there."""

from collections import Counter

import pytest
from django import forms
from django.core.exceptions import ValidationError

from programme.fields import RichTextFormField
from programme.richtext import (
    LIMIT,
    blocks,
    canonical,
    from_plain_text,
    plain_text,
    validate_length,
)
from tests.synthetic import misnested, real_texts, texts, words

CELLS = "<tr><td><p>a</p></td><td><p>b</p></td></tr>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # Paragraphs
        ("tekst", "<p>tekst</p>"),
        ("een<div>twee</div>drie", "<p>een</p><p>twee</p><p>drie</p>"),
        ("<p>een<p>twee", "<p>een</p><p>twee</p>"),
        ("<section><blockquote>een</blockquote></section>", "<p>een</p>"),
        ("<h2>Kop</h2>tekst", "<p><strong>Kop</strong></p><p>tekst</p>"),
        ("<dl><dt>een</dt><dd>twee</dd></dl>", "<p>een</p><p>twee</p>"),
        ("<p>een</p><p></p><p>twee</p>", "<p>een</p><p></p><p>twee</p>"),
        # White space and characters
        ("<p>  een \n twee\t</p>\n", "<p>een twee</p>"),
        ("<p>een <b> twee</b> </p>", "<p>een <strong>twee</strong></p>"),
        ("<p>een\xa0twee&nbsp;drie</p>", "<p>een&nbsp;twee&nbsp;drie</p>"),
        ("<p>een<br> twee<br></p>", "<p>een<br>twee<br></p>"),
        ("een\x00twee\x0bdrie&#11;vier\ud800", "<p>een twee drie vier</p>"),
        ('minder dan <5, R&D en "q" \'s', '<p>minder dan &lt;5, R&amp;D en "q" \'s</p>'),
        # Marks: link outside italic outside bold, and one mark for what belongs together
        ("<b>een</b> <i>twee</i> <u>drie</u>", "<p><strong>een</strong> <em>twee</em> drie</p>"),
        ("<b>een <i>twee</i></b>", "<p><strong>een </strong><em><strong>twee</strong></em></p>"),
        ("<b>een</b><strong> twee</strong>", "<p><strong>een twee</strong></p>"),
        ("<b>een<br>twee</b>", "<p><strong>een<br>twee</strong></p>"),
        (
            "<b><a href='https://a.nl/?b=1&c=2'>een</a></b>",
            '<p><a href="https://a.nl/?b=1&amp;c=2"><strong>een</strong></a></p>',
        ),
        ("<a href='mailto:a@b.nl' target='_blank' rel='x' title='y'>een</a>", '<p><a href="mailto:a@b.nl">een</a></p>'),
        # Lists
        ("<ul><li>een<li>twee</ul>", "<ul><li><p>een</p></li><li><p>twee</p></li></ul>"),
        ("<ul><li>een<ul><li>twee</ul></ul>", "<ul><li><p>een</p><ul><li><p>twee</p></li></ul></li></ul>"),
        ("<ul><li>een</li><ol><li>twee</ol></ul>", "<ul><li><p>een</p><ol><li><p>twee</p></li></ol></li></ul>"),
        ("<ul><li><ul><li>een</ul></ul>", "<ul><li><p></p><ul><li><p>een</p></li></ul></li></ul>"),
        ("<ul>een<li>twee</ul>", "<ul><li><p>een</p></li><li><p>twee</p></li></ul>"),
        ("<ol start='3' type='a'><li>een</ol>", '<ol start="3"><li><p>een</p></li></ol>'),
        ("<ol start='1'><li>een</ol><ol start='x'><li>een</ol>", "<ol><li><p>een</p></li></ol>" * 2),
        ("<li>een</li><li>twee</li>", "<ul><li><p>een</p></li><li><p>twee</p></li></ul>"),
        ("een<ul></ul>", "<p>een</p>"),
        # Tables
        ("<table><tr><td>a<td>b</table>", f"<table><tbody>{CELLS}</tbody></table>"),
        (
            "<table><caption>Kop</caption><thead><tr><th scope='col' colspan='2' width='9'>een</th></tr></thead>"
            "<tbody><tr><td rowspan='2' style='x'></td><td colspan='1'><ul><li>a</ul></td></tr></tbody></table>",
            '<p>Kop</p><table><tbody><tr><th colspan="2" scope="col"><p>een</p></th></tr>'
            '<tr><td rowspan="2"><p></p></td><td><ul><li><p>a</p></li></ul></td></tr></tbody></table>',
        ),
        ("<table>los<tr><td>a<td>b</table>", f"<p>los</p><table><tbody>{CELLS}</tbody></table>"),
        ("<td>a</td><td>b</td>", "<p>a</p><p>b</p>"),
        (
            "<table><tr><td><table><tr><td>a<td>b</table></table>",
            f"<table><tbody><tr><td><table><tbody>{CELLS}</tbody></table></td></tr></tbody></table>",
        ),
    ],
)
def test_canonical_takes_the_nearest_form(html, expected):
    assert canonical(html) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize("html", ["", "  \n", "<p></p>", "<p>&nbsp;</p><p><br></p>", "<div><b> </b></div>"])
def test_canonical_of_an_empty_text_is_the_empty_string(html):
    assert canonical(html) == ""


@pytest.mark.parametrize(
    "html",
    [
        "een<script>alert(1)</script>",
        "<p onclick='alert(1)' style='position:fixed'>een</p>",
        "<a href='javascript:alert(1)'>een</a>",
        "<a href=' java\nscript:alert(1)'>een</a>",
        "<a href='ftp://a.nl/'>een</a>",
        "<a href='tel:010'>een</a>",
        "<a href='/intern/'>een</a>",
        "<a href='//a.nl/'>een</a>",
        "<a href='https://[a'>een</a>",
        "<a>een</a>",
        "<img src=x onerror=alert(1)>een",
        "<style>p{}</style><title>t</title>een",
        "<!-- weg -->een",
    ],
)
def test_canonical_keeps_nothing_but_the_allow_list(html):
    assert canonical(html) == "<p>een</p>"


@pytest.mark.parametrize("source", [texts, real_texts], ids=["synthetic", "real"])
def test_canonical_keeps_every_word_of_whole_texts(source):
    for html in source():
        written = canonical(html)
        assert Counter(words(written)) == Counter(words(html))
        assert canonical(written) == written
        assert "".join(blocks(html)) == written


@pytest.mark.parametrize("seed", range(200))
def test_canonical_keeps_every_word_of_broken_html(seed):
    html = misnested(seed)
    written = canonical(html)
    assert Counter(words(written)) == Counter(words(html))
    assert canonical(written) == written


@pytest.mark.parametrize("nested", ["<ul><li>", "<table><tr><td>", "<div>", "<b>", "<blockquote><ol><li><i>"])
def test_canonical_survives_deep_nesting(nested):
    written = canonical(nested * 5_000 + "een")
    assert words(written) == ["een"]
    assert canonical(written) == written


def test_plain_text_keeps_items_and_cells_apart():
    html = (
        "<p>Een <b>twee</b><br>drie</p><ul><li>vier<ol start='2'><li>vijf</li><li>zes</li></ol></li></ul>"
        f"<table>{CELLS}</table><p>R&amp;D&nbsp;&lt;5</p>"
    )
    assert plain_text(html).split("\n") == [
        *("Een twee", "drie", "- vier", "  2. vijf", "  3. zes"),
        *("a | b", "R&D <5"),
    ]


@pytest.mark.parametrize("source", [texts, real_texts], ids=["synthetic", "real"])
def test_plain_text_holds_every_word(source):
    for html in source():
        assert not Counter(words(html)) - Counter(plain_text(html).split())


def test_an_empty_table_is_kept():
    assert "<table>" in canonical("<table><tr><td></td></tr></table>")


def test_from_plain_text_makes_paragraphs_lists_and_line_breaks():
    text = "Een <5\r\ntwee\r\n\r\nDrie:\n- vier\n  en verder\n• vijf\n\n\n-6 is geen punt"
    assert from_plain_text(text) == (
        "<p>Een &lt;5<br>twee</p><p>Drie:</p><ul><li><p>vier<br>en verder</p></li><li><p>vijf</p></li></ul>"
        "<p>-6 is geen punt</p>"
    )
    assert from_plain_text(" \n ") == ""


def test_validate_length_says_how_long_and_how_long_it_may_be():
    validate_length("x" * LIMIT)
    with pytest.raises(ValidationError, match=r"30\.001 tekens.*hoogstens 30\.000"):
        validate_length("x" * (LIMIT + 1))


class TextForm(forms.Form):
    text = RichTextFormField(label="Tekst")


def test_the_field_cleans_to_the_canonical_form():
    form = TextForm({"text": "<h2>Kop</h2><script>x</script>"})
    assert form.is_valid()
    assert form.cleaned_data["text"] == "<p><strong>Kop</strong></p>"


def test_the_field_asks_for_words():
    assert TextForm({"text": "<p>&nbsp;</p>"}).has_error("text", "required")


def test_the_field_measures_the_canonical_form():
    assert TextForm({"text": f"<div style='{'x' * LIMIT}'>een</div>"}).is_valid()
    [error] = TextForm({"text": "&" * (LIMIT // 5)}).errors["text"]
    assert error == "Deze tekst is te lang: 30.007 tekens, de opmaak meegeteld. Er passen er hoogstens 30.000."


def test_the_field_sees_no_change_in_another_spelling_of_the_same_text():
    assert not TextForm({"text": "<p>een\n</p>"}, initial={"text": "<p>een</p>"}).has_changed()
    assert TextForm({"text": "<p>twee</p>"}, initial={"text": "<p>een</p>"}).has_changed()
