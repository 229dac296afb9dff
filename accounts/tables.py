"""The list of people as a table. What a cell looks like is in templates/accounts/cells/."""

import django_tables2 as tables
from django.contrib.postgres.lookups import Unaccent
from django.db.models.functions import Lower

from .models import User

CELLS = "accounts/cells/"


class PersonTable(tables.Table):
    caption = "Personen"

    name = tables.TemplateColumn(
        verbose_name="Naam", template_name=f"{CELLS}name.html", attrs={"td": {"class": "name-cell"}}
    )
    email = tables.Column("E-mailadres")
    role = tables.Column("Rol")
    organisations = tables.TemplateColumn(
        verbose_name="Organisaties", template_name=f"{CELLS}organisations.html", orderable=False
    )
    state = tables.TemplateColumn(verbose_name="Status", template_name=f"{CELLS}state.html", orderable=False)
    last_login = tables.TemplateColumn(
        verbose_name="Laatst ingelogd", template_name=f"{CELLS}last_login.html", attrs={"td": {"class": "nowrap"}}
    )

    class Meta:
        model = User
        fields = ()
        template_name = "django_tables2/nprz.html"
        empty_text = "Geen personen gevonden."

    def order_name(self, queryset, is_descending):
        name = Lower(Unaccent("name"))
        return queryset.order_by(name.desc() if is_descending else name, "pk"), True
