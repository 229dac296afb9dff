"""The answer to a person who may not do something now. Every room that has verbs gives it."""


class Refused(Exception):  # noqa: N818 (a refusal is an answer to the user, not a fault)
    """A verb that may not be done now. The message is Dutch, for the person who tried it."""


class Conflict(Refused):
    """Somebody else saved in between: the version the user saw is not the current one."""


def refuse(why):
    """Raise Refused with the Dutch reason `why`, unless it is empty."""
    if why:
        raise Refused(why)
