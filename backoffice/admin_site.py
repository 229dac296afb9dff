from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied

# Login and password are those of everybody, and what has a page of its own is linked to by its own address.
NOT_OFFERED = {"login", "logout", "password_change", "password_change_done", "autocomplete", "view_on_site"}


class Site(AdminSite):
    """The admin of the beheerder; who may not enter gets 403, who is not logged in the login of everybody."""

    site_header = "Beheer"
    site_title = "NPRZ Voortgang"
    index_title = "Beheer"
    empty_value_display = "–"
    enable_nav_sidebar = False
    final_catch_all_view = False

    def has_permission(self, request):
        user = request.user
        return user.is_authenticated and user.is_active and user.is_beheerder

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        def checked(request, *args, **kwargs):
            if not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(checked, inner)

    def get_urls(self):
        urls = [url for url in super().get_urls() if getattr(url, "name", "") not in NOT_OFFERED]
        for url in urls:
            # Otherwise LoginRequiredMiddleware would look for the login of the admin, which is not there.
            if url.callback:
                vars(url.callback).pop("login_url", None)
        return urls


site = Site()
site.disable_action("delete_selected")
