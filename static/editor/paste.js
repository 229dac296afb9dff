/*
 * Makes of what Word, Excel and Google Docs put on the clipboard what the editor can hold: real lists, plain tables,
 * bold and italic. Words are never lost; looks are.
 */
import { Extension } from "django-prose-editor/editor";

const KEPT = { a: ["href"], ol: ["start"], td: ["colspan", "rowspan"], th: ["colspan", "rowspan", "scope"] };
const BLOCKS = "p, ul, ol, table, div";

export const CleanPaste = Extension.create({
  name: "cleanPaste",
  // A piece of our own text is as it should be, and says itself where it was cut.
  transformPastedHTML: (html) => (html.includes("data-pm-slice") ? html : clean(html)),
});

export function clean(html) {
  // The policy refuses, and reports, style elements, style attributes and handlers, also in a document apart.
  const inert = html
    .replace(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) =>
      tag.replace(/\sstyle\s*=/gi, " data-style=").replace(/\son\w+\s*=/gi, " data-on="),
    );
  const { body } = new DOMParser().parseFromString(inert, "text/html");
  marksFromStyles(body);
  boldHeadings(body);
  listsFromWord(body);
  listsInsideItems(body);
  captionsBeforeTables(body);
  withoutEmptyLines(body);
  for (const element of body.querySelectorAll("*")) {
    const kept = KEPT[element.localName] ?? [];
    for (const { name } of [...element.attributes]) if (!kept.includes(name)) element.removeAttribute(name);
  }
  return body.innerHTML;
}

const style = (element) => element.dataset.style ?? "";

function create(like, name, ...children) {
  const element = like.ownerDocument.createElement(name);
  element.append(...children);
  return element;
}

/* Google Docs writes bold as a span with a style, and puts everything in a <b> that is not bold. */
function marksFromStyles(body) {
  for (const bold of body.querySelectorAll("b, strong")) {
    if (/(^|;)\s*font-weight:\s*(normal|400)/i.test(style(bold))) bold.replaceWith(...bold.childNodes);
  }
  for (const span of body.querySelectorAll("span")) {
    if (/(^|;)\s*font-weight:\s*(bold|[6-9]00)/i.test(style(span))) span.append(create(span, "strong", ...span.childNodes));
    if (/(^|;)\s*font-style:\s*italic/i.test(style(span))) span.append(create(span, "em", ...span.childNodes));
  }
}

function boldHeadings(body) {
  for (const heading of body.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const paragraph = create(heading, "p", create(heading, "strong", ...heading.childNodes));
    paragraph.dataset.style = style(heading);
    heading.replaceWith(paragraph);
  }
}

/* Word writes items as paragraphs with 'mso-list: … level2' and the bullet or number as text, marked 'Ignore'. */
function listsFromWord(body) {
  let open = []; // the lists that are open, outermost first
  for (const paragraph of body.querySelectorAll("p, div")) {
    const level = Number(/mso-list:[^;]*?level(\d+)/i.exec(style(paragraph))?.[1]);
    if (!level) continue;
    const sign = [...paragraph.querySelectorAll("*")].find((part) => /mso-list:\s*ignore/i.test(style(part)));
    const text = sign?.textContent.trim() ?? "";
    sign?.remove();
    const name = /^\(?[\da-z]{1,4}[.)]/i.test(text) ? "ol" : "ul";

    if (open[0]?.list.nextElementSibling !== paragraph) open = [];
    open = open.filter((outer) => outer.level < level || (outer.level === level && outer.list.localName === name));
    if (open.at(-1)?.level !== level) {
      const list = create(paragraph, name);
      if (Number.parseInt(text, 10) > 1) list.start = Number.parseInt(text, 10);
      if (open.length) open.at(-1).list.lastElementChild.append(list);
      else paragraph.before(list);
      open.push({ level, list });
    }
    const item = create(paragraph, "li", create(paragraph, "p", ...paragraph.childNodes));
    open.at(-1).list.append(item);
    paragraph.remove();
  }
}

/* Google Docs puts a list inside a list beside its item, where the editor would break the list in two. */
function listsInsideItems(body) {
  for (const list of body.querySelectorAll(":is(ul, ol) > :is(ul, ol)")) {
    const item = list.previousElementSibling ?? list.parentElement.insertBefore(create(list, "li"), list);
    item.append(list);
  }
  for (const item of body.querySelectorAll("li")) {
    const [first] = [...item.childNodes].filter((node) => node.nodeType === 1 || node.textContent.trim());
    if (first?.matches?.("ul, ol, table")) item.prepend(create(item, "p"));
  }
}

function captionsBeforeTables(body) {
  for (const caption of body.querySelectorAll("caption")) {
    caption.closest("table").before(create(caption, "p", ...caption.childNodes));
    caption.remove();
  }
}

/* Word and Google Docs make the space between paragraphs with empty ones. */
function withoutEmptyLines(body) {
  for (const paragraph of body.querySelectorAll("p")) {
    if (!paragraph.textContent.trim() && !paragraph.closest("td, th, li")) paragraph.remove();
  }
  for (const line of body.querySelectorAll(":scope > br")) {
    if (line.previousElementSibling?.matches(BLOCKS) || line.nextElementSibling?.matches(BLOCKS)) line.remove();
  }
}
