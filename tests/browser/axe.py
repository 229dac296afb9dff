"""What every page has to pass, whatever is on it: axe-core without findings, and no scrolling sideways."""

from pathlib import Path

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
WIDTHS = (1280, 390)


def check(page):
    """Assert that the page as it stands is accessible and fits, on a desk and on a telephone.

    Changes the size of the window, so that what had opened or scrolled may have moved.
    """
    page.wait_for_load_state()  # a click waits until the next page begins; before its style sheets are there it is bare
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{page.url} scrolls {sideways} px sideways at {width} px"
        assert not (found := findings(page)), f"{page.url} at {width} px:\n" + "\n".join(found)


def findings(page):
    """The rules of axe-core that the page breaks, best practices included: one line per element."""
    page.evaluate(AXE)
    # Of a style sheet that imports another, as those of Django's admin do, axe would make an inline style.
    preload = "/beheer/" not in page.url
    result = page.evaluate("preload => axe.run(document, {resultTypes: ['violations'], preload})", preload)
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:200]}" for rule in result["violations"] for node in rule["nodes"]
    ]
