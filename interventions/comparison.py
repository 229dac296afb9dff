"""Two rounds side by side: what came into the plan, what went out of it, and what became of the rest."""

from collections import defaultdict
from dataclasses import dataclass

from interventions.models import InterventionLink, PlanItem, ProgressEvent
from interventions.workflow import DROP, State


@dataclass(frozen=True)
class Pair:
    """An interventie in the earlier round and what it is in the later one."""

    before: PlanItem
    after: PlanItem


@dataclass(frozen=True)
class Comparison:
    """What differs between two rounds, each list in printed order.

    `stopped` holds (plan item, reason or ""); `split` (plan item, what came from it), `merged` (plan item, what it came
    from). `renamed` and `moved` (another pijler, thema or number) are of what neither split nor merged. `recoloured` is
    against the main predecessor, as the trend is, and of colours that the user may see in both rounds; `colours_same`
    and `colours_unknown` count the other pairs.
    """

    added: list[PlanItem]
    stopped: list[tuple[PlanItem, str]]
    renamed: list[Pair]
    moved: list[Pair]
    split: list[tuple[PlanItem, list[PlanItem]]]
    merged: list[tuple[PlanItem, list[PlanItem]]]
    recoloured: list[Pair]
    colours_same: int
    colours_unknown: int


def compare(earlier, later, *, user):
    """The Comparison of the rounds `earlier` and `later`, as far as `user` may see; in a constant number of queries."""
    before, after = _items(earlier, user), _items(later, user)
    going = [item for item in after if not _is_dropped(item)]
    by_thread = {item.intervention_id: item for item in before}
    links = defaultdict(list)
    for thread, predecessor in InterventionLink.objects.order_by("position").values_list("intervention", "predecessor"):
        links[thread].append(predecessor)
    origins = {item: [by_thread[one] for one in _origins(item.intervention_id, by_thread, links)] for item in going}
    became = defaultdict(list)
    for item, came_from in origins.items():
        for one in came_from:
            became[one].append(item)
    replaced = _forebears([item.intervention_id for item in going], links)
    stopped = _stopped([item for item in before if not became[item]], after, replaced)
    reasons = ProgressEvent.objects.visible_to(user=user).reasons_for(DROP, rounds=(earlier, later))
    pairs = [Pair(came_from[0], item) for item, came_from in origins.items() if came_from]
    plain = [pair for pair in pairs if len(origins[pair.after]) == len(became[pair.before]) == 1]
    coloured = [pair for pair in pairs if pair.before.seen_colour and pair.after.seen_colour]
    recoloured = [pair for pair in coloured if pair.before.seen_colour != pair.after.seen_colour]
    return Comparison(
        added=[item for item in going if not origins[item]],
        stopped=[(item, reasons.get(item.pk, "")) for item in stopped],
        renamed=[pair for pair in plain if pair.before.name != pair.after.name],
        moved=[pair for pair in plain if _place(pair.before) != _place(pair.after)],
        split=[(item, became[item]) for item in before if len(became[item]) > 1],
        merged=[(item, came_from) for item, came_from in origins.items() if len(came_from) > 1],
        recoloured=recoloured,
        colours_same=len(coloured) - len(recoloured),
        colours_unknown=len(pairs) - len(coloured),
    )


def _items(reporting_round, user):
    items = PlanItem.objects.in_round(reporting_round).visible_to(user=user).for_overview().without_texts()
    return list(items.select_related("round"))


def _stopped(left, after, replaced):
    """What stopped: dropped in the later round, or `left` behind; not what was dropped because others `replaced` it."""
    dropped = [item for item in after if _is_dropped(item)]
    there = {item.intervention_id for item in dropped}
    left = [item for item in left if item.intervention_id not in there]
    was_replaced = {item for item in dropped + left if _is_dropped(item) and item.intervention_id in replaced}
    return [item for item in left + dropped if item not in was_replaced]


def _forebears(threads, links):
    """All that `threads` came from, through what was split and merged again in between too."""
    found, to_follow = set(), list(threads)
    while to_follow:
        new = set(links[to_follow.pop()]) - found
        found |= new
        to_follow += new
    return found


def _is_dropped(item):
    return item.seen_state == State.DROPPED


def _place(item):
    return item.pillar_id, item.number, item.letter, item.theme_id


def _origins(thread, there, links):
    """What `thread` came from among those in `there`, the main one first: itself, or through rounds in between."""
    found, seen = {}, set()

    def follow(one):
        if one in there:
            found[one] = True
        elif one not in seen:
            seen.add(one)
            for predecessor in links[one]:
                follow(predecessor)

    follow(thread)
    return list(found)
