"""docs/dependencies.md names every package that we chose, and no other."""

import re
from importlib.metadata import metadata

import pytest
from django.conf import settings

PAGE = (settings.BASE_DIR / "docs" / "dependencies.md").read_text()
SECTIONS = {"requirements.in": "## In the application", "requirements-dev.in": "## In development"}


def section(heading):
    return PAGE.partition(heading)[2].partition("\n## ")[0]


def rows(heading):
    """(package, licence, reason) of each row of the table below the heading."""
    cells = [line.strip("|").split("|") for line in section(heading).splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in row[:3]) for row in cells[2:]]


def required(name):
    """The packages that a file of requirements names."""
    lines = (settings.BASE_DIR / name).read_text().splitlines()
    return [re.match(r"[\w.-]+", line).group() for line in lines if line[:1].isalpha()]


@pytest.mark.parametrize(("name", "heading"), SECTIONS.items())
def test_dependencies_page_names_what_is_required_in_the_same_order(name, heading):
    assert [package for package, _, _ in rows(heading)] == required(name)


@pytest.mark.parametrize(("name", "heading"), SECTIONS.items())
def test_dependency_has_a_licence_and_a_reason(name, heading):
    assert [row for row in rows(heading) if not all(row)] == []


def test_no_package_inside_the_application_is_gpl_only():
    pins = re.findall(r"^([\w.-]+)==", (settings.BASE_DIR / "requirements.txt").read_text(), re.MULTILINE)
    assert len(pins) > 20

    licences = {package: licence_of(package) for package in pins}

    assert {package for package, text in licences.items() if re.search(r"(?<![AL])GPL", text)} == set()


def licence_of(package):
    about = metadata(package)
    classifiers = [text for text in about.get_all("Classifier", []) if text.startswith("License")]
    return " ".join([about.get("License-Expression") or "", *classifiers])
