from collections import Counter
from dataclasses import asdict, dataclass, replace
from string import ascii_lowercase

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import CombinedSearchVector, SearchVector, SearchVectorField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, Func, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.db.models.lookups import Exact, LessThan

from accounts.history import AppendOnly, WayIn
from accounts.models import Organisation, Role
from interventions import workflow
from interventions.workflow import CHANGED_BY_OTHERS, Colour, Conflict, Refused, RoundState, State, refuse
from programme.models import Pillar, Theme, unique_name
from programme.richtext import canonical, validate_length

from .search import DUTCH, code_lookup, headline, search_query

HIGHEST_NUMBER = 999


class Funding(models.Model):
    name = models.CharField("naam", max_length=80)

    class Meta:
        verbose_name = "financiering"
        verbose_name_plural = "financieringen"
        ordering = ("name",)
        constraints = (unique_name("funding_name_unique", "Deze financiering bestaat al"),)

    def __str__(self):
        return self.name


class Intervention(models.Model):
    """The thread through the years: what a plan item of one round has in common with those of other rounds."""

    predecessors = models.ManyToManyField(
        "self", through="InterventionLink", symmetrical=False, related_name="successors", verbose_name="komt voort uit"
    )

    class Meta:
        verbose_name = "interventie"
        verbose_name_plural = "interventies"

    def __str__(self):
        return f"interventie {self.pk}"


class InterventionLink(models.Model):
    """What an interventie came from (renamed, split or merged); the first link is the main one."""

    intervention = models.ForeignKey(Intervention, models.CASCADE, related_name="links", verbose_name="interventie")
    predecessor = models.ForeignKey(
        Intervention, models.PROTECT, related_name="successor_links", verbose_name="voortgekomen uit"
    )
    position = models.PositiveSmallIntegerField("volgorde", default=0)

    class Meta:
        verbose_name = "herkomst"
        verbose_name_plural = "herkomsten"
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint("intervention", "predecessor", name="intervention_link_unique"),
            models.UniqueConstraint("intervention", "position", name="intervention_link_position_unique"),
            models.CheckConstraint(
                name="intervention_link_not_to_itself",
                condition=~Q(intervention=F("predecessor")),
                violation_error_message="Een interventie komt niet uit zichzelf voort.",
            ),
        )

    def __str__(self):
        return f"{self.predecessor_id} → {self.intervention_id}"


class Trend(models.TextChoices):
    """Against the main predecessor in the previous round; computed, never typed."""

    NEW = "nieuw", "nieuw"
    FORWARD = "vooruit", "vooruit"
    SAME = "gelijk", "gelijk"
    BACK = "achteruit", "achteruit"
    UNKNOWN = "onbekend", "onbekend"


def _order_of(states):
    return Case(
        *(When(progress__state=state, then=place) for place, state in enumerate(states)),
        default=len(states),
        output_field=models.SmallIntegerField(),
    )


def _rank(colour):
    ranks = Value(Colour.values, output_field=ArrayField(models.TextField()))
    return Func(ranks, colour, function="array_position", output_field=models.SmallIntegerField())


