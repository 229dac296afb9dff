"""The plan, the rounds, the progress reported and the figures that go with it."""

from .figures import IndicatorEvent, IndicatorPlacement, OutputIndicator, OutputSeries, OutputValue
from .imports import ImportLog
from .plan import (
    Funding,
    Initiator,
    Intervention,
    InterventionLink,
    PillarAssignment,
    PlanItem,
    PlanRevision,
    Trend,
)
from .progress import InternalNote, ProgressEvent, ProgressUpdate, Revision, Waiver
from .rounds import Demonstration, ReportingRound, RoundEvent

__all__ = [
    "Demonstration",
    "Funding",
    "ImportLog",
    "IndicatorEvent",
    "IndicatorPlacement",
    "Initiator",
    "InternalNote",
    "Intervention",
    "InterventionLink",
    "OutputIndicator",
    "OutputSeries",
    "OutputValue",
    "PillarAssignment",
    "PlanItem",
    "PlanRevision",
    "ProgressEvent",
    "ProgressUpdate",
    "ReportingRound",
    "Revision",
    "RoundEvent",
    "Trend",
    "Waiver",
]
