from functools import wraps

from django.core.exceptions import PermissionDenied


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
