from django import template

register = template.Library()

# In this order: many browsers also name those they descend from.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "een iPhone",
    "iPad": "een iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "een Mac",
    "Linux": "Linux",
}


@register.filter
def device(user_agent):
    """What a person recognises in what a browser says of itself, such as 'Firefox op Windows'."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), "Een browser")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return f"{browser} op {system}" if system else browser
