"""Every URL, for every role, on every state that can be reached: who gets in, who changes what, and what nobody leaks.

What could leak is planted first: in each interventie every text, figure, reason, question, note and proposal holds a
marker of its own, such as 'zreden07q'. Every answer, workbooks included, is searched for what the person may not see.
A URL that is not classified here fails the test.
"""

import re
import zipfile
from collections import defaultdict
from contextlib import contextmanager
from io import BytesIO

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from backoffice import site
from interventions.models import (
    InternalNote,
    ProgressEvent,
    Revision,
    Waiver,
)
from interventions.tables import QueueTable
from programme.models import Period
from tests.factories import (
    AreaFactory,
    IndicatorFactory,
    InitiatorFactory,
    InterventionFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    UpdateFactory,
    UserFactory,
    ValueFactory,
)
from tests.indicators.factories import MeasurementFactory, TableFactory, TargetFactory
from tests.interventions.test_verbs import BEHEERDER, BUREAU, PARTNER
from tests.interventions.test_visibility import ALWAYS, APPROVED, RELEASED, SEES

pytestmark = pytest.mark.django_db

# Who

ROLES = ("own", "other", "supplier", "adviseur", "beheerder", "lezer", "controleur", "anonymous")
COLUMN = {
    "own": "own",
    "other": "others'",
    "supplier": "others'",
    "adviseur": "bureau",
    "beheerder": "bureau",
    "lezer": "lezer",
    "controleur": "controleur",
}
MAY = {"own": PARTNER, "adviseur": BUREAU, "beheerder": BEHEERDER}
INVULLERS = {"own", "other", "supplier"}
BUREAU_ROLES = {"adviseur", "beheerder"}

# Which URLs: what stands in it, who gets in and what others get, and what it takes


def everybody(role):
    return "in"


def invullers(role):
    return "in" if role in INVULLERS else 403


def writers(role):
    return "in" if role in {"own"} | BUREAU_ROLES else 404 if role in INVULLERS else 403


def owners(role):
    return "in" if role == "own" else 404 if role in INVULLERS else 403


def who_sees_everything(role):
    return "in" if role in BUREAU_ROLES | {"controleur"} else 403


def bureau(role):
    return "in" if role in BUREAU_ROLES else 403


def beheerder(role):
    return "in" if role == "beheerder" else 403