class PlanItemQuerySet(models.QuerySet):
    def counting(self):
        """The numbered interventies, without the activities under 'Organisatie en financiën'."""
        return self.filter(pillar__isnull=False)

    def activities(self):
        """The unnumbered activities under 'Organisatie en financiën'."""
        return self.filter(pillar__isnull=True)

    def in_round(self, reporting_round):
        return self.filter(round=reporting_round)

    def fixed(self):
        """Those of a round that is closed or was taken over from an earlier report: they go on saying what they say."""
        return self.filter(round__state=RoundState.CLOSED)

    def continuing(self):
        """Those that were not dropped: what goes on into the plan of the next round."""
        return self.exclude(progress__state=State.DROPPED)

    def waiting_for_partner(self):
        """Those of which the partner has still to hand in the voortgang."""
        return self.filter(progress__state__in=workflow.WRITABLE)

    def of_pillar(self, pillar):
        """Plan items of `pillar`; None for the activities under 'Organisatie en financiën'."""
        return self.filter(pillar=pillar)

    def in_theme(self, theme):
        """Plan items under `theme` or a part of it (a Theme or its key)."""
        return self.filter(Q(theme=theme) | Q(theme__parent=theme))

    def in_printed_order(self):
        return self.order_by("pillar__position", "position", "pk")

    def own_of(self, *, user):
        """Plan items `user` writes for: initiated by their organisation, a department of it, or a collective it is in.

        Delivering data is not initiating.
        """
        return self.filter(self._own(user))

    def count_writers(self):
        """At how many of these each invuller may write (see `own_of`): a Counter of people."""
        writers = get_user_model().objects.writers()
        counts = Counter()
        for item in self.prefetch_related("initiators"):
            acting = (writers[one.organisation_id] for one in item.initiators.all() if one.may_write)
            counts.update(set().union(*acting))
        return counts

    def initiated_by(self, organisation):
        """Plan items that people of `organisation` write for, as in `own_of`."""
        acting = Organisation.objects.filter(pk=organisation.pk).acting_keys()
        return self.filter(self._initiated_by(acting))

    def filling_in_for(self, plan_item):
        """The items of its round that fill in figures which also stand at `plan_item`; adds `indicator`, its key."""
        from .figures import OutputIndicator

        return (
            self.in_round(plan_item.round_id)
            .filter(
                intervention__placements__owner=True,
                intervention__placements__indicator__in=OutputIndicator.objects.standing_at(plan_item),
            )
            .exclude(intervention=plan_item.intervention_id)
            .annotate(indicator=F("intervention__placements__indicator"))
        )

    def waiting_for(self, *, user):
        """The work of an invuller: where they are contact person first, and in each group what to do first.

        Adds `is_contact`, `leads` (whether one of their organisations is trekker) and `question` (the latest one the
        bureau sent back).
        """
        contacts = PlanItem.contacts.through.objects.filter(planitem=OuterRef("pk"), user=user)
        leading = Initiator.objects.filter(
            plan_item=OuterRef("pk"),
            role=Initiator.Role.TREKKER,
            organisation__in=user.written_for,
        )
        from .progress import ProgressEvent

        questions = ProgressEvent.objects.filter(update__plan_item=OuterRef("pk"), verb=workflow.RETURN.name)
        return (
            self.own_of(user=user)
            .annotate(
                is_contact=Exists(contacts),
                leads=Exists(leading),
                question=Coalesce(
                    Subquery(questions.order_by("-at").values("reason")[:1]), Value(""), output_field=models.TextField()
                ),
            )
            .order_by("-is_contact", _order_of(workflow.PARTNER_ORDER), "pillar__position", "position", "pk")
        )

    def for_queue(self, *, user):
        """The work of the bureau: the pijlers of `user` first, and in each what was submitted.

        Adds `is_mine` and `urgency`, the place of the state in BUREAU_ORDER.
        """
        mine = PillarAssignment.objects.filter(user=user, pillar=OuterRef("pillar"))
        return self.annotate(is_mine=Exists(mine), urgency=_order_of(workflow.BUREAU_ORDER)).order_by(
            "-is_mine", "urgency", "pillar__position", "position", "pk"
        )

    def for_table(self):
        """With all that a row of a list shows of the plan and the voortgang, except the texts."""
        texts = ("quantitative", "qualitative", "search_vector")
        return (
            self.with_trekker()
            .select_related("pillar", "theme__parent", "progress")
            .defer("description", *(f"progress__{text}" for text in texts))
        )

    def next_number(self):
        """The number after the highest one; for the plan items of one pijler of a round."""
        return (self.aggregate(highest=Max("number"))["highest"] or 0) + 1

    def for_plan(self):
        """With all that a row of the plan shows, in printed order."""
        texts = ("quantitative", "qualitative", "search_vector")
        return (
            self.select_related("pillar", "theme__parent", "progress")
            .defer("description", *(f"progress__{text}" for text in texts))
            .prefetch_related("initiators__organisation", "funding", "contacts")
            .in_printed_order()
        )

    def for_content(self):
        """With all that `PlanItem.content` reads, in printed order."""
        return (
            self.select_related("round", "pillar", "progress")
            .prefetch_related("initiators", "funding", "contacts")
            .in_printed_order()
        )

    def for_overview(self):
        """With all that a row of the overview shows of the plan, in printed order."""
        return self.with_trekker().select_related("pillar", "theme__parent").defer("description").in_printed_order()

    def without_texts(self):
        """Rows for a list, which does not show the texts; comes last, after the search that reads them."""
        return self.annotate(seen_quantitative=Value(""), seen_qualitative=Value(""))

    def with_waivers(self):
        """With the voortgang and why parts of it are not filled in; the texts are those of `visible_to`."""
        texts = ("quantitative", "qualitative", "search_vector")
        return (
            self.select_related("round", "progress")
            .defer(*(f"progress__{text}" for text in texts))
            .prefetch_related("progress__waivers__reported_at__pillar")
        )

    def for_reading(self):
        """With all that an item shows when it is read in full."""
        return (
            self.with_waivers()
            .select_related("pillar", "theme__parent")
            .prefetch_related("initiators__organisation", "funding")
        )

    def through_the_years(self, intervention):
        """The items of `intervention` (or its key), that of the latest round first."""
        return self.filter(intervention=intervention).order_by("-round__year")

    def predecessors_of(self, intervention):
        """What `intervention` came from, the main one first: of each the item of its latest round."""
        position = "intervention__successor_links__position"
        items = self.filter(intervention__successor_links__intervention=intervention)
        return items.order_by(position, "-round__year").distinct(position).select_related("round", "pillar")

    def successors_of(self, intervention):
        """What came from `intervention`: of each the item of its latest round."""
        items = self.filter(intervention__links__predecessor=intervention)
        return items.order_by("intervention", "-round__year").distinct("intervention").select_related("round", "pillar")

    def count_states(self):
        """(pijler, state, number of plan items) for each pijler and state there is; the pijler by key."""
        return self.order_by().values_list("pillar", "progress__state").annotate(Count("pk"))

    def count_colours(self):
        """Of each pijler there is (by key): how far its colours are.

        (pijler, number of plan items, of them coloured, released, in need of no colour, version of the colours).
        """
        coloured = Q(progress__colour__in=Colour.values)
        released = Q(progress__colour_released=True)
        dropped = Q(progress__state=State.DROPPED, progress__colour="")
        return (
            self.order_by()
            .values_list("pillar")
            .annotate(
                total=Count("pk"),
                coloured=Count("progress", filter=coloured),
                released=Count("progress", filter=released),
                dropped=Count("progress", filter=dropped),
                version=Sum("progress__colour_version", default=0),
            )
        )

    def count_hidden_colours(self):
        """The colours that closed rounds still hide, and that cannot be released while another round is in progress.

        (year, name of the pijler or None, number of colours), the latest round first.
        """
        from .rounds import ReportingRound

        coloured = self.filter(round__in=ReportingRound.objects.fixed(), progress__colour__in=Colour.values)
        hidden = coloured.filter(progress__colour_released=False)
        pillars = hidden.order_by("-round__year", "pillar__position").values_list("round__year", "pillar__name")
        return pillars.annotate(Count("pk"))

    def colours_version(self):
        """Rises with every colour that is given to one of these: the sum of their `colour_version`."""
        return self.aggregate(version=Sum("progress__colour_version", default=0))["version"]

    def with_trekker(self):
        """Adds `trekker`: the name of the leading organisation, or None."""
        trekkers = Initiator.objects.filter(plan_item=OuterRef("pk"), role=Initiator.Role.TREKKER)
        return self.annotate(trekker=Subquery(trekkers.named().values("said_name")[:1]))

    def without_initiator(self):
        """Plan items that nobody is asked to report on; they stand out for the bureau."""
        return self.filter(~Exists(Initiator.objects.initiating().filter(plan_item=OuterRef("pk"))))

    def without_contact(self):
        """Plan items of which nobody in person is written to."""
        return self.filter(contacts=None)

    def to_hand_over(self, *, from_):
        """Where `from_` is contact person now or in a round to come; what is closed stays as it was."""
        return self.filter(contacts=from_).exclude(round__state=RoundState.CLOSED)

    def hand_over_contact(self, *, from_, to, by):
        """Make `to` (None: nobody) contact person instead of `from_`, where it is not closed; returns at how many."""
        standing = {to.pk} if to else set()
        with transaction.atomic():
            items = list(self.to_hand_over(from_=from_).select_related("round").order_by("round", "pk"))
            for item in items:
                content = item.content()
                contacts = content.contacts - {from_.pk} | standing
                item.change(replace(content, contacts=contacts), by=by, version=item.version)
        return len(items)

    hand_over_contact.alters_data = True

    def visible_to(self, *, user):
        """Everybody sees the plan; what they may see of the voortgang is added as `seen_…` and is empty otherwise.

        Adds `is_own`, `text_seen`, `state_seen`, `colour_seen` and, masked by those: `seen_state`, `seen_quantitative`,
        `seen_qualitative`, `seen_colour`, `seen_colour_reason`, and `previous_item`, `previous_colour`, `trend`
        (DESIGN.md section 3). Pages, filters, searches, sorting and exports use these, never the columns behind them.
        """
        everything = user.sees_everything
        seen = self.annotate(is_own=self._own(user) if user.is_invuller else Value(False))
        if everything:
            seen = seen.annotate(text_seen=Value(True), state_seen=Value(True), colour_seen=Value(True))
        else:
            seen = seen.annotate(
                text_seen=Case(When(Q(is_own=True) | Q(progress__state=State.APPROVED), then=True), default=False),
                state_seen=F("is_own"),
                colour_seen=Coalesce(F("progress__colour_released"), Value(False)),
            )
        return seen.annotate(
            seen_state=self._masked("state", by="state_seen"),
            seen_quantitative=self._masked("quantitative", by="text_seen"),
            seen_qualitative=self._masked("qualitative", by="text_seen"),
            seen_colour=self._masked("colour", by="colour_seen"),
            seen_colour_reason=self._masked("colour_reason", by="colour_seen"),
        )._with_trend(everything=everything)

    def search(self, text):
        """Plan items in which `text` stands, in what `visible_to` shows (call that first), taken as one text."""
        nothing = Cast(Value(""), SearchVectorField())
        in_text = Case(
            When(text_seen=True, then=Coalesce(F("progress__search_vector"), nothing)),
            default=nothing,
            output_field=SearchVectorField(),
        )
        found = Q(seen_words=search_query(text))
        if code := code_lookup(text):
            found |= code
        # The reasons of the colours have no index: they are short, and who may see them differs.
        words = CombinedSearchVector(F("search_vector"), "||", in_text, None)
        in_reason = SearchVector("seen_colour_reason", config=DUTCH)
        return self.alias(seen_words=CombinedSearchVector(words, "||", in_reason, None)).filter(found)

    def with_hit(self, text):
        """Adds `hit`: the piece of visible text in which `text` was found (see `search.headline`)."""
        return self.annotate(
            hit=headline(
                text,
                plain=("name", "former_name", "seen_colour_reason"),
                rich=("description", "seen_quantitative", "seen_qualitative"),
            )
        )

    @classmethod
    def _own(cls, user):
        return cls._initiated_by(user.written_for)

    @staticmethod
    def _initiated_by(organisations):
        return Exists(Initiator.objects.acting_for(organisations).filter(plan_item=OuterRef("pk")))

    @staticmethod
    def _masked(field, *, by):
        return Case(
            When(Q(**{by: True}), then=Coalesce(F(f"progress__{field}"), Value(""))),
            default=Value(""),
            output_field=models.TextField(),
        )

    def _with_trend(self, *, everything):
        """Adds what `visible_to` says of the year before. Each subquery stands in the SQL where it is used: few do."""
        from .rounds import ReportingRound

        year_before = (
            ReportingRound.objects.filter(year__lt=OuterRef(OuterRef("round__year")))
            .order_by("-year")
            .values("year")[:1]
        )
        # Without the default order, which would join tables that the outer references must not find.
        before = PlanItem.objects.order_by().filter(round__year=Subquery(year_before))
        linked = before.filter(intervention__successor_links__intervention=OuterRef("intervention")).order_by(
            "intervention__successor_links__position"
        )
        colour = Coalesce(F("progress__colour"), Value(""), output_field=models.TextField())
        if not everything:
            shown = When(progress__colour_released=True, then=colour)
            colour = Case(shown, default=Value(""), output_field=models.TextField())
        predecessor = PlanItem.objects.order_by().filter(pk=OuterRef("previous_item")).annotate(shown=colour)
        compared = Case(
            When(Exact(OuterRef("seen_colour"), Value("")), then=Value("")),
            When(shown="", then=Value(Trend.UNKNOWN)),
            When(shown=OuterRef("seen_colour"), then=Value(Trend.SAME)),
            When(LessThan(_rank(F("shown")), _rank(OuterRef("seen_colour"))), then=Value(Trend.FORWARD)),
            default=Value(Trend.BACK),
            output_field=models.TextField(),
        )
        # In the first round of all there is nothing to be new against.
        earlier_round = ReportingRound.objects.filter(year__lt=OuterRef("round__year"))
        without_predecessor = Case(
            When(Exists(earlier_round), then=Value(Trend.NEW)),
            When(seen_colour="", then=Value("")),
            default=Value(Trend.UNKNOWN),
            output_field=models.TextField(),
        )
        return self.annotate(
            previous_item=Coalesce(
                Subquery(before.filter(intervention=OuterRef("intervention")).values("pk")[:1]),
                Subquery(linked.values("pk")[:1]),
            ),
            previous_colour=Coalesce(Subquery(predecessor.values("shown")), Value(""), output_field=models.TextField()),
            trend=Case(
                When(colour_seen=False, then=Value("")),
                default=Coalesce(Subquery(predecessor.values_list(compared)), without_predecessor),
                output_field=models.TextField(),
            ),
        )


