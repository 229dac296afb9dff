from django.urls import include, path, re_path

from backoffice import site

from . import views

urlpatterns = [
    path("beheer/", site.urls),
    path("gezond/", views.health, name="health"),
    # A person's address is the bureau's to change, and it is known before anybody can log in.
    re_path(r"^account/(?:email|confirm-email(?:/.+)?)/$", views.closed),
    path("account/", include("allauth.account.urls")),
    path("", include("accounts.urls")),
    path("", include("interventions.urls")),
    path("", include("indicators.urls")),
]

handler400 = "nprz_site.views.bad_request"
handler500 = "nprz_site.views.server_error"
# Of allauth, which names it as Django names the others.
handler429 = "nprz_site.views.too_many_requests"