READ, WRITE, VERB = "read", "write", "verb"  # a page; a page that also takes a form; a form alone
URLS = {
    "interventions:home": ("", everybody, READ),
    "interventions:overview": ("", everybody, READ),
    "interventions:overview_year": ("year", everybody, READ),
    "interventions:overview_workbook": ("year", everybody, READ),
    "interventions:intervention": ("intervention", everybody, READ),
    "interventions:mine": ("", invullers, READ),
    "interventions:mine_workbook": ("", invullers, READ),
    "interventions:fill_in": ("update", writers, WRITE),
    "interventions:submit": ("update", writers, VERB),
    "interventions:withdraw": ("update", owners, VERB),
    "interventions:propose_indicator": ("update", writers, WRITE),
    "interventions:queue": ("", who_sees_everything, READ),
    "interventions:queue_workbook": ("", who_sees_everything, READ),
    "interventions:review": ("update", who_sees_everything, READ),
    "interventions:approve": ("update", bureau, VERB),
    "interventions:return": ("update", bureau, VERB),
    "interventions:reopen": ("update", bureau, VERB),
    "interventions:no_report": ("update", bureau, VERB),
    "interventions:drop": ("update", bureau, VERB),
    "interventions:set_colour": ("update", bureau, VERB),
    "interventions:add_note": ("update", bureau, VERB),
    "interventions:accept_indicator": ("indicator", bureau, VERB),
    "interventions:refuse_indicator": ("indicator", bureau, VERB),
    "interventions:colours": ("year", who_sees_everything, READ),
    "interventions:release_colours": ("year", bureau, VERB),
    "interventions:withdraw_colours": ("year", bureau, VERB),
    "interventions:rounds": ("", who_sees_everything, READ),
    "interventions:new_round": ("", beheerder, WRITE),
    "interventions:round": ("year", who_sees_everything, READ),
    "interventions:reschedule": ("year", beheerder, WRITE),
    "interventions:renew_plan": ("year", beheerder, WRITE),
    "interventions:preview_round": ("year", who_sees_everything, READ),
    "interventions:open_round": ("year", beheerder, WRITE),
    "interventions:start_review": ("year", beheerder, VERB),
    "interventions:back_to_open": ("year", beheerder, VERB),
    "interventions:close_round": ("year", beheerder, VERB),
    "interventions:reopen_round": ("year", beheerder, VERB),
    "interventions:record_no_reports": ("year", bureau, VERB),
    "interventions:compare_rounds": ("years", who_sees_everything, READ),
    "interventions:import_workbook": ("year", beheerder, WRITE),
    "interventions:take_over_workbook": ("year", beheerder, VERB),
    "interventions:discard_workbook": ("year", beheerder, VERB),
    "interventions:editable_workbook": ("year", beheerder, READ),
    "interventions:plan": ("", who_sees_everything, READ),
    "interventions:plan_year": ("year", who_sees_everything, READ),
    "interventions:add_item": ("year", bureau, WRITE),
    "interventions:plan_item": ("item", who_sees_everything, READ),
    "interventions:change_item": ("item", bureau, VERB),
    "interventions:move_item": ("item", bureau, VERB),
    "interventions:drop_item": ("item", bureau, VERB),
    "interventions:split_item": ("item", bureau, WRITE),
    "interventions:indicators": ("item", who_sees_everything, READ),
    "interventions:add_indicator": ("item", bureau, VERB),
    "interventions:change_indicator": ("item", bureau, VERB),
    "interventions:change_ticked": ("year", bureau, VERB),
    "interventions:merge_items": ("year", bureau, WRITE),
    "interventions:assign_advisers": ("year", bureau, VERB),
    "interventions:deactivate": ("person", beheerder, WRITE),
    "indicators:goals": ("", everybody, READ),
    "indicators:stand": ("", everybody, READ),
    "indicators:indicator": ("outcome", everybody, READ),
    "indicators:chart": ("outcome", everybody, READ),
    "indicators:table": ("table", everybody, READ),
    "indicators:report": ("report", everybody, READ),
    "indicators:areas": ("", everybody, READ),
    "indicators:area": ("area", everybody, READ),
    "indicators:history": ("outcome", who_sees_everything, READ),
    "indicators:differences": ("", who_sees_everything, READ),
    "indicators:entering": ("", bureau, READ),
    "indicators:enter": ("sheet", bureau, WRITE),
    "indicators:import_workbook": ("", bureau, WRITE),
    "indicators:take_over_workbook": ("", bureau, VERB),
    "indicators:discard_workbook": ("", bureau, VERB),
    "indicators:editable_workbook": ("", bureau, READ),
    "accounts:account": ("", everybody, WRITE),
    "accounts:people": ("", beheerder, READ),
    "accounts:invite": ("", beheerder, WRITE),
    "accounts:person": ("person", beheerder, WRITE),
    "accounts:resend": ("person", beheerder, VERB),
    "accounts:activate": ("person", beheerder, VERB),
    "accounts:organisations": ("", beheerder, READ),
    "accounts:add_organisation": ("", beheerder, WRITE),
    "accounts:organisation": ("organisation", beheerder, WRITE),
}
# The verb of the model behind a URL; what it may change is in the tables of test_verbs.
MODEL_VERBS = {
    "interventions:fill_in": "save",
    "interventions:withdraw": "withdraw",
    "interventions:approve": "approve",
    "interventions:return": "return_with_question",
    "interventions:reopen": "reopen",
    "interventions:no_report": "record_no_report",
    "interventions:drop": "drop",
    "interventions:drop_item": "drop",
    "interventions:set_colour": "set_colour",
}
# What is sent along is not enough for these to change anything; where the verb is not one's to do, nothing would be.
NEEDS_MORE = {"interventions:submit": "submit", "interventions:propose_indicator": "save"}
# The state of the round from which a URL moves it; closing is refused as long as something is not finished.
ROUND_MOVES = {
    "interventions:start_review": "open",
    "interventions:back_to_open": "review",
    "interventions:close_round": None,
    "interventions:reopen_round": "closed",
}
# The same for every role, mostly of a library: (arguments, GET and POST when anonymous, GET and POST when logged in).
ACCOUNT_URLS = {
    "health": ([], 200, 405, 200, 405),
    "account_login": ([], 200, 200, 302, 302),
    "account_logout": ([], 302, 302, 200, 302),
    "account_inactive": ([], 200, 405, 200, 405),
    "account_signup": ([], 200, 200, 302, 302),
    "account_reauthenticate": ([], 302, 302, 200, 200),
    "account_email": ([], 302, 302, 404, 404),
    "account_email_verification_sent": ([], 302, 302, 404, 404),
    "account_confirm_email": (["sleutel"], 302, 302, 404, 404),
    "account_change_password": ([], 302, 302, 200, 200),
    "account_set_password": ([], 302, 302, 302, 302),
    "account_reset_password": ([], 200, 200, 200, 200),
    "account_reset_password_done": ([], 200, 405, 200, 405),
    "account_reset_password_from_key": (["a", "b"], 200, 200, 200, 200),
    "account_reset_password_from_key_done": ([], 200, 405, 200, 405),
    "account_confirm_login_code": ([], 302, 302, 302, 302),
    "accounts:invitation": (["sleutel"], 410, 410, 410, 410),
    "accounts:renew_invitation": (["sleutel"], 302, 302, 302, 302),
}

