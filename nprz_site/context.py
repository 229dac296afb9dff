def site(request):
    """What every page shows."""
    return {}
