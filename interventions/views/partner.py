def _later(request, **kwargs):
    raise NotImplementedError


mine = mine_workbook = fill_in = submit = withdraw = propose_indicator = _later
