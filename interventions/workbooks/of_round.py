from workbooks.resources import SheetResource


class RoundResource(SheetResource):
    """A sheet of the 'bewerkbaar bestand' of a round, for `user`."""

    def __init__(self, *, reporting_round, user):
        super().__init__()
        self.round, self.user = reporting_round, user