@dataclass(frozen=True)
class Initiation:
    """An organisation (its key) on a plan item; `role` is one of Initiator.Role."""

    organisation: int
    role: str
    confirmed: bool = False


@dataclass(frozen=True)
class PlanContent:
    """All that the bureau edits about one plan item, with keys for what it points at; initiators in their order."""

    name: str
    pillar: int | None
    theme: int | None
    number: int | None
    letter: str = ""
    former_name: str = ""
    description: str = ""
    funding: frozenset[int] = frozenset()
    initiators: tuple[Initiation, ...] = ()
    contacts: frozenset[int] = frozenset()

    def tidied(self):
        """The same in the one spelling in which it is kept, so that what says the same is no difference."""
        return replace(
            self,
            name=" ".join(self.name.split()),
            former_name=" ".join(self.former_name.split()),
            letter=self.letter.strip().lower(),
            description=canonical(self.description),
        )

    def with_initiator(self, organisation, role):
        """The same with this organisation in this role, a trekker in front; one that is there keeps what it was.

        Unless it becomes trekker: adding is not for taking that away.
        """
        if role != Initiator.Role.TREKKER and any(one.organisation == organisation for one in self.initiators):
            return self
        others = tuple(one for one in self.initiators if one.organisation != organisation)
        added = (Initiation(organisation, role),)
        return replace(self, initiators=added + others if role == Initiator.Role.TREKKER else others + added)

    def with_contact(self, person):
        return replace(self, contacts=self.contacts | {person})

    def without_contact(self, person):
        return replace(self, contacts=self.contacts - {person})

    def merged_with(self, others):
        """The same with what the `others` have besides: texts one after another, people and money together.

        There is one trekker: that of the others becomes initiatiefnemer.
        """
        initiators = {one.organisation: one for one in self.initiators}
        for other in others:
            for one in other.initiators:
                role = Initiator.Role.INITIATOR if one.role == Initiator.Role.TREKKER else one.role
                initiators.setdefault(one.organisation, replace(one, role=role, confirmed=False))
        return replace(
            self,
            description="".join(one.description for one in (self, *others)),
            funding=self.funding.union(*(one.funding for one in others)),
            initiators=tuple(initiators.values()),
            contacts=self.contacts.union(*(one.contacts for one in others)),
        )

    @classmethod
    def from_json(cls, values):
        """What `as_json` made plain values of."""
        return cls(
            **values
            | {
                "funding": frozenset(values["funding"]),
                "initiators": tuple(Initiation(**one) for one in values["initiators"]),
                "contacts": frozenset(values["contacts"]),
            }
        )

    def as_json(self):
        """As plain values, for a column that holds JSON."""
        return asdict(self) | {
            "funding": sorted(self.funding),
            "initiators": [asdict(one) for one in self.initiators],
            "contacts": sorted(self.contacts),
        }


class PlanItemManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().defer("search_vector")


class PlanItem(models.Model):
    """The interventie in the plan of one round.

    The unnumbered activities under 'Organisatie en financiën' have no pijler and no number; they are not counted.
    """

    round = models.ForeignKey("ReportingRound", models.CASCADE, related_name="plan_items", verbose_name="ronde")
    intervention = models.ForeignKey(
        Intervention, models.PROTECT, related_name="plan_items", verbose_name="interventie"
    )
    pillar = models.ForeignKey(
        Pillar, models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name="pijler"
    )
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name="thema"
    )
    number = models.PositiveSmallIntegerField("nummer", null=True, blank=True)
    letter = models.CharField("letter", max_length=1, blank=True)
    position = models.PositiveSmallIntegerField("volgorde")
    name = models.CharField("naam", max_length=250)
    former_name = models.CharField(
        "was", max_length=250, blank=True, help_text="De naam in het vorige uitvoeringsplan, zoals gedrukt."
    )
    description = models.TextField("korte omschrijving", blank=True)
    funding = models.ManyToManyField(Funding, blank=True, related_name="plan_items", verbose_name="financiering")
    organisations = models.ManyToManyField(
        Organisation, through="Initiator", related_name="plan_items", verbose_name="initiatiefnemers"
    )
    contacts = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="contact_for", verbose_name="contactpersonen"
    )
    version = models.PositiveIntegerField("versie", default=1)
    search_vector = models.GeneratedField(
        expression=SearchVector("name", config=DUTCH, weight="A")
        + SearchVector("former_name", config=DUTCH, weight="B")
        + SearchVector("description", config=DUTCH, weight="C"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PlanItemManager.from_queryset(PlanItemQuerySet)()

    class Meta:
        verbose_name = "planregel"
        verbose_name_plural = "planregels"
        ordering = ("position", "pk")
        indexes = (GinIndex(fields=["search_vector"], name="plan_item_search"),)
        constraints = (
            models.UniqueConstraint("round", "intervention", name="plan_item_unique"),
            models.UniqueConstraint(
                "round",
                "pillar",
                "number",
                "letter",
                name="plan_item_number_unique",
                condition=Q(pillar__isnull=False),
                violation_error_message="Dit nummer staat al bij een andere interventie van deze pijler.",
            ),
            models.CheckConstraint(
                name="plan_item_numbered_in_pillar",
                condition=Q(pillar__isnull=False, number__isnull=False)
                | Q(pillar__isnull=True, number__isnull=True, letter=""),
                violation_error_message="Een interventie in een pijler heeft een nummer; een andere activiteit niet.",
            ),
            models.CheckConstraint(name="plan_item_named", condition=~Q(name="")),
        )

    def __str__(self):
        return f"{self.code} {self.name}".strip()

    @property
    def code(self):
        """Short name in print, such as 'Wo17' or 'W4'; empty for an activity without number."""
        return f"{self.pillar.abbreviation}{self.number}{self.letter}" if self.pillar_id else ""

    @property
    def was(self):
        """The former name, when it was another one; print repeats the name where it stayed."""
        return self.former_name if self.former_name != self.name else ""

    def free_letters(self):
        """The letters that are free behind the number of this item, in order; none for an activity."""
        if self.pillar_id is None:
            return []
        same = PlanItem.objects.in_round(self.round_id).filter(pillar=self.pillar_id, number=self.number)
        taken = set(same.values_list("letter", flat=True))
        return [letter for letter in ascii_lowercase if letter not in taken]

    # What the bureau edits

    def content(self):
        """What the plan says now; no query when initiators, funding and contacts were prefetched."""
        return PlanContent(
            name=self.name,
            pillar=self.pillar_id,
            theme=self.theme_id,
            number=self.number,
            letter=self.letter,
            former_name=self.former_name,
            description=self.description,
            funding=frozenset(funding.pk for funding in self.funding.all()),
            initiators=tuple(Initiation(one.organisation_id, one.role, one.confirmed) for one in self.initiators.all()),
            contacts=frozenset(person.pk for person in self.contacts.all()),
        )

    def content_for_next(self):
        """What the plan of the next round says of it: for who has left since comes who took over."""
        stand_ins = {person.stand_in for person in self.contacts.all()} - {None}
        return replace(self.content(), contacts=frozenset(person.pk for person in stand_ins))

    def writers(self):
        """The people who may write here (see `own_of`): from whom contact persons are chosen."""
        organisations = self.initiators.initiating().values("organisation")
        acting = (
            Q(organisations__in=organisations)
            | Q(organisations__departments__in=organisations)
            | Q(organisations__collectives__in=organisations)
        )
        people = get_user_model().objects.filter(role=Role.INVULLER, is_active=True)
        return people.filter(acting).distinct()

    def why_not_change(self, *, user):
        """Why `user` may not change this plan item now, in Dutch; "" when they may."""
        return self.round.why_not_change_plan(user=user)

    def change(self, content, *, by, version, way_in=WayIn.FORM):
        """Let the plan say `content` from now on; returns whether that is anything else than it said.

        `version` is the one the user saw; when it is no longer current, Conflict is raised and nothing is written.
        """
        with transaction.atomic():
            self._lock(by=by, version=version)
            before, after = self.content(), content.tidied()
            if after == before:
                return False
            refuse(self.why_not_say(after, before))
            # What came with a plan was not kept yet: it is now that it would be lost.
            if not self.revisions.filter(version=self.version).exists():
                self.keep_revision(before, by=None, way_in=WayIn.PLAN)
            self.version += 1
            self.say(after, before)
            self.keep_revision(after, by=by, way_in=way_in)
        return True

    change.alters_data = True

    def begin(self, content, *, by, way_in=WayIn.FORM):
        """Let this new item, in a plan that is locked, say `content`."""
        refuse(self.why_not_say(content))
        self.say(content)
        self.keep_revision(content, by=by, way_in=way_in)

    begin.alters_data = True

    def why_not_drop(self, *, user):
        """Why `user` may not stop this interventie now, in Dutch; "" when they may."""
        update = getattr(self, "progress", None)
        return self.why_not_change(user=user) or (update.why_not(workflow.DROP.name, user=user) if update else "")

    def why_not_replace(self, *, user):
        """Why `user` may not let others take the place of this one; besides what its round says (why_not_replace)."""
        update = getattr(self, "progress", None)
        if update and update.state not in workflow.DROP.sources:
            return f"De status is '{update.get_state_display()}'; splitsen of samenvoegen kan nu niet."
        return self.why_not_drop(user=user)

    def drop(self, *, by, version, reason):
        """Stop this interventie, with a reason: its voortgang is 'vervallen', and in a planned round made for it."""
        from .progress import ProgressUpdate

        with transaction.atomic():
            self._lock(by=by, version=version)
            update, _ = ProgressUpdate.objects.get_or_create(plan_item=self)
            update.drop(by=by, version=update.version, reason=reason)

    drop.alters_data = True

    def move(self, step, *, by):
        """Change places with the one above (`step` -1) or below (1) of the same thema.

        Takes no version: one place up is one place up, whoever moved another meanwhile.
        """
        with transaction.atomic():
            self._lock(by=by, version=None)
            row = list(self._pillar_in_order())
            here = row.index(self)
            candidates = range(here + step, len(row) if step > 0 else -1, step)
            there = next((place for place in candidates if row[place].theme_id == self.theme_id), None)
            if there is None:
                raise Refused(f"{self} staat al {'bovenaan' if step < 0 else 'onderaan'} in het thema.")
            row[here], row[there] = row[there], row[here]
            _number(row)

    move.alters_data = True

    def _lock(self, *, by, version):
        """Lock the plan of the round and this item until the transaction ends; `version` None is any."""
        locked = self.round.lock_plan(by=by)
        # Without the key: whoever points at this item from a voortgang need not wait.
        self.refresh_from_db(from_queryset=PlanItem.objects.select_for_update(no_key=True))
        self.round = locked
        if version not in (None, self.version):
            raise Conflict(CHANGED_BY_OTHERS)

    def why_not_say(self, content, before=None):
        """Why the plan of this round cannot say `content` here, in Dutch; "" when it can. `before` is what it says."""
        before = before or PlanContent(name="", pillar=None, theme=None, number=None)
        return (
            _why_not_worded(content)
            or _why_not_numbered(content)
            or _why_not_initiated(content.initiators)
            or _why_not_there(content, before)
            or self._why_not_free(content, before)
            or self._why_not_named(content, before)
        )

    def _why_not_free(self, content, before):
        code = {"pillar": content.pillar, "number": content.number, "letter": content.letter}
        if content.pillar is None or all(getattr(before, name) == value for name, value in code.items()):
            return ""
        others = PlanItem.objects.in_round(self.round_id).exclude(pk=self.pk).select_related("pillar")
        taken = others.filter(**code).first()
        return f"{taken.code} is al {taken.name}. Kies een ander nummer, of zet er een letter bij." if taken else ""

    def _why_not_named(self, content, before):
        """An earlier report may have two of one name; a plan of one's own, of what goes on, has not."""
        stays = (content.pillar, content.name) == (before.pillar, before.name)
        if stays or self.round.historical:
            return ""
        others = PlanItem.objects.in_round(self.round_id).of_pillar(content.pillar).continuing().exclude(pk=self.pk)
        # What it takes the place of may have had that name.
        others = others.exclude(intervention__successor_links__intervention=self.intervention_id)
        taken = others.filter(name__iexact=content.name).select_related("pillar").first()
        return f"{taken.code or 'Een andere activiteit'} heet al '{taken.name}'. Kies een andere naam." if taken else ""

    def say(self, content, before=None):
        """Write `content` to this locked or new item, and what points at it."""
        moves = before is None or (content.pillar, content.theme) != (before.pillar, before.theme)
        self.name, self.former_name, self.description = content.name, content.former_name, content.description
        self.pillar_id, self.theme_id = content.pillar, content.theme
        self.number, self.letter = content.number, content.letter
        if moves:
            self._take_place()
        self.save()
        if before is None or content.funding != before.funding:
            self.funding.set(content.funding)
        if before is None or content.contacts != before.contacts:
            self.contacts.set(content.contacts)
        if before is None or content.initiators != before.initiators:
            kept = dict(self.initiators.values_list("organisation", "kept_name"))
            self.initiators.all().delete()
            Initiator.objects.bulk_create(
                Initiator(
                    plan_item=self,
                    organisation_id=one.organisation,
                    role=one.role,
                    confirmed=one.confirmed,
                    position=position,
                    kept_name=kept.get(one.organisation, ""),
                )
                for position, one in enumerate(content.initiators)
            )
            if self.round.historical:
                self.initiators.keep_names()

    say.alters_data = True

    def _take_place(self):
        """Stand behind the others of its thema, or at the end of the pijler; the others are numbered anew."""
        others = self._pillar_in_order().exclude(pk=self.pk).select_related("theme")
        others = list(others.only("position", "theme__position"))
        place = max((n for n, other in enumerate(others, 1) if _theme_place(other) <= _theme_place(self)), default=0)
        self.position = place + 1
        _number(others[:place])
        _number(others[place:], start=place + 2)

    def stand_behind(self, other):
        """Take the place behind `other`, when that is of the same pijler and thema."""
        if (self.pillar_id, self.theme_id) == (other.pillar_id, other.theme_id):
            self.refresh_from_db(fields=["position"])  # others that were placed may have moved it
            row = [item for item in self._pillar_in_order() if item != self]
            row.insert(row.index(other) + 1, self)
            _number(row)

    stand_behind.alters_data = True

    def _pillar_in_order(self):
        """The plan items of this round and pijler, as they stand in print."""
        return PlanItem.objects.in_round(self.round_id).of_pillar(self.pillar_id).order_by("position", "pk")

    def keep_revision(self, content, *, by, way_in):
        """Keep `content` for ever as what this version says."""
        self.revisions.create(version=self.version, content=content.as_json(), by=by, way_in=way_in)

    keep_revision.alters_data = True

    def copy_for(self, reporting_round):
        """This item, unsaved, in the plan of another round."""
        return PlanItem(
            round=reporting_round,
            intervention_id=self.intervention_id,
            pillar_id=self.pillar_id,
            theme_id=self.theme_id,
            number=self.number,
            letter=self.letter,
            position=self.position,
            name=self.name,
            former_name=self.former_name,
            description=self.description,
        )


def _number(items, *, start=1):
    """Let `items` stand in this order, from the place `start` on."""
    moved = [(position, item) for position, item in enumerate(items, start) if item.position != position]
    for position, item in moved:
        item.position = position
    PlanItem.objects.bulk_update([item for _, item in moved], ["position"])


def _theme_place(item):
    """Where the thema of `item` stands in its pijler; what has no thema comes last."""
    return item.theme.position if item.theme_id else float("inf")


def _why_not_worded(content):
    if not content.name:
        return "Vul een naam in."
    for label, text, name in (("naam", content.name, "name"), ("oude naam", content.former_name, "former_name")):
        if len(text) > (limit := PlanItem._meta.get_field(name).max_length):
            return f"De {label} is te lang: {len(text)} tekens. Er passen er hoogstens {limit}."
    try:
        validate_length(content.description)
    except ValidationError as error:
        return f"Korte omschrijving: {error.message % error.params}"
    return ""


def _why_not_numbered(content):
    if content.pillar is None:
        if content.number is None and not content.letter:
            return ""
        return "Een activiteit onder 'Organisatie en financiën' heeft geen nummer. Maak nummer en letter leeg."
    if content.number is None:
        return "Een interventie in een pijler heeft een nummer. Vul een nummer in."
    if not 1 <= content.number <= HIGHEST_NUMBER:
        return f"Het nummer ligt tussen 1 en {HIGHEST_NUMBER}."
    if content.letter and not (len(content.letter) == 1 and content.letter.isascii() and content.letter.isalpha()):
        return "Achter het nummer staat hoogstens één letter, van a tot en met z."
    return ""


def _why_not_initiated(initiators):
    organisations = [one.organisation for one in initiators]
    if len(organisations) != len(set(organisations)):
        return "Een organisatie staat twee keer bij de initiatiefnemers. Haal er een weg."
    if any(one.role not in Initiator.Role.values for one in initiators):
        return "Kies bij elke initiatiefnemer een rol: trekker, initiatiefnemer of dataleverancier."
    if sum(one.role == Initiator.Role.TREKKER for one in initiators) > 1:
        return "Een interventie heeft één trekker. Maak van de andere initiatiefnemer."
    return ""


def _why_not_there(content, before):
    """Why what is newly pointed at cannot be: it was deleted meanwhile, or the thema is of another pijler."""
    people, organisations = content.contacts, frozenset(one.organisation for one in content.initiators)
    for model, keys, known in (
        (Pillar, {content.pillar} - {None}, {before.pillar}),
        (Theme, {content.theme} - {None}, {before.theme}),
        (Funding, content.funding, before.funding),
        (Organisation, organisations, {one.organisation for one in before.initiators}),
        (get_user_model(), people, before.contacts),
    ):
        if (new := keys - known) and model.objects.filter(pk__in=new).count() < len(new):
            return f"Wat u koos als {model._meta.verbose_name}, bestaat niet meer. Kies opnieuw."
    if (content.pillar, content.theme) != (before.pillar, before.theme) and content.theme is not None:
        theme = Theme.objects.get(pk=content.theme)
        if theme.pillar_id != content.pillar:
            return f"Het thema '{theme}' hoort bij een andere pijler. Kies een thema van deze pijler."
    return ""


class PlanRevision(AppendOnly):
    """What one version of a plan item said: nobody loses a word. `by` is empty for what came with the plan.

    `content` is a PlanContent as plain values (PlanContent.as_json).
    """

    plan_item = models.ForeignKey(PlanItem, models.PROTECT, related_name="revisions", verbose_name="planregel")
    version = models.PositiveIntegerField("versie")
    content = models.JSONField("inhoud")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="door"
    )
    way_in = models.CharField("langs welke weg", max_length=6, choices=WayIn)

    class Meta:
        verbose_name = "versie van een planregel"
        verbose_name_plural = "versies van planregels"
        ordering = ("version",)
        constraints = (models.UniqueConstraint("plan_item", "version", name="plan_revision_unique"),)

    def __str__(self):
        return f"{self.plan_item_id}, versie {self.version}"


class InitiatorQuerySet(models.QuerySet):
    def initiating(self):
        """Those who may write: not the organisations that only deliver data."""
        return self.exclude(role=Initiator.Role.DATA_SUPPLIER)

    def acting_for(self, organisations):
        """Those who may write in the name of one of `organisations` (keys)."""
        return self.initiating().filter(organisation__in=organisations)

    def named(self):
        """Adds `said_name`: what the organisation is called in the round of each."""
        return self.annotate(said_name=Coalesce(NullIf("kept_name", Value("")), "organisation__name"))

    def keep_names(self):
        """Let these go on calling their organisation what it is called now, where they do not say otherwise yet."""
        organisations = Organisation.objects.filter(pk=OuterRef("organisation"))
        self.filter(kept_name="").update(kept_name=Subquery(organisations.values("name")))

    keep_names.alters_data = True


class Initiator(models.Model):
    """An organisation on a plan item; the first named is taken to be trekker until the bureau confirms it."""

    class Role(models.TextChoices):
        TREKKER = "trekker", "trekker"
        INITIATOR = "initiatiefnemer", "initiatiefnemer"
        DATA_SUPPLIER = "dataleverancier", "dataleverancier"

    plan_item = models.ForeignKey(PlanItem, models.CASCADE, related_name="initiators", verbose_name="planregel")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="initiations", verbose_name="organisatie"
    )
    role = models.CharField("rol", max_length=16, choices=Role)
    confirmed = models.BooleanField("bevestigd", default=False)
    position = models.PositiveSmallIntegerField("volgorde", default=0)
    # In a closed round and in one from an earlier report. Reopening a round forgets it.
    kept_name = models.CharField("naam in deze ronde", max_length=150, blank=True)

    objects = InitiatorQuerySet.as_manager()

    class Meta:
        verbose_name = "initiatiefnemer"
        verbose_name_plural = "initiatiefnemers"
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint("plan_item", "organisation", name="initiator_unique"),
            models.UniqueConstraint(
                "plan_item",
                name="initiator_one_trekker",
                condition=Q(role="trekker"),
                violation_error_message="Een interventie heeft één trekker.",
            ),
        )

    def __str__(self):
        return f"{self.name} ({self.get_role_display()})"

    @property
    def name(self):
        """What the organisation is called in this round."""
        return self.kept_name or self.organisation.name

    @property
    def may_write(self):
        """Whether it may report; delivering data is not initiating."""
        return self.role != self.Role.DATA_SUPPLIER

    def copy_for(self, plan_item):
        """This initiator, unsaved, on a plan item of another round, by the name that it has now."""
        return Initiator(
            plan_item=plan_item,
            organisation_id=self.organisation_id,
            role=self.role,
            confirmed=self.confirmed,
            position=self.position,
        )


