"""The room of the beheerder in which a person leaves, and somebody takes over what they were asked."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import only
from accounts.models import User
from interventions.forms.people import LeaveForm
from interventions.models import PillarAssignment, PlanItem
from interventions.people import let_go
from interventions.workflow import Refused


@only("is_beheerder")
def deactivate(request, pk):
    person = get_object_or_404(User, pk=pk)
    pillars = PillarAssignment.objects.pillars_of(person)
    items = PlanItem.objects.to_hand_over(from_=person)
    # Where there is nothing left to do, the next round is still made from what was done.
    form = LeaveForm(request.POST or None, person=person, pillars=pillars, items=items or person.contact_for.all())
    if form.is_valid():
        try:
            handed_over = let_go(person, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{person} is niet meer actief. {handed_over}")
            return redirect("accounts:person", pk=pk)
    context = {
        "person": person,
        "form": form,
        "items": items.select_related("round", "pillar").in_printed_order(),
        "pillars": pillars,
        "why_not": person.why_not_deactivate(user=request.user),
    }
    return render(request, "interventions/people/deactivate.html", context)
