"""What happens to the plan when a person leaves."""

from django.db import transaction

from .models import PlanItem


@transaction.atomic
def let_go(person, *, by, successor=None):
    """Deactivate `person` and hand their contact roles over to `successor` (None: nobody), both or neither.

    Returns in Dutch what was handed over, "" when there was nothing. Raises Refused.
    """
    person.deactivate(by=by, successor=successor)
    number = PlanItem.objects.hand_over_contact(from_=person, to=successor, by=by)
    if not number:
        return ""
    interventions = "1 interventie" if number == 1 else f"{number} interventies"
    if successor:
        return f"{successor} is nu contactpersoon van {interventions}."
    return f"Bij {interventions} is een contactpersoon weg."
