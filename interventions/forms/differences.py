"""Two versions of what a form holds, in words."""

from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Difference:
    """Two versions of one field in words: what is stored now, and what was typed; `marked` what differs in a text."""

    label: str
    stored: str
    typed: str
    marked: SafeString | None = None
