"""The Django admin as this application has it: for the beheerder, and without a way around the rules of the models.

Below all apps, which register their models here, each in its own admin.py. Knows none of them.
"""

from .admin_site import site
from .model_admin import Moment, Reading, Reference, yes_no

__all__ = ["Moment", "Reading", "Reference", "site", "yes_no"]