# What is planted: the marker, and the row of the table in DESIGN.md that says who may see it

MARKERS = {
    "zkwant": "text",
    "zkwal": "text",
    "zwaiv": "text",
    "zwaivtekst": "text",
    "zcijfer": "figures",
    "zopm": "figures",
    "zreden": "reason",
    "zvoor": "proposed colour",
    "zvraag": "questions",
    "zindiener": "questions",
    "zversie": "questions",
    "znieuw": "questions",
    "znieuwreden": "questions",
    "znotitie": "notes",
}
# Pages that show these are built in this issue; the other markers are seen in fewer states than they may be.
SHOWN = ("zkwant", "zkwal", "zwaiv", "zwaivtekst", "zcijfer", "zreden", "znotitie")
FIGURE = 770_000_000
FOUND = re.compile(rf"\b({'|'.join(MARKERS)})(\d\d)q\b|\b770\.?000\.?0(\d\d)\b")
NAME = re.compile(r"zname(\d\d)q")
ADDRESS = re.compile(r"persoon\d+@voorbeeld\.test")  # of the people that UserFactory makes

# Which states can be reached, and with which colours shown
UNCOLOURED, HIDDEN, SHOWN_TO_ALL = ("", False), ("rood", False), ("groen", True)
IN_PROGRESS = {
    "to_do": (UNCOLOURED,),
    "draft": (UNCOLOURED,),
    **dict.fromkeys(("returned", "submitted", "approved", "no_report", "dropped"), (HIDDEN, SHOWN_TO_ALL)),
}
REACHABLE = {
    "open": IN_PROGRESS,
    "review": IN_PROGRESS,
    "closed": dict.fromkeys(("approved", "no_report", "dropped"), (HIDDEN, SHOWN_TO_ALL)),
    "historical": {"to_do": (UNCOLOURED,), "approved": (UNCOLOURED, SHOWN_TO_ALL)},
}


