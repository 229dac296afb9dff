"""People and organisations are changed on their own pages: an invitation, handing over and sessions belong to it."""

from django.contrib import admin
from django.urls import reverse

from backoffice import Reading, site

from .models import Organisation, User


@admin.register(User, site=site)
class UserAdmin(Reading):
    list_display = ("name", "email", "role", "state_in_words", "organisation_names")
    export_fields = ("date_joined", "last_login", "successor")
    list_filter = ("role", "is_active", "organisations")
    list_select_related = ("successor",)
    search_fields = ("name", "email")
    fields = ("name", "email", "role", "organisations", "state_in_words", "successor", "date_joined", "last_login")
    readonly_fields = ("state_in_words",)

    def get_queryset(self, request):
        return super().get_queryset(request).for_list()

    @admin.display(description="toegang", ordering="is_active")
    def state_in_words(self, person):
        return person.state.label

    @admin.display(description="organisaties")
    def organisation_names(self, person):
        return ", ".join(map(str, person.organisations.all()))

    def view_on_site(self, person):
        return reverse("accounts:person", args=[person.pk])


@admin.register(Organisation, site=site)
class OrganisationAdmin(Reading):
    list_display = ("name", "kind", "parent", "member_names", "people_count")
    list_filter = ("kind",)
    search_fields = ("name",)
    fields = ("name", "kind", "parent", "members")

    def get_queryset(self, request):
        return super().get_queryset(request).for_list()

    @admin.display(description="leden")
    def member_names(self, organisation):
        return ", ".join(map(str, organisation.members.all()))

    @admin.display(description="personen", ordering="number_of_people")
    def people_count(self, organisation):
        return organisation.number_of_people

    def view_on_site(self, organisation):
        return reverse("accounts:organisation", args=[organisation.pk])
