"""Full-text search in Dutch, on PostgreSQL."""

import re

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Concat

DUTCH = "dutch"
# Around the words found; the template turns them into <mark>. Control characters, which no text may contain.
HIT_START, HIT_END = "\x02", "\x03"
_CODE = re.compile(r"([a-z]+)\s?(\d{1,4})([a-z]?)", re.IGNORECASE)


def search_query(text):
    """What a user types: words, "quoted words", or, and -without, as in a web search."""
    return SearchQuery(text, config=DUTCH, search_type="websearch")


def code_lookup(text):
    """Lookups for a number such as 'Wo17' or 'w 4', or None when `text` is not one."""
    found = _CODE.fullmatch(text.strip())
    if not found:
        return None
    return models.Q(pillar__abbreviation__iexact=found[1], number=int(found[2]), letter__iexact=found[3])


class _WithoutTags(Func):
    function = "regexp_replace"
    template = "%(function)s(%(expressions)s, '<[^>]+>', ' ', 'g')"
    output_field = models.TextField()


def headline(text, *, plain, rich):
    """The piece of these fields in which `text` is found, the hits between HIT_START and HIT_END."""
    fields = [*map(models.F, plain), *map(_WithoutTags, rich)]
    return SearchHeadline(
        Concat(*(part for field in fields for part in (field, Value(" "))), output_field=models.TextField()),
        search_query(text),
        config=DUTCH,
        start_sel=HIT_START,
        stop_sel=HIT_END,
        max_words=20,
        min_words=10,
    )