class World:
    """A round in one state with an interventie in each reachable state, and the closed round before it."""

    def __init__(self, round_state):
        self.round_state = round_state
        trekker, supplier = OrganisationFactory.create_batch(2)
        pillar = PillarFactory(name="Werk", abbreviation="W")
        self.people = {
            "own": UserFactory(organisations=[trekker]),
            "other": UserFactory(organisations=[OrganisationFactory()]),
            "supplier": UserFactory(organisations=[supplier]),
            **{role: UserFactory(role=role) for role in ("adviseur", "beheerder", "lezer", "controleur")},
        }
        self.items, self.updates, self.proposals = {}, {}, {}
        before = RoundFactory(year=2023, closed=True)
        fields = {"historical": True} if round_state == "historical" else {"state": round_state}
        now = RoundFactory(year=2024, **fields)
        states = [(state, colour) for state, colours in REACHABLE["closed"].items() for colour in colours]
        for number, (state, colour) in enumerate(states, start=50):
            self.plant(number, before, state, colour, InterventionFactory(), pillar, trekker, supplier)
        states = [(state, colour) for state, colours in REACHABLE[round_state].items() for colour in colours]
        for number, (state, colour) in enumerate(states, start=1):
            earlier = self.items.get(number + 49)
            thread = earlier.intervention if earlier else InterventionFactory()
            self.plant(number, now, state, colour, thread, pillar, trekker, supplier)
        measured = MeasurementFactory(indicator__table=TableFactory(), indicator__pillars=[pillar])
        self.outcome, self.area = measured.indicator, measured.area
        TargetFactory(indicator=self.outcome, area=self.area)  # so that there is a report over 2023
        self.current = [number for number in self.items if number < 50]
        self.clients = {role: Client(raise_request_exception=True) for role in ROLES}
        for role, person in self.people.items():
            self.clients[role].force_login(person)
        self.snapshot = snapshot()

    def plant(self, number, reporting_round, state, colour, thread, pillar, trekker, supplier):
        def mark(what):
            return f"{what}{number:02}q"

        item = PlanItemFactory(
            round=reporting_round,
            intervention=thread,
            pillar=pillar,
            number=number,
            name=f"Interventie {mark('zname')}",
            trekker=trekker,
        )
        InitiatorFactory(plan_item=item, organisation=supplier, role="dataleverancier")
        item.contacts.set([self.people["own"], self.people["other"]])
        adviseur = self.people["adviseur"]
        submitted = {} if state in ("to_do", "draft") else {"submitted_by": UserFactory(name=mark("zindiener"))}
        update = UpdateFactory(
            plan_item=item,
            **{state: True} if state != "to_do" else {},
            **submitted,
            version=3,
            quantitative=f"<p>{mark('zkwant')}</p>",
            qualitative=f"<p>{mark('zkwal')}</p>",
            proposed_colour="wit",
            proposed_reason=mark("zvoor"),
            colour=colour[0],
            colour_reason=mark("zreden") if colour[0] else "",
            colour_released=colour[1],
        )
        Waiver.objects.create(update=update, part="figures", reason=mark("zwaiv"))
        Waiver.objects.create(update=update, part="qualitative", reason=mark("zwaivtekst"))
        Revision.objects.create(update=update, version=2, quantitative=f"<p>{mark('zversie')}</p>", way_in="form")
        ProgressEvent.objects.create(
            update=update,
            verb="return_with_question",
            by=adviseur,
            from_state="submitted",
            to_state="returned",
            reason=mark("zvraag"),
        )
        InternalNote.objects.create(update=update, text=mark("znotitie"), by=adviseur)
        area = AreaFactory()
        ValueFactory(
            series=SeriesFactory(indicator=IndicatorFactory(owner=thread), area=area),
            round=reporting_round,
            period=Period.objects.year(reporting_round.year),
            value=FIGURE + number,
            remark=mark("zopm"),
        )
        proposal = IndicatorFactory(
            name=mark("znieuw"),
            owner=thread,
            status="proposed",
            proposed_by=self.people["own"],
            proposal_reason=mark("znieuwreden"),
        )
        SeriesFactory(indicator=proposal, area=area)
        self.items[number], self.updates[number], self.proposals[number] = item, update, proposal

    def sees(self, role, what, number):
        """Whether `role` may see `what` (a row of the table) of item `number`."""
        update = self.updates[number]
        holds = {
            ALWAYS: True,
            APPROVED: update.state == "approved",
            RELEASED: update.colour_released,
        }
        return role != "anonymous" and holds.get(SEES[what][COLUMN[role]], False)

    def may_see(self, role, number, marker):
        return self.sees(role, MARKERS[marker], number)


def body_of(response):
    """All that an answer says, also inside a workbook."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as book:
            content = b" ".join(book.read(name) for name in book.namelist())
    return content.decode()


def markers_in(body):
    return {
        ("zcijfer", int(figure)) if figure else (marker, int(number)) for marker, number, figure in FOUND.findall(body)
    }


class Visit:
    """Requests of one role in one world; each answer is searched for what that role may not see, and then undone."""

    def __init__(self, world, role):
        self.world, self.role = world, role
        self.requests, self.seen = 0, set()
        self.own_address = {world.people[role].email} if role in world.people else set()

    def __call__(self, method, name, *args, data=None):
        """The answer, and whether the request changed anything in the database."""
        url = reverse(name, args=args)
        with transaction.atomic():
            with watch_writes() as written:
                response = getattr(self.world.clients[self.role], method)(url, data or {})
            self.body = f"{body_of(response)} {response.headers} {response.cookies}"
            changed = bool(written) and snapshot() != self.world.snapshot
            transaction.set_rollback(True)
        self.requests += 1
        self.look(f"{self.role} {method} {url}", typed=(data or {}).get("q", ""))
        return response, changed

    def look(self, where, *, typed):
        markers = markers_in(self.body) - markers_in(typed)
        leaked = {(what, number) for what, number in markers if not self.world.may_see(self.role, number, what)}
        assert not leaked, f"{where} shows {sorted(leaked)}"
        if self.role != "beheerder":
            addresses = set(ADDRESS.findall(self.body)) - self.own_address
            assert not addresses, f"{where} shows {sorted(addresses)}"
        self.seen |= markers


OURS = ("accounts", "programme", "interventions", "indicators")
TABLES = [
    model._meta.db_table for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)
]
SNAPSHOT = " UNION ALL ".join(
    f"SELECT '{table}', md5(string_agg(t::text, '' ORDER BY t.id)) FROM {table} t"  # noqa: S608 (the names are those of our tables)
    for table in TABLES
)


@contextmanager
def watch_writes():
    """A list of the statements that write, as they are sent: without any, nothing can have changed."""
    written = []

    def note(execute, sql, *rest):
        if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE", "WITH", "COPY", "TRUNCATE")):
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield written


def snapshot():
    """A fingerprint of every row that a request could change, except who is logged in."""
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT)
        return dict(cursor.fetchall())  # in whatever order they come


@pytest.fixture(scope="module")
def world(request, django_db_setup, django_db_blocker):
    """One world for every role: each visit undoes what it changed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World(request.param)
        transaction.set_rollback(True)


