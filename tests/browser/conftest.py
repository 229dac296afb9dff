"""A browser for the tests. Every page they open is watched: nothing from outside, nothing against the CSP."""

import os
import shutil

import pytest
from django.conf import settings
from django.test import Client

# Playwright's own event loop runs in the thread of the tests, where Django takes it for one of ours.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium where it is installed, without a window if it can: that takes half the time of the processor.

    Otherwise the one that Playwright brings.
    """
    return browser_type_launch_args | {
        "executable_path": shutil.which("chromium-headless-shell") or shutil.which("chromium"),
        "args": [
            "--no-sandbox",  # the sandbox does not work as root; the pages are our own
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    # Without motion, so that no colour is measured on its way to another.
    return browser_context_args | {"locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "reduced_motion": "reduce"}


@pytest.fixture
def context(context, live_server):
    """A browser window in which anything external, forbidden or broken fails the test."""
    complaints = []

    def watch(page):
        page.on("console", lambda message: _complain_about(message, complaints))
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))

    def watch_request(request):
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            complaints.append(f"external: {request.url}")

    context.on("page", watch)
    context.on("request", watch_request)
    context.set_default_timeout(10_000)
    yield context
    assert not complaints, "\n".join(complaints)


def _complain_about(message, complaints):
    # A page that is meant to answer 404 or 500 is reported here too; that is no fault of the page.
    if message.type == "error" and "Failed to load resource" not in message.text:
        complaints.append(f"console: {message.text}")


@pytest.fixture
def log_in(context, live_server):
    """log_in(user): the browser is theirs from the next page on."""

    def log_in(user):
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return log_in


@pytest.fixture
def elsewhere(browser, browser_context_args):
    """The browser of another person, at another desk."""
    context = browser.new_context(**browser_context_args)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
