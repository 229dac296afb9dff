"""Rich text: one canonical form, the one the editor itself writes, for every way in.

The vocabulary is small: paragraphs, bold, italic, bullet and ordered lists, links, tables and line breaks. What comes
in as something else (a heading, a caption, a <div>) keeps its words and takes the nearest form. The module knows no
model and no form, so that the form field, the importers and the loaders can share it.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

import nh3
from django.core.exceptions import ValidationError
from lxml import etree

LIMIT = 30_000
"""Longest text, in characters of canonical HTML: an Excel cell holds 32,767."""

ALLOWED = {
    "tags": {"p", "br", "strong", "em", "a", "ul", "ol", "li", "table", "tbody", "tr", "th", "td"},
    "attributes": {
        "a": {"href"},
        "ol": {"start"},
        "th": {"colspan", "rowspan", "scope"},
        "td": {"colspan", "rowspan"},
    },
    "url_schemes": {"http", "https", "mailto"},
    "url_relative": "deny",
    "link_rel": None,
}
"""The one allow-list (arguments of nh3). The editor's schema in static/editor/house.js says the same."""

_CLEANER = nh3.Cleaner(**ALLOWED)

_MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em"} | {f"h{level}": "strong" for level in range(1, 7)}
_NO_WORDS = {"script", "style", "template", "title"}
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "colgroup", "dd", "details", "dialog"),
    *("dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3"),
    *("h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol"),
    *("optgroup", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
    "ul",
}
_LISTS = {"ul": "ul", "ol": "ol", "dir": "ul", "menu": "ul"}
_DEEPEST = 24  # lists and tables inside each other; deeper ones become plain paragraphs
_BREAK = "\n"

# Not characters of a text: PostgreSQL refuses the first, XML (so Excel and Word) the others.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"[ \t\r\n\f]+")  # what HTML collapses; a non-breaking space is text
_SPAN = re.compile(r"[1-9]\d{0,2}")
_START = re.compile(r"[1-9]\d{0,4}")
_SCOPES = {"col", "row", "colgroup", "rowgroup"}
_MARKUP = re.compile(r"\A\s*<(p|ul|ol|table|div|h\d|blockquote)\b|</[a-z]\w*\s*>|<br\b", re.IGNORECASE)
_BULLET = re.compile(r"[-•]\s+")