every_round = pytest.mark.parametrize("world", REACHABLE, indirect=True, ids=str)
every_role = pytest.mark.parametrize("role", ROLES)


PER_ITEM = ("intervention", "indicator", "update", "item")


def targets(world, kind, takes):
    """The arguments that stand in a URL of this kind, with the number of the item they are about (0: none).

    Pages are visited for every item; a verb for one item in each state, of which the colour is hidden where it has one.
    """
    one_of_each = {world.updates[number].state: number for number in reversed(world.current)}
    numbers = sorted(one_of_each.values()) if takes == VERB else world.current
    match kind:
        case "year":
            return [(2024, 0), (2023, 0)]
        case "years":
            return [((2024, 2023), 0), ((2023, 2024), 0)]
        case "intervention":
            return [(world.items[number].intervention_id, number) for number in numbers]
        case "update":
            return [(world.updates[number].pk, number) for number in numbers]
        case "person":
            return [(person.pk, 0) for person in world.people.values()]
        case "organisation":
            return [(world.people["own"].organisations.get().pk, 0)]
        case "outcome":
            return [(world.outcome.code, 0)]
        case "report":
            return [(2023, 0)]
        case "table":
            return [(world.outcome.table.code, 0)]
        case "area":
            return [(world.area.pk, 0)]
        case "sheet":
            return [(("W", 2024), 0)]
        case "indicator":
            return [(world.proposals[number].pk, number) for number in numbers]
        case "item":
            return [(world.items[number].pk, number) for number in numbers]
    return [(None, 0)]


def form_for(update):
    """What a page would send along, for whatever verb."""
    version = {"version": update.version}
    return {
        "interventions:set_colour": {"version": update.colour_version, "colour": "oranje", "reason": "Daarom."},
        "interventions:add_note": {"text": "Bellen."},
        "interventions:fill_in": version | {"quantitative": "<p>Anders.</p>"},
        "interventions:change_indicator": {
            "do": "hernoemen",
            "indicator": update.plan_item.intervention.indicators.in_use().first().pk,
        },
        "interventions:move_item": {"waarheen": "omlaag"},
        "interventions:drop_item": {"version": update.plan_item.version, "reason": "Daarom."},
    }, version | {"reason": "Daarom."}


def form_for_round(world):
    """What the pages about a round would send along: a pijler, a reason, the voortgang that is still to do."""
    to_do = world.updates[1]
    usual = {"pijler": "W", "reason": "Daarom.", "versions": f"{to_do.pk}-{to_do.version}"}
    colours = sum(world.updates[number].colour_version for number in world.current)
    return {"interventions:release_colours": usual | {"version": colours}}, usual


