from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("", include("interventions.urls")),
]

handler400 = "nprz_site.views.bad_request"
handler500 = "nprz_site.views.server_error"