@dataclass(slots=True)
class _Node:
    """A block of the document; the children of a paragraph are (text or _BREAK, marks)."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list = field(default_factory=list)


@lru_cache(maxsize=64)  # what comes in by the editor is canonical already, and passes here twice: form and model
def canonical(html: str) -> str:
    """Return the text as the editor would write it: safe, idempotent, without losing a word; '' when it is empty."""
    return _CLEANER.clean("".join(map(_write, _read(html))))


def blocks(html: str) -> list[str]:
    """Return the top-level blocks (paragraph, list, table) of a text, each in canonical HTML."""
    return [_CLEANER.clean(_write(block)) for block in _read(html)]


def plain_text(html: str) -> str:
    """Return the text without markup, a line a paragraph: items start with '- ' or '1. ', ' | ' parts cells."""
    return "\n".join(_lines(_read(html))).strip()


def from_typed(text: str) -> str:
    """Return what was typed or stands in a cell, HTML or plain text, as canonical HTML."""
    return canonical(text) if _MARKUP.search(text) else from_plain_text(text)


def from_plain_text(text: str) -> str:
    """Return plain text as canonical HTML: a blank line ends a paragraph, '- ' or '• ' starts an item."""
    html = []
    for chunk in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        lines, items = [], []
        for line in map(str.strip, chunk.split("\n")):
            if bullet := _BULLET.match(line):
                items.append([line[bullet.end() :]])
            else:
                (items[-1] if items else lines).append(line)
        html.append("<p>" + "<br>".join(map(escape, lines)) + "</p>" if lines else "")
        html.append("<ul>" + "".join("<li>" + "<br>".join(map(escape, item)) + "</li>" for item in items) + "</ul>")
    return canonical("".join(html))


def validate_length(html: str) -> None:
    """Raise ValidationError when canonical HTML is longer than LIMIT."""
    if len(html) > LIMIT:
        raise ValidationError(
            "Deze tekst is te lang: %(length)s tekens, de opmaak meegeteld. Er passen er hoogstens %(limit)s.",
            code="too_long",
            params={"length": _dutch(len(html)), "limit": _dutch(LIMIT)},
        )


def _dutch(number: int) -> str:
    return f"{number:,}".replace(",", ".")


class _Reader:
    """Target of lxml's parser: gives all it reads a place in the editor's document, and so loses nothing."""

    def __init__(self):
        self.document = _Node("document")
        self._stack = [self.document]  # the document, and the lists, items, tables, rows and cells that are open
        self._paragraph = None
        self._marks = []
        self._opened = []  # for every open tag: what to go back to when it ends
        self._silent = 0

    def start(self, tag, attributes):
        self._opened.append((len(self._stack), len(self._marks)))
        self._silent += tag in _NO_WORDS
        if tag in _BLOCKS:
            self._paragraph = None
        if tag in _MARKS:
            mark = (_MARKS[tag], "")
            if mark not in self._marks:  # bold within bold is bold
                self._marks.append(mark)
        elif tag == "a" and (href := _href(attributes.get("href", ""))):
            self._marks.append(("a", href))
        elif tag == "br":
            self._add(_BREAK)
        elif tag == "p":
            self._open_paragraph()
        elif len(self._stack) < _DEEPEST:
            self._start_container(tag, attributes)

    def end(self, tag):
        depth, marks = self._opened.pop()
        self._silent -= tag in _NO_WORDS
        if tag in _BLOCKS:
            self._paragraph = None
        del self._stack[depth:], self._marks[marks:]

    def data(self, text):
        text = _SPACE.sub(" ", _UNPRINTABLE.sub(" ", text))
        if self._silent or (self._paragraph is None and text == " "):
            return
        written = self._paragraph.children if self._paragraph else []
        if text.startswith(" ") and (not written or written[-1][0] == _BREAK or written[-1][0].endswith(" ")):
            text = text[1:]
        if text:
            self._add(text)

    def close(self):
        return _tidy(self.document.children)

    def _add(self, text):
        if self._paragraph is None:
            self._open_paragraph()
        # One mark of a kind, in the order of the editor's schema: link, italic, bold.
        marks = tuple(sorted({mark[0]: mark for mark in self._marks}.values()))
        written = self._paragraph.children
        if written and written[-1][1] == marks and _BREAK not in (text, written[-1][0]):
            text = written.pop()[0] + text
        written.append((text, marks))

    def _open_paragraph(self):
        self._paragraph = _Node("p")
        self._home(new_item=True).append(self._paragraph)

    def _home(self, *, new_item=False):
        """Return the blocks that the next block goes among, also when it stands where none may stand."""
        top = self._stack[-1]
        if top.tag in {"ul", "ol"}:
            if new_item or not top.children:
                top.children.append(_Node("li"))
            return top.children[-1].children
        if top.tag in {"table", "tr"}:
            table = next(node for node in reversed(self._stack) if node.tag == "table")
            table.children.append(_Node("caption"))
            return table.children[-1].children
        return top.children

    def _start_container(self, tag, attributes):
        top = self._stack[-1]
        if tag in _LISTS:
            start = attributes.get("start", "1").strip() if tag == "ol" else "1"
            kept = {"start": start} if start != "1" and _START.fullmatch(start) else {}
            self._push(_Node(_LISTS[tag], kept), self._home())
        elif tag == "li":
            if top.tag not in {"ul", "ol"}:
                home = self._home()
                if not (home and home[-1].tag == "ul"):
                    home.append(_Node("ul"))
                top = home[-1]
            self._push(_Node("li"), top.children)
        elif tag == "table":
            self._push(_Node("table"), self._home())
        elif tag in {"caption", "tr"} and top.tag == "table":
            self._push(_Node(tag), top.children)
        elif tag in {"td", "th"} and top.tag in {"table", "tr"}:
            if top.tag == "table":
                self._push(_Node("tr"), top.children)
            self._push(_Node(tag, _cell_attributes(tag, attributes)), self._stack[-1].children)

    def _push(self, node, home):
        home.append(node)
        self._stack.append(node)


def _read(html: str) -> list[_Node]:
    """Return the blocks of a text; none when it is only empty paragraphs, as in an empty editor."""
    html = _UNPRINTABLE.sub(" ", html)
    if not html.strip():
        return []
    parser = etree.HTMLParser(target=_Reader(), huge_tree=True)
    parser.feed(html)
    document = parser.close()
    return document if any(block.tag != "p" or _has_words(block) for block in document) else []


def _href(href: str) -> str:
    """Return the address when the allow-list has it, else ''."""
    href = _UNPRINTABLE.sub("", re.sub(r"[\t\r\n]", "", href)).strip()
    return href if "href" in _CLEANER.clean(f'<a href="{escape(href)}"></a>') else ""


def _cell_attributes(tag: str, attributes) -> dict[str, str]:
    kept = {}
    for name in ("colspan", "rowspan"):
        span = attributes.get(name, "").strip()
        if _SPAN.fullmatch(span) and span != "1":
            kept[name] = span
    scope = attributes.get("scope", "").strip().lower()
    if tag == "th" and scope in _SCOPES:
        kept["scope"] = scope
    return kept


def _tidy(nodes: list[_Node]) -> list[_Node]:
    """Fill what the editor's schema wants filled, lift captions out of their table, leave out what holds nothing."""
    tidied = []
    for node in nodes:
        if node.tag == "p":
            _trim(node)
        else:
            node.children = _tidy(node.children)
        if node.tag == "table":
            tidied += [block for caption in node.children if caption.tag == "caption" for block in caption.children]
            node.children = [row for row in node.children if row.tag == "tr"]
        if node.tag in {"td", "th"} and not node.children:
            node.children = [_Node("p")]
        if node.tag == "li" and (not node.children or node.children[0].tag != "p"):
            node.children.insert(0, _Node("p"))
        if node.tag == "p" or node.children:
            tidied.append(node)
    return tidied