@every_role
@every_round
def test_who_gets_in_and_what_changes(world, role):
    visit = Visit(world, role)
    forms = {number: form_for(world.updates[number]) for number in world.current} | {0: form_for_round(world)}
    for name, (kind, who, takes) in URLS.items():
        expected = 302 if role == "anonymous" else who(role)
        for target, number in targets(world, kind, takes):
            args = target if isinstance(target, tuple) else [] if target is None else [target]
            update = world.updates.get(number)
            special, usual = forms[number]
            for method in ("get", "post"):
                data = special.get(name, usual) if method == "post" else {}
                response, changed = visit(method, name, *args, data=data)
                where = f"{role} {method} {name} {number}: {response.status_code}"
                may_change = expected == "in" and may_do(world, role, name, update or target)
                if expected == "in":
                    if method == "get":
                        # Who did not post is brought to the page that a verb belongs to.
                        assert response.status_code in ({302} if takes == VERB else {200, 302}), where
                    else:
                        # Done, or refused with the reason on the page; or a form with a mistake in it.
                        assert response.status_code in {200, 302, 405, 409}, where
                else:
                    # Who did not post is brought elsewhere before it is asked whose it is, or after.
                    refused = {expected, 302} if (method, takes) == ("get", VERB) else {expected}
                    assert response.status_code in refused, where
                    if role == "anonymous":
                        assert response.url.startswith(reverse("account_login") + "?next="), where
                if method == "get" or may_change is False:
                    assert not changed, f"{where} changes something"
                elif may_change:
                    assert changed, f"{where} changes nothing"
    if role != "anonymous":
        expected = {
            (marker, number) for marker in SHOWN for number in world.current if world.may_see(role, number, marker)
        }
        expected -= {("zreden", number) for number, update in world.updates.items() if not update.colour}
        assert expected <= visit.seen, f"{role} should also see {sorted(expected - visit.seen)}"
    assert visit.requests == size(world.round_state)


def size(round_state):
    """How many requests every role makes in a world: a GET and a POST for all that can stand in each URL."""
    states = REACHABLE[round_state]
    fixed = {
        "": 1,
        "year": 2,
        "years": 2,
        "person": len(ROLES) - 1,
        "organisation": 1,
        "outcome": 1,
        "table": 1,
        "report": 1,
        "area": 1,
        "sheet": 1,
    }
    for_page = fixed | dict.fromkeys(PER_ITEM, sum(map(len, states.values())))
    for_verb = fixed | dict.fromkeys(PER_ITEM, len(states))
    return 2 * sum((for_verb if takes == VERB else for_page)[kind] for kind, _, takes in URLS.values())


def test_the_matrix_is_as_big_as_this():
    """So that nobody makes it smaller without saying so. Lists are visited once more per filter and search."""
    requests = len(ROLES) * sum(map(size, REACHABLE)) + 2 * 2 * len(ACCOUNT_URLS)

    print(f"{len(URLS) + len(ACCOUNT_URLS)} URLs, {len(ROLES)} roles, {requests} requests")  # noqa: T201 (pytest -rP shows it)
    assert (len(URLS), len(ACCOUNT_URLS), requests) == (83, 18, 15608)
    assert len({name for name, _ in admin_targets()}) == 282


def may_do(world, role, name, target):
    """Whether a POST of somebody who gets in should change something; None where these tables do not say."""
    if name in MODEL_VERBS:
        moves = MAY.get(role, {}).get(MODEL_VERBS[name], {})
        # The question that is planted is a decision, after which nothing is withdrawn.
        return target.state in moves.get(world.round_state, {}) and name != "interventions:withdraw"
    if name in NEEDS_MORE:
        moves = MAY.get(role, {}).get(NEEDS_MORE[name], {})
        return None if target.state in moves.get(world.round_state, {}) else False
    if name in ("interventions:release_colours", "interventions:withdraw_colours"):
        # All that is coloured there is shown already.
        beheerder_alone = world.round_state == "historical" and role == "beheerder" and "withdraw" in name
        return target == 2024 and (world.round_state in ("open", "review") or beheerder_alone)
    if name == "interventions:reopen_round" and world.round_state in ("open", "review"):
        return False  # one round at a time
    if name in ROUND_MOVES:
        return ROUND_MOVES[name] == (world.round_state if target == 2024 else "closed")
    if name == "interventions:record_no_reports":
        return target == 2024 and world.round_state == "review"
    if name == "interventions:add_note":
        return world.round_state in ("open", "review")
    return False if URLS[name][2] == READ else None


LISTS = {
    "interventions:overview_year": ([2024], everybody),
    "interventions:overview_workbook": ([2024], everybody),
    "interventions:queue": ([], who_sees_everything),
    "interventions:queue_workbook": ([], who_sees_everything),
}


