from django.urls import path

from .views import desk, own

app_name = "accounts"

urlpatterns = [
    # Everybody about themselves
    path("account/", own.Account.as_view(), name="account"),
    path("uitnodiging/<str:token>/", own.invitation, name="invitation"),
    path("uitnodiging/<str:token>/nieuw/", own.renew_invitation, name="renew_invitation"),
    # The beheerder
    path("personen/", desk.People.as_view(), name="people"),
    path("personen/uitnodigen/", desk.invite, name="invite"),
    path("personen/<int:pk>/", desk.person, name="person"),
    path("personen/<int:pk>/uitnodiging/", desk.resend, name="resend"),
    path("personen/<int:pk>/activeren/", desk.activate, name="activate"),
    path("organisaties/", desk.organisations, name="organisations"),
    path("organisaties/toevoegen/", desk.add_organisation, name="add_organisation"),
    path("organisaties/<int:pk>/", desk.organisation, name="organisation"),
]