def _trim(paragraph: _Node) -> None:
    while paragraph.children and paragraph.children[-1][0] != _BREAK:
        text, marks = paragraph.children.pop()
        if text := text.rstrip(" "):
            paragraph.children.append((text, marks))
            return


def _write(node: _Node) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in node.attributes.items())
    inner = _write_inline(node.children) if node.tag == "p" else "".join(map(_write, node.children))
    if node.tag == "table":
        inner = f"<tbody>{inner}</tbody>"
    return f"<{node.tag}{attributes}>{inner}</{node.tag}>"


def _write_inline(pieces) -> str:
    """Write text as the editor does: a mark stays open for as long as the pieces share it, outermost first."""
    html, active = [], ()
    for text, marks in [*pieces, ("", ())]:
        shared = 0
        while shared < min(len(active), len(marks)) and active[shared] == marks[shared]:
            shared += 1
        html += [f"</{tag}>" for tag, _ in reversed(active[shared:])]
        html += [f'<a href="{escape(href)}">' if tag == "a" else f"<{tag}>" for tag, href in marks[shared:]]
        html.append("<br>" if text == _BREAK else escape(text, quote=False))
        active = marks
    return "".join(html)


def _has_words(node: _Node) -> bool:
    if node.tag == "p":
        return any(text.strip() for text, _ in node.children)
    return any(map(_has_words, node.children))


def _lines(nodes: list[_Node]) -> list[str]:
    lines = []
    for node in nodes:
        if node.tag == "p":
            lines += "".join(text for text, _ in node.children).replace("\xa0", " ").split("\n")
        elif node.tag == "table":
            lines += [" | ".join(" ".join(_lines(cell.children)) for cell in row.children) for row in node.children]
        else:
            first = int(node.attributes.get("start", 1))
            for number, item in enumerate(node.children, first):
                sign = "- " if node.tag == "ul" else f"{number}. "
                lines += [(sign if i == 0 else "  ") + line for i, line in enumerate(_lines(item.children))]
    return lines
