"""Who may use a view, and how it is entered."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse


def only(may):
    """Give a view to people of whom the property `may` of User is true; to others it is forbidden."""

    def decorate(view):
        @wraps(view)
        def checked(request, *args, **kwargs):
            if not getattr(request.user, may):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return decorate


def posted_from(page, *names):
    """Give a view what is posted to it; who comes otherwise, as after logging in again, goes to the page it belongs to.

    `page` is the name of that page; `names` are the arguments that it takes of those of the view.
    """

    def decorate(view):
        @wraps(view)
        def checked(request, **kwargs):
            if request.method == "POST":
                return view(request, **kwargs)
            url = reverse(page, kwargs={name: kwargs[name] for name in names})
            return redirect(f"{url}?{request.GET.urlencode()}" if request.GET else url)

        return checked

    return decorate
