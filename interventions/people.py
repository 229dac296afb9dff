"""What happens to the plan when a person leaves."""

from django.db import transaction

from accounts.models import PersonEvent

from .models import PillarAssignment, PlanItem


@transaction.atomic
def let_go(person, *, by, successor=None, adviser=None):
    """Deactivate `person` and hand their contact roles and pijlers over, or do neither.

    `successor` becomes contact person instead, `adviser` looks after their pijlers (None: nobody). Returns in Dutch
    what was handed over, "" when there was nothing. Raises Refused.
    """
    person.deactivate(by=by, successor=successor)
    number = PlanItem.objects.hand_over_contact(from_=person, to=successor, by=by)
    pillars = PillarAssignment.objects.hand_over(from_=person, to=adviser, by=by)
    said = []
    if number:
        interventions = "1 interventie" if number == 1 else f"{number} interventies"
        said.append(
            f"{successor} is nu contactpersoon van {interventions}."
            if successor
            else f"Bij {interventions} is een contactpersoon weg."
        )
    if pillars:
        names = ", ".join(map(str, pillars))
        said.append(f"{adviser} is nu adviseur van {names}." if adviser else f"Een adviseur is weg bij {names}.")
    if said:
        person.events.create(verb=PersonEvent.Verb.HAND_OVER, by=by, detail=" ".join(said))
    return " ".join(said)
