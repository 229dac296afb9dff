from math import ceil

from allauth.core.internal.ratelimit import get_rates
from django import db
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from interventions.models import Demonstration

from .requests import current_id


@login_not_required
@never_cache
@require_safe
def health(request):
    """Whether the application and its database live; for whoever keeps watch. Takes no session."""
    try:
        with db.connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except db.Error:
        return HttpResponse("geen verbinding met de database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def closed(request):
    """A page that a library brings and that this application does not offer."""
    raise Http404


def bad_request(request, exception):
    return error_page("400.html", status=400)


def too_many_requests(request):
    """Says how long to wait: until the longest of the limits on this page has certainly passed."""
    action = request.resolver_match.url_name.removeprefix("account_")
    seconds = max((rate.duration for rate in get_rates(app="allauth.account", action=action)), default=60)
    response = render(request, "429.html", {"minutes": ceil(seconds / 60)}, status=429)
    response["Retry-After"] = ceil(seconds)
    return response


def server_error(request):
    return error_page("500.html", status=500)


def error_page(template_name, *, status):
    """A page for when the request or the application itself is broken: asks nothing of either.

    Without the request no context processor runs, so nothing on the page can fail a second time. That an installation
    is a demonstration is said here too, unless the database is what broke. With the number of the request, the lines
    in the log are found again.
    """
    try:
        demo = Demonstration.objects.notice()
    except db.Error:
        demo = ""
    page = loader.render_to_string(template_name, {"demo": demo, "request_id": current_id.get()})
    return HttpResponse(page, status=status)
