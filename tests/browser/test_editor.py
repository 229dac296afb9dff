"""The text editor in Chromium, under the policy of the site: it writes the canonical form, typed and pasted."""

import re
from collections import Counter

import pytest
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path
from playwright.sync_api import expect

from programme.fields import RichTextFormField
from programme.richtext import canonical
from tests.synthetic import misnested, real_texts, texts, words

from . import axe, pasted
from .pasted import paste

PAGE = """
{% extends "base.html" %}
{% block title %}Voortgang{% endblock %}
{% block extra_head %}{{ media }}{% endblock %}
{% block content %}
  <h1>Voortgang</h1>
  {% if form.errors %}<a href="#id_first">Naar de eerste tekst</a>{% endif %}
  <form method="post" novalidate data-unsaved="{% if form.errors %}changed{% endif %}">
    {% include "components/put_back.html" only %}
    {% csrf_token %}
    {% for field in form %}{% include "components/field.html" with field=field only %}{% endfor %}
    <button class="utrecht-button">Bewaren</button>
  </form>
  <a href="/elders/">Elders</a>
{% endblock %}
"""

saved = {}


class TextForm(forms.Form):
    first = RichTextFormField(label="Eerste tekst", help_text="Wat is er bereikt?")
    second = RichTextFormField(label="Tweede tekst", required=False)
    remark = forms.CharField(label="Opmerking", required=False)


@login_not_required
def edit(request):
    form = TextForm(request.POST or None, initial=saved)
    if form.is_valid():
        saved.update(form.cleaned_data)
        return redirect("/bewaard/")
    context = {"form": form, "media": form.media.with_nonce(request.csp_nonce)}
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


@login_not_required
def elsewhere(request):
    return HttpResponse("<!DOCTYPE html><html lang='nl'><title>Elders</title><h1>Elders</h1></html>")


urlpatterns = [
    path("tekst/", edit),
    path("elders/", elsewhere),
    path("bewaard/", elsewhere),
]

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_editor(page, live_server):
    """open_editor(first, second): the page with two editors that hold these texts."""

    def open_editor(first="", second=""):
        saved.clear()
        saved.update(first=first, second=second)
        page.goto(f"{live_server.url}/tekst/")
        expect(page.get_by_role("toolbar")).to_have_count(2)
        return page.get_by_role("textbox", name="Eerste tekst")

    return open_editor


def save(page):
    page.get_by_role("button", name="Bewaren").click()
    page.wait_for_url("**/bewaard/")
    return saved["first"]


def written_by_editor(page, texts):
    """Return what the editor makes of each text when it opens it."""
    return page.evaluate(
        """async (texts) => {
            const { createEditor } = await import("django-prose-editor/configurable");
            const written = [];
            for (const text of texts) {
                const label = document.createElement("label");
                const textarea = document.querySelector("#id_second").cloneNode();
                textarea.id = label.htmlFor = "id_third";
                textarea.value = text;
                label.textContent = "Derde tekst";
                document.querySelector("form").append(label, textarea);
                const editor = await createEditor(textarea);
                written.push(editor.isEmpty ? "" : editor.getHTML());
                editor.destroy();
                label.remove();
                textarea.remove();
            }
            return written;
        }""",
        texts,
    )


# The canonical form


@pytest.mark.parametrize("source", [texts, real_texts], ids=["synthetic", "real"])
def test_the_editor_writes_the_canonical_form_of_every_text(open_editor, page, source):
    delivered = source()
    expected = [canonical(html) for html in delivered]
    open_editor()

    assert written_by_editor(page, expected) == expected
    # Of a text as delivered it writes the same; it only has no place for the caption of a table.
    without_caption = [html for html in delivered if "<caption" not in html]
    assert written_by_editor(page, without_caption) == [canonical(html) for html in without_caption]


def test_the_editor_writes_the_canonical_form_of_broken_html(open_editor, page):
    expected = [canonical(misnested(seed)) for seed in range(200)]
    open_editor()
    assert written_by_editor(page, expected) == expected


def test_a_text_that_nobody_touches_is_saved_as_it_was(open_editor, page):
    html = canonical(max(texts(), key=len))
    open_editor(html)
    assert save(page) == html


def test_what_is_typed_and_marked_by_keyboard_is_saved(open_editor, page):
    open_editor().focus()
    keyboard = page.keyboard
    keyboard.type("R&D <5 ")
    keyboard.press("Control+b")
    keyboard.type("vet")
    keyboard.press("Control+b")
    keyboard.press("Enter")
    keyboard.type("- een")
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.type("twee")
    html = "<p>R&amp;D &lt;5 <strong>vet</strong></p><ul><li><p>een</p><ul><li><p>twee</p></li></ul></li></ul>"
    assert save(page) == html
    assert canonical(html) == html