NOT_OF_BUREAU = "Een pijler krijgt een adviseur of beheerder van het programmabureau."


class PillarAssignmentQuerySet(models.QuerySet):
    def pillars_of(self, user):
        """The pijlers that `user` looks after."""
        return Pillar.objects.filter(pk__in=self.filter(user=user).values("pillar"))

    def of_pillar(self, pillar):
        """The people of the bureau who look after `pillar`; nobody looks after what is in none."""
        return get_user_model().objects.of_bureau().filter(pk__in=self.filter(pillar=pillar).values("user"))

    def assign(self, pillar, people, *, by):
        """Let `people` look after `pillar`, and nobody else."""
        if not by.is_bureau:
            raise PermissionDenied
        if any(not person.is_bureau for person in people):
            raise Refused(NOT_OF_BUREAU)
        with transaction.atomic():
            self.filter(pillar=pillar).exclude(user__in=people).delete()
            self.bulk_create([self.model(user=one, pillar=pillar) for one in people], ignore_conflicts=True)

    assign.alters_data = True

    def hand_over(self, *, from_, to, by):
        """Let `to` (None: nobody) look after the pijlers of `from_`; returns those pijlers."""
        if not by.is_bureau:
            raise PermissionDenied
        if to and not to.is_bureau:
            raise Refused(NOT_OF_BUREAU)
        with transaction.atomic():
            pillars = list(self.pillars_of(from_))
            self.filter(user=from_).delete()
            if to:
                self.bulk_create([self.model(user=to, pillar=pillar) for pillar in pillars], ignore_conflicts=True)
        return pillars

    hand_over.alters_data = True


class PillarAssignment(models.Model):
    """The pijlers an adviseur looks after; they come first in the queue."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="pillar_assignments", verbose_name="adviseur"
    )
    pillar = models.ForeignKey(Pillar, models.CASCADE, related_name="assignments", verbose_name="pijler")

    objects = PillarAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "toewijzing aan een pijler"
        verbose_name_plural = "toewijzingen aan pijlers"
        constraints = (models.UniqueConstraint("user", "pillar", name="pillar_assignment_unique"),)

    def __str__(self):
        return f"{self.user}: {self.pillar}"
