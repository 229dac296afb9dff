"""What each partner gets when a round opens, and whom it will not reach: read before anybody is bothered."""

from collections import defaultdict
from dataclasses import dataclass

from accounts.models import Organisation, User
from interventions.models import OutputSeries, PlanItem


@dataclass(frozen=True)
class Task:
    """One interventie as an organisation gets it: how many figures it asks, and which contact persons will see it."""

    item: PlanItem
    figures: int
    contacts: tuple[User, ...]


@dataclass(frozen=True)
class Share:
    """All that one organisation gets, in printed order; `writers` is how many people can fill it in."""

    organisation: Organisation
    tasks: tuple[Task, ...]
    writers: int

    @property
    def figures(self):
        return sum(task.figures for task in self.tasks)

    @property
    def contacts(self):
        """Its contact persons, each once, by name."""
        return sorted({person for task in self.tasks for person in task.contacts}, key=lambda one: one.name.lower())


@dataclass(frozen=True)
class Preview:
    """Per organisation what it gets; and by name what nobody is asked, or nobody in person.

    `strangers` are contact persons who cannot fill in what they are named for: (person, plan item).
    """

    shares: tuple[Share, ...]
    without_initiator: tuple[PlanItem, ...]
    without_contact: tuple[PlanItem, ...]
    strangers: tuple[tuple[User, PlanItem], ...]


def preview(reporting_round):
    """The Preview of `reporting_round` as its plan stands, in a constant number of queries."""
    items = list(
        reporting_round.plan_items.continuing()
        .select_related("pillar")
        .prefetch_related("initiators__organisation", "contacts")
        .in_printed_order()
    )
    figures = OutputSeries.objects.numbers_asked_in(reporting_round)
    writers = User.objects.writers()
    shares, without_initiator, without_contact, strangers = defaultdict(list), [], [], []
    for item in items:
        organisations = [one.organisation for one in item.initiators.all() if one.may_write]
        contacts = item.contacts.all()
        reached = {person.pk for one in organisations for person in writers[one.pk]}
        if not organisations:
            without_initiator.append(item)
        if not contacts:
            without_contact.append(item)
        strangers += [(person, item) for person in contacts if person.pk not in reached]
        for one in organisations:
            seeing = tuple(person for person in contacts if person in writers[one.pk])
            shares[one].append(Task(item, figures.get(item.intervention_id, 0), seeing))
    return Preview(
        tuple(
            Share(one, tuple(tasks), len(writers[one.pk]))
            for one, tasks in sorted(shares.items(), key=lambda share: share[0].name.lower())
        ),
        tuple(without_initiator),
        tuple(without_contact),
        tuple(strangers),
    )