# A list tells by state and release, whatever the round: in review all of them occur.
@pytest.mark.parametrize("role", COLUMN)
@pytest.mark.parametrize("world", ["review"], indirect=True)
def test_filters_search_and_sorting_tell_nothing_that_is_hidden(world, role):
    visit = Visit(world, role)
    for name, (args, who) in LISTS.items():
        if who(role) != "in":
            continue
        for query, expected in queries(world, role):
            if name.endswith("_workbook") and "status" in query:
                continue  # the same filter as on the page, and a workbook takes longer to make
            visit("get", name, *args, data=query)
            found = {int(number) for number in NAME.findall(visit.body)} & set(world.current)
            assert found == expected, f"{role} {name} {query}"
        if name == "interventions:queue":
            for column in QueueTable.base_columns:
                for sort in (column, f"-{column}"):
                    response, _ = visit("get", name, *args, data={"sort": sort})
                    assert response.status_code == 200, sort


def queries(world, role):
    """Queries of a list, each with the numbers of the items that should come out."""
    every = set(world.current)
    searched = defaultdict(set)
    for number in every:
        for marker in MARKERS:
            if marker != "zcijfer":
                visible = marker in ("zkwant", "zkwal", "zreden") and world.may_see(role, number, marker)
                searched[visible].add((f"{marker}{number:02}q", number))
    for visible in (False, True):
        words = " or ".join(sorted(word for word, _ in searched[visible]))
        yield {"q": words}, {number for _, number in searched[True]} if visible and words else set() if words else every
    yield {"q": "interventie"}, every
    colours = {number: world.updates[number].colour if world.sees(role, "colour", number) else "" for number in every}
    for word, colour in (("rood", "rood"), ("groen", "groen"), ("geen", "")):
        yield {"kleur": word}, {number for number in every if colours[number] == colour}
    for state in IN_PROGRESS:
        has_it = {
            number for number in every if world.updates[number].state == state and world.sees(role, "state", number)
        }
        yield {"status": state}, every if role == "lezer" else has_it
    yield {"pijler": "W"}, every
    yield {"kleur": "paars"}, set()


@pytest.mark.parametrize("role", ["lezer", "anonymous"])
def test_pages_of_the_library_are_the_same_for_every_role(role):
    person = UserFactory(lezer=True)

    def status(method, name, args):
        client = Client()
        if role == "lezer":
            client.force_login(person)
        return getattr(client, method)(reverse(name, args=args)).status_code

    found = {
        name: [status(method, name, args) for method in ("get", "post")] for name, (args, *_) in ACCOUNT_URLS.items()
    }

    start = 3 if role == "lezer" else 1
    assert found == {name: list(row[start : start + 2]) for name, row in ACCOUNT_URLS.items()}


def named_urls(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_urls(pattern.url_patterns, inner)


# The admin: its pages, and of each model its list, pages, history, export and import, for the beheerder alone


def admin_targets():
    """(name, arguments) of each URL of the admin."""
    yield "admin:index", []
    yield "admin:jsi18n", []
    yield from (("admin:app_list", [app]) for app in OURS)
    for model, model_admin in site._registry.items():
        start = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
        one = model.objects.first()
        names = ("changelist", "add", "export") + ("import",) * hasattr(model_admin, "import_view")
        yield from ((start + name, []) for name in names)
        yield from ((start + name, [one.pk if one else 1]) for name in ("change", "history", "delete"))


@every_role
@pytest.mark.parametrize("world", ["review"], indirect=True)
def test_admin_is_for_the_beheerder_alone(world, role):
    visit = Visit(world, role)
    for name, args in admin_targets():
        for method in ("get", "post"):
            response, changed = visit(method, name, *args)
            where = f"{role} {method} {name}: {response.status_code}"
            assert not changed, f"{where} changes something"
            if role == "anonymous":
                assert response.status_code == 302, where
                assert response.url.startswith(reverse("account_login") + "?next="), where
            elif role != "beheerder":
                assert response.status_code == 403, where
            elif method == "get" and name.rpartition("_")[2] not in ("add", "delete"):
                assert response.status_code in (200, 302), where  # elsewhere when there is nothing of the kind
            else:
                assert response.status_code in (200, 302, 403, 405), where
    assert visit.requests == 2 * len(list(admin_targets()))


def test_every_url_is_classified():
    of_admin = {name for name, _ in admin_targets()}
    assert set(named_urls(get_resolver().url_patterns)) == URLS.keys() | ACCOUNT_URLS.keys() | of_admin
