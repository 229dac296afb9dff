from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchRank, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Count, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, LessThan

from accounts.models import Organisation
from interventions import workflow
from interventions.workflow import Colour, State
from programme.models import Pillar, Theme

from .search import DUTCH, code_lookup, headline, search_query


class Funding(models.Model):
    name = models.CharField("naam", max_length=80, unique=True)

    class Meta:
        verbose_name = "financiering"
        verbose_name_plural = "financieringen"
        ordering = ("name",)

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

    intervention = models.ForeignKey(Intervention, models.CASCADE, related_name="links")
    predecessor = models.ForeignKey(Intervention, models.PROTECT, related_name="successor_links")
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

    def initiated_by(self, organisation):
        """Plan items that people of `organisation` write for, as in `own_of`."""
        acting = Organisation.objects.filter(pk=organisation.pk).acting_keys()
        return self.filter(self._initiated_by(acting))

    def filling_in_for(self, plan_item):
        """The items of its round that fill in figures which also stand at `plan_item`; adds `indicator`, its key."""
        return (
            self.in_round(plan_item.round_id)
            .filter(
                intervention__placements__owner=True,
                intervention__placements__indicator__placements__intervention=plan_item.intervention_id,
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
        """(pijler, number of plan items, of them coloured, of them released) for each pijler there is, by key."""
        coloured = Q(progress__colour__in=Colour.values)
        released = Q(progress__colour_released=True)
        return (
            self.order_by()
            .values_list("pillar")
            .annotate(
                total=Count("pk"),
                coloured=Count("progress", filter=coloured),
                released=Count("progress", filter=released),
            )
        )

    def with_trekker(self):
        """Adds `trekker`: the name of the leading organisation, or None."""
        trekkers = Initiator.objects.filter(plan_item=OuterRef("pk"), role=Initiator.Role.TREKKER)
        return self.annotate(trekker=Subquery(trekkers.values("organisation__name")[:1]))

    def without_initiator(self):
        """Plan items that nobody is asked to report on; they stand out for the bureau."""
        return self.filter(~Exists(Initiator.objects.initiating().filter(plan_item=OuterRef("pk"))))

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
        """Plan items in which `text` stands, in what `visible_to` shows (call that first); adds `rank`."""
        query = search_query(text)
        in_text = Case(
            When(text_seen=True, then=SearchRank(F("progress__search_vector"), query)),
            default=0.0,
            output_field=models.FloatField(),
        )
        found = Q(search_vector=query) | Q(text_seen=True, progress__search_vector=query)
        if code := code_lookup(text):
            found |= code
        return self.filter(found).annotate(rank=SearchRank(F("search_vector"), query) + in_text)

    def with_hit(self, text):
        """Adds `hit`: the piece of visible text in which `text` was found (see `search.headline`)."""
        return self.annotate(
            hit=headline(text, "name", "former_name", "description", "seen_quantitative", "seen_qualitative")
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
    description = models.TextField("korte beschrijving", blank=True)
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


class InitiatorQuerySet(models.QuerySet):
    def initiating(self):
        """Those who may write: not the organisations that only deliver data."""
        return self.exclude(role=Initiator.Role.DATA_SUPPLIER)

    def acting_for(self, organisations):
        """Those who may write in the name of one of `organisations` (keys)."""
        return self.initiating().filter(organisation__in=organisations)


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
        return f"{self.organisation} ({self.get_role_display()})"

    def copy_for(self, plan_item):
        """This initiator, unsaved, on a plan item of another round."""
        return Initiator(
            plan_item=plan_item,
            organisation_id=self.organisation_id,
            role=self.role,
            confirmed=self.confirmed,
            position=self.position,
        )


class PillarAssignmentQuerySet(models.QuerySet):
    def pillars_of(self, user):
        """The pijlers that `user` looks after."""
        return Pillar.objects.filter(pk__in=self.filter(user=user).values("pillar"))


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
