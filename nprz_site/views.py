from django import db
from django.http import Http404, HttpResponse
from django.template import loader

from interventions.models import Demonstration


def closed(request):
    """A page that a library brings and that this application does not offer."""
    raise Http404


def bad_request(request, exception):
    return error_page("400.html", status=400)


def server_error(request):
    return error_page("500.html", status=500)


def error_page(template_name, *, status):
    """A page for when the request or the application itself is broken: asks nothing of either.

    Without the request no context processor runs, so nothing on the page can fail a second time. That an installation
    is a demonstration is said here too, unless the database is what broke.
    """
    try:
        demo = Demonstration.objects.notice()
    except db.Error:
        demo = ""
    return HttpResponse(loader.render_to_string(template_name, {"demo": demo}), status=status)
