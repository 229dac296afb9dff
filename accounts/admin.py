"""People and organisations are changed on their own pages: an invitation, handing over and sessions belong to it."""

from django.contrib import admin
from django.urls import reverse

from backoffice import Moment, Reading, site

from .models import Organisation, OrganisationEvent, PersonEvent, User


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

    def history_of(self, person):
        return map(_moment, person.events.select_related("by"))


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

    def history_of(self, organisation):
        return map(_moment, organisation.events.select_related("by"))


def _moment(event):
    return Moment(event.at, event.by, ": ".join(filter(None, (event.get_verb_display(), event.detail))))


class EventAdmin(Reading):
    list_filter = ("verb",)
    date_hierarchy = "at"
    ordering = ("-at", "-pk")


@admin.register(PersonEvent, site=site)
class PersonEventAdmin(EventAdmin):
    list_display = ("person", "verb", "detail", "by", "at")
    list_select_related = ("person", "by")
    search_fields = ("person__name", "detail")


@admin.register(OrganisationEvent, site=site)
class OrganisationEventAdmin(EventAdmin):
    list_display = ("organisation", "verb", "detail", "by", "at")
    list_select_related = ("organisation", "by")
    search_fields = ("organisation__name", "detail")
