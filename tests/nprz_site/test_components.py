"""The shared parts of the pages, as a reader meets them."""

import django_tables2 as tables
import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from lxml import html


def render(source, *, query="", **context):
    request = RequestFactory().get(f"/{query}")
    # No context processors: a component gets what it is given, and nothing else.
    template = Template(source)
    request_context = RequestContext(request, context)
    with request_context.bind_template(template):
        return html.fragment_fromstring(template.nodelist.render(request_context), create_parent="div")


def include(name, arguments="", **context):
    source = '{% include "components/' + name + '.html" ' + (f"with {arguments} " if arguments else "") + "only %}"
    return html.fragment_fromstring(Template(source).render(Context(context)), create_parent="div")


@pytest.mark.parametrize(
    ("arguments", "word", "look"),
    [
        ('colour="groen"', "groen", "pill--groen"),
        ('colour="oranje"', "oranje", "pill--oranje"),
        ('colour="rood"', "rood", "pill--rood"),
        ('colour="wit"', "wit", "pill--wit"),
        ('colour=""', "nog geen kleur", "pill--geen"),
        ('colour="" missing="onbekend"', "onbekend", "pill--onbekend"),
        ('colour="" missing="geen kleur"', "geen kleur", "pill--geen"),
    ],
)
def test_colour_is_a_word_with_a_look_of_its_own(arguments, word, look):
    (pill,) = include("colour", arguments)
    assert pill.text_content() == word
    assert look in pill.classes


class Answer(forms.Form):
    number = forms.IntegerField(label="Aantal", help_text="In hele getallen", min_value=0)
    colour = forms.ChoiceField(label="Kleur", choices=[("groen", "groen"), ("rood", "rood")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Zeker", required=False)
    remark = forms.CharField(label="Opmerking", required=False, widget=forms.Textarea(attrs={"class": "own"}))
    secret = forms.CharField(widget=forms.HiddenInput, initial="3")


def field(name, data=None):
    return include("field", "field=field", field=Answer(data)[name])


def test_field_names_the_control_and_tells_why_it_is_wrong():
    element = field("number", {"number": "-1"})
    (control,) = element.findall(".//input")
    assert element.find(".//label").get("for") == control.get("id")
    assert element.find(".//label").text_content() == "Aantal"
    described_by = [
        element.get_element_by_id(i).text_content().strip() for i in control.get("aria-describedby").split()
    ]
    assert described_by == ["In hele getallen", "Zorg ervoor dat deze waarde minstens 0 is."]
    assert control.get("aria-invalid") == "true"
    assert "utrecht-textbox--invalid" in control.classes


def test_field_that_may_stay_empty_says_so():
    assert "niet verplicht" in field("remark").find(".//label").text_content()
    assert "niet verplicht" not in field("number").find(".//label").text_content()


def test_field_keeps_the_class_of_its_widget():
    assert {"own", "utrecht-textarea"} <= set(field("remark").find(".//textarea").classes)


def test_choices_are_one_question_with_its_own_name():
    element = field("colour", {"colour": "rood"})
    (fieldset,) = element.findall(".//fieldset")
    assert fieldset.find(".//legend").text_content().strip() == "Kleur"
    assert [label.text_content() for label in fieldset.findall(".//label")] == ["groen", "rood"]
    assert [box.get("value") for box in fieldset.findall(".//input[@checked]")] == ["rood"]


def test_hidden_field_shows_nothing():
    assert field("secret").text_content().strip() == ""


def test_error_summary_leads_to_each_field_that_is_wrong():
    form = Answer({"number": "-1", "secret": "3"})
    links = include("error_summary", "form=form", form=form).findall(".//a")
    assert {link.get("href"): link.text_content() for link in links} == {
        "#id_number": "Aantal: Zorg ervoor dat deze waarde minstens 0 is.",
        "#id_colour": "Kleur: Vul dit veld in.",
    }
    page = "".join(html.tostring(include("field", "field=field", field=f), encoding="unicode") for f in form)
    assert all(f'id="{link.get("href")[1:]}"' in page for link in links)


def test_no_errors_show_no_summary():
    form = Answer({"number": "1", "colour": "groen", "secret": "3"})
    assert include("error_summary", "form=form", form=form).text_content().strip() == ""


def test_text_with_a_table_scrolls_in_a_region_with_a_name():
    (plain,) = include("rich_text", 'html="<p>Tekst</p>" label="Tekst 2024"')
    (wide,) = include("rich_text", 'html="<table><tr><td>1</td></tr></table>" label="Tekst 2024"')
    assert plain.get("tabindex") is None
    assert (wide.get("role"), wide.get("tabindex"), wide.get("aria-label")) == ("region", "0", "Tekst 2024")


class Rows(tables.Table):
    caption = "Interventies"
    name = tables.Column("Interventie")
    number = tables.Column("Nr", orderable=False)

    class Meta:
        template_name = "django_tables2/nprz.html"


def table(query):
    rows = Rows([{"name": f"Naam {n:02}", "number": n} for n in range(30)])
    request = RequestFactory().get(f"/{query}")
    tables.RequestConfig(request, paginate={"per_page": 10}).configure(rows)
    return render("{% load django_tables2 %}{% render_table rows %}", query=query, rows=rows)


def test_table_says_by_what_it_is_sorted_and_turns_it_round():
    element = table("?pijler=2&sort=name&page=2")
    name, number = element.findall(".//th")
    assert (name.get("aria-sort"), number.get("aria-sort")) == ("ascending", None)
    assert name.find(".//a").get("href") == "?pijler=2&sort=-name"
    assert not number.findall(".//a")


def test_table_pages_keep_filter_and_order():
    element = table("?pijler=2&sort=-name&page=2")
    assert [cell.text_content() for cell in element.find(".//tbody/tr").findall("td")] == ["Naam 19", "19"]
    links = {link.text_content(): link.get("href") for link in element.findall(".//nav//a")}
    assert links == {
        "Vorige": "?pijler=2&sort=-name&page=1",
        "1": "?pijler=2&sort=-name&page=1",
        "2": "?pijler=2&sort=-name&page=2",
        "3": "?pijler=2&sort=-name&page=3",
        "Volgende": "?pijler=2&sort=-name&page=3",
    }
    assert [link.text_content() for link in element.findall(".//*[@aria-current='page']")] == ["2"]


def test_single_page_has_no_pagination():
    element = render('{% include "components/pagination.html" with page=page only %}', page=Paginator([1], 10).page(1))
    assert not element.findall(".//nav")