def test_a_table_is_made_by_keyboard_and_keeps_its_scope(open_editor, page):
    head = '<tr><th scope="col"><p>a</p></th></tr>'
    editor = open_editor(f"<table><tbody>{head}<tr><td><p>b</p></td></tr></tbody></table>")
    editor.get_by_text("b", exact=True).click()
    # The editor takes the place of the caret over from the browser a moment after the click.
    page.wait_for_function("document.activeElement.editor?.state.selection.$from.parent.textContent === 'b'")
    for name in ("Rij erbij", "Kolom erbij"):
        page.keyboard.press("Alt+F10")
        while page.evaluate("document.activeElement.textContent") != name:
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(editor).to_be_focused()
    assert save(page) == (
        '<table><tbody><tr><th scope="col"><p>a</p></th><th><p></p></th></tr>'
        "<tr><td><p>b</p></td><td><p></p></td></tr><tr><td><p></p></td><td><p></p></td></tr></tbody></table>"
    )


def test_a_new_table_has_a_head(open_editor, page):
    open_editor().focus()
    page.get_by_role("button", name="Tabel", exact=True).first.click()
    page.keyboard.type("Jaar")
    assert save(page).startswith("<table><tbody><tr><th><p>Jaar</p></th><th><p></p></th>")


@pytest.mark.parametrize(
    ("typed", "href"),
    [
        ("www.rotterdam.nl/zuid", "https://www.rotterdam.nl/zuid"),
        ("http://example.org/?a=1&b=2", "http://example.org/?a=1&amp;b=2"),
        ("iemand@example.org", "mailto:iemand@example.org"),
    ],
)
def test_a_link_is_made_changed_and_taken_away_by_keyboard(open_editor, page, typed, href):
    editor = open_editor("<p>hier</p>")
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Webadres of e-mailadres")).to_be_focused()
    page.keyboard.type("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(editor).to_be_focused()
    assert page.locator("#id_first").input_value() == f'<p><a href="{href}">hier</a></p>'

    page.keyboard.press("Control+k")
    page.get_by_role("button", name="Link weg").click()
    expect(page.locator("#id_first")).to_have_value("<p>hier</p>")


# By keyboard and by ear


def test_the_editor_is_accessible_in_every_state(open_editor, page):
    editor = open_editor(
        "<p>een</p><ul><li><p>twee</p></li></ul>" + canonical("<table><tr><th>a<td>b</table>"), "<p>x</p>"
    )
    axe.check(page)
    editor.get_by_text("twee").click()
    expect(page.get_by_role("button", name="Opsomming").first).to_have_attribute("aria-pressed", "true")
    axe.check(page)
    editor.get_by_text("b", exact=True).click()
    expect(page.get_by_role("button", name="Rij erbij")).to_be_visible()
    axe.check(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Link")).to_be_visible()
    axe.check(page)


def test_the_editing_area_has_a_name_a_description_a_language_and_spell_check(open_editor, page):
    editor = open_editor()
    expect(editor).to_have_accessible_description(
        "Wat is er bereikt? Alt+F10: naar de knoppen. Esc en daarna Tab: verder op de pagina."
    )
    expect(editor).to_have_attribute("aria-multiline", "true")
    expect(editor).to_have_attribute("lang", "nl")
    expect(editor).to_have_attribute("spellcheck", "true")
    expect(page.get_by_role("toolbar", name="Opmaak van Eerste tekst")).to_be_visible()
    page.locator("label[for=id_first]").click()
    expect(editor).to_be_focused()


def test_the_toolbar_is_one_stop_for_tab_and_the_arrows_go_round(open_editor, page):
    editor = open_editor("<p>een</p>")
    toolbar = page.get_by_role("toolbar", name="Opmaak van Eerste tekst")
    editor.focus()
    page.keyboard.press("Shift+Tab")
    expect(toolbar.get_by_role("button", name="Vet")).to_be_focused()
    for key, name in [
        *(
            ("ArrowRight", "Cursief"),
            ("Home", "Vet"),
            ("ArrowLeft", "Opnieuw"),
            ("ArrowRight", "Vet"),
            ("End", "Opnieuw"),
        ),
    ]:
        page.keyboard.press(key)
        expect(toolbar.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Tab")
    expect(editor).to_be_focused()
    page.keyboard.press("Alt+F10")
    expect(toolbar.get_by_role("button", name="Opnieuw")).to_be_focused()
    page.keyboard.press("Escape")
    expect(editor).to_be_focused()


def test_escape_and_tab_leave_a_table(open_editor, page):
    editor = open_editor("<table><tbody><tr><td><p>a</p></td></tr></tbody></table>")
    editor.get_by_text("a").click()
    page.keyboard.press("Tab")  # a new row, as in Word
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(
        page.get_by_role("toolbar", name="Opmaak van Tweede tekst").get_by_role("button", name="Vet")
    ).to_be_focused()
    editor.get_by_text("a").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    expect(
        page.get_by_role("toolbar", name="Opmaak van Eerste tekst").get_by_role("button", name="Vet")
    ).to_be_focused()
    assert page.locator("#id_first").input_value().count("<tr>") == 2


def test_an_error_is_heard_and_the_link_to_it_leads_into_the_editor(open_editor, page):
    open_editor()
    page.get_by_role("button", name="Bewaren").click()
    editor = page.get_by_role("textbox", name="Eerste tekst")
    expect(editor).to_have_attribute("aria-invalid", "true")
    expect(editor).to_have_accessible_description(re.compile("Vul|verplicht"))
    page.get_by_role("link", name="Naar de eerste tekst").click()
    expect(editor).to_be_focused()
    axe.check(page)


# Paste


def assert_pasted(editor, page, html, expected):
    paste(editor, html=html, text="wordt niet gebruikt")
    written = page.locator("#id_first").input_value()
    assert Counter(words(written)) == Counter(words(expected))
    assert written == expected
    assert save(page) == expected == canonical(expected)


def test_paste_from_word_gives_real_nested_lists_and_a_plain_table(open_editor, page):
    assert_pasted(open_editor(), page, pasted.WORD, pasted.WORD_EXPECTED)


def test_paste_from_excel_gives_a_table_with_every_cell(open_editor, page):
    assert_pasted(open_editor(), page, pasted.EXCEL, pasted.EXCEL_EXPECTED)


def test_paste_from_google_docs_gives_bold_where_it_was_bold(open_editor, page):
    assert_pasted(open_editor(), page, pasted.GOOGLE_DOCS, pasted.GOOGLE_DOCS_EXPECTED)


def test_paste_within_the_editor_changes_nothing(open_editor, page):
    html = "<p>een <strong>twee</strong></p><ul><li><p>drie</p></li></ul>"
    editor = open_editor(html)
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+x")
    page.keyboard.press("Control+v")
    assert save(page) == html


def test_paste_of_plain_text_keeps_its_signs(open_editor, page):
    paste(open_editor(), text="2 *3* 4\n_een_ <5 www.nprz.nl")
    assert save(page) == "<p>2 *3* 4</p><p>_een_ &lt;5 www.nprz.nl</p>"


# Nothing is lost


def leave(page, answer):
    """Follow a link, and answer the warning that comes; return whether it came."""
    warnings = []

    def on_dialog(dialog):
        warnings.append(dialog.type)
        getattr(dialog, answer)()

    page.once("dialog", on_dialog)
    page.get_by_role("link", name="Elders").click(no_wait_after=True)
    if answer == "accept":
        page.wait_for_url("**/elders/")
    else:
        page.wait_for_timeout(300)  # nothing happens, which cannot be waited for
    return warnings == ["beforeunload"]


def test_leaving_with_unsaved_text_warns_and_staying_keeps_it(open_editor, page):
    open_editor("<p>een</p>").click()
    page.keyboard.type("twee")
    assert leave(page, "dismiss")
    assert page.locator("#id_first").input_value() == "<p>eentwee</p>"
    assert leave(page, "accept")


def test_leaving_warns_after_a_click_on_the_toolbar_and_after_another_field(open_editor, page):
    open_editor("<p>een</p>").focus()
    page.get_by_role("button", name="Opsomming").first.click()
    assert leave(page, "accept")
    open_editor("<p>een</p>")
    page.get_by_label("Opmerking").fill("x")
    assert leave(page, "accept")


def test_leaving_an_untouched_text_does_not_warn(open_editor, page):
    open_editor("<p>een</p>").focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("www.nprz.nl")  # in the dialog, and not placed
    page.keyboard.press("Escape")
    assert not leave(page, "accept")


def test_leaving_what_could_not_be_saved_warns(open_editor, page):
    open_editor()
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_role("link", name="Naar de eerste tekst").click()
    assert leave(page, "accept")


def test_saving_does_not_warn(open_editor, page):
    open_editor().focus()
    page.keyboard.type("een")
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.message), dialog.accept()))
    assert save(page) == "<p>een</p>"
    assert not warned


def test_without_javascript_the_page_says_so_and_saves_the_same_text(browser, live_server):
    html = canonical(max(texts(), key=len))
    saved.clear()
    saved.update(first=html, second="")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/tekst/")
    expect(page.get_by_text("daarvoor is JavaScript nodig").first).to_be_visible()
    expect(page.get_by_label("Eerste tekst")).to_be_visible()
    expect(page.get_by_text("naar de knoppen").first).to_be_hidden()
    assert save(page) == html
    context.close()
