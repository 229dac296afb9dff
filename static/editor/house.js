/*
 * Our rules for the text editor (django-prose-editor, Tiptap): the schema of programme/richtext.py, a toolbar in Dutch
 * that works by keyboard, and a name, a language and a way out for the editing area.
 */
import {
  Extension,
  Link as BaseLink,
  OrderedList as BaseOrderedList,
  Plugin,
  TableCell as BaseTableCell,
  TableHeader as BaseTableHeader,
} from "django-prose-editor/editor";

// Schema: what these write is what programme.richtext.ALLOWED lists -------------------------------------------------

const ADDRESS = /^(https?:\/\/|mailto:)\S/i;

export const Link = BaseLink.extend({
  addOptions() {
    return { ...this.parent(), defaultProtocol: "https", isAllowedUri: (address) => ADDRESS.test(address ?? "") };
  },
  addAttributes() {
    return { href: this.parent().href };
  },
  addKeyboardShortcuts() {
    return { "Mod-k": () => askForLink(this.editor) };
  },
});

export const OrderedList = BaseOrderedList.extend({
  addAttributes() {
    return { start: this.parent().start };
  },
  addNodeView: () => null,
});

function spans() {
  const { colspan, rowspan } = this.parent();
  return { colspan, rowspan };
}

export const TableCell = BaseTableCell.extend({ addAttributes: spans });

export const TableHeader = BaseTableHeader.extend({
  addAttributes() {
    return { ...spans.call(this), scope: { default: null } };
  },
});

// Toolbar -----------------------------------------------------------------------------------------------------------

const inTable = (editor) => editor.isActive("table");
const inList = (editor) => editor.isActive("listItem");
const chain = (command) => (editor) => editor.chain().focus()[command]().run();
const can = (command) => (editor) => editor.can()[command]();
const active = (name) => (editor) => editor.isActive(name);

const GROUPS = [
  {
    name: "Tekst",
    tools: [
      { label: "Vet", keys: "Control+B", run: chain("toggleBold"), pressed: active("bold") },
      { label: "Cursief", keys: "Control+I", run: chain("toggleItalic"), pressed: active("italic") },
      { label: "Link", keys: "Control+K", run: (editor) => askForLink(editor), pressed: active("link") },
    ],
  },
  {
    name: "Lijst",
    tools: [
      { label: "Opsomming", run: chain("toggleBulletList"), pressed: active("bulletList") },
      { label: "Nummering", run: chain("toggleOrderedList"), pressed: active("orderedList") },
      { label: "Inspringen", keys: "Tab", shown: inList, run: indent("sinkListItem"), enabled: canIndent("sinkListItem") },
      { label: "Terug", keys: "Shift+Tab", shown: inList, run: indent("liftListItem"), enabled: canIndent("liftListItem") },
    ],
  },
  {
    name: "Tabel",
    tools: [
      { label: "Tabel", shown: (editor) => !inTable(editor), run: insertTable },
      { label: "Rij erbij", shown: inTable, run: chain("addRowAfter") },
      { label: "Rij weg", shown: inTable, run: chain("deleteRow") },
      { label: "Kolom erbij", shown: inTable, run: chain("addColumnAfter") },
      { label: "Kolom weg", shown: inTable, run: chain("deleteColumn") },
      { label: "Kopcel", shown: inTable, run: chain("toggleHeaderCell"), pressed: active("tableHeader") },
      { label: "Cellen samenvoegen", shown: inTable, run: chain("mergeCells"), enabled: can("mergeCells") },
      { label: "Cel splitsen", shown: inTable, run: chain("splitCell"), enabled: can("splitCell") },
      { label: "Tabel weg", shown: inTable, run: chain("deleteTable") },
    ],
  },
  {
    name: "Herstellen",
    tools: [
      { label: "Ongedaan maken", keys: "Control+Z", run: chain("undo"), enabled: can("undo") },
      { label: "Opnieuw", keys: "Control+Y", run: chain("redo"), enabled: can("redo") },
    ],
  },
];

function indent(command) {
  return (editor) => editor.chain().focus()[command]("listItem").run();
}

function canIndent(command) {
  return (editor) => editor.can()[command]("listItem");
}

function insertTable(editor) {
  editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run();
}

function element(name, attributes = {}, ...children) {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  created.append(...children);
  return created;
}

/* One stop for the Tab key; the arrow keys go from button to button (the toolbar pattern of the ARIA guide). */
function createToolbar(editor, name) {
  const bar = element("div", { class: "editor-toolbar", role: "toolbar", "aria-label": `Opmaak van ${name}` });
  bar.setAttribute("aria-controls", editor.view.dom.id);
  const buttons = [];
  for (const { name: groupName, tools } of GROUPS) {
    const group = element("div", { class: "editor-toolbar__group", role: "group", "aria-label": groupName });
    for (const tool of tools) {
      const button = element("button", { type: "button", class: "editor-toolbar__button" }, tool.label);
      if (tool.keys) button.setAttribute("aria-keyshortcuts", tool.keys);
      if (tool.keys) button.title = tool.keys.replace("Control", "Ctrl");
      button.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps its selection
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") !== "true") tool.run(editor);
      });
      buttons.push({ button, tool });
      group.append(button);
    }
    bar.append(group);
  }

  let current = buttons[0].button;
  const visible = () => buttons.map(({ button }) => button).filter((button) => !button.hidden);
  const setCurrent = (button) => {
    current = button;
    for (const { button: other } of buttons) other.tabIndex = other === current ? 0 : -1;
  };
  const update = () => {
    for (const { button, tool } of buttons) {
      button.hidden = tool.shown ? !tool.shown(editor) : false;
      if (tool.pressed) button.setAttribute("aria-pressed", String(tool.pressed(editor)));
      if (tool.enabled) button.setAttribute("aria-disabled", String(!tool.enabled(editor)));
    }
    setCurrent(current.hidden ? visible()[0] : current);
  };
  bar.addEventListener("keydown", (event) => {
    const list = visible();
    const at = list.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setCurrent(list.at(to % list.length));
      current.focus();
    } else if (event.key === "Escape") {
      editor.commands.focus();
    }
  });
  bar.addEventListener("focusin", (event) => setCurrent(event.target));
  editor.on("transaction", update);
  update();
  return { bar, focus: () => current.focus() };
}

// Link --------------------------------------------------------------------------------------------------------------

/* Stands at the end of the page, outside the form, so that typing an address does not count as a change of the form. */
function askForLink(editor) {
  const linked = editor.isActive("link");
  const id = `${editor.view.dom.id}_address`;
  const input = element("input", { id, type: "text", class: "utrecht-textbox", autocomplete: "off", inputmode: "url" });
  input.value = linked ? editor.getAttributes("link").href : "";
  const place = element("button", { type: "submit", class: "utrecht-button utrecht-button--primary-action" }, "Plaatsen");
  const remove = element("button", { type: "button", class: "utrecht-button utrecht-button--secondary-action" }, "Link weg");
  const cancel = element("button", { type: "button", class: "utrecht-button utrecht-button--secondary-action" }, "Annuleren");
  const title = element("h2", { id: `${id}_title`, class: "editor-dialog__title" }, "Link");
  const label = element("label", { for: id, class: "utrecht-form-label" }, "Webadres of e-mailadres");
  const buttons = element("div", { class: "editor-dialog__buttons" }, place, ...(linked ? [remove] : []), cancel);
  const form = element("form", {}, title, label, input, buttons);
  const dialog = element("dialog", { class: "editor-dialog", "aria-labelledby": title.id }, form);

  input.addEventListener("input", () => input.setCustomValidity(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const href = address(input.value);
    if (!href) {
      input.setCustomValidity("Vul een webadres in, zoals www.rotterdam.nl, of een e-mailadres.");
      input.reportValidity();
      return;
    }
    dialog.close();
    const change = editor.chain().focus();
    if (linked) change.extendMarkRange("link").updateAttributes("link", { href }).run();
    else if (!editor.state.selection.empty) change.setMark("link", { href }).run();
    else change.insertContent({ type: "text", text: input.value.trim(), marks: [{ type: "link", attrs: { href } }] }).run();
  });
  remove.addEventListener("click", () => {
    dialog.close();
    editor.chain().focus().extendMarkRange("link").unsetMark("link").run();
  });
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    editor.commands.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  return true;
}

/* Returns the address with its scheme, or "" when it is none. */
function address(typed) {
  const text = typed.trim();
  if (ADDRESS.test(text)) return text;
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(text)) return `mailto:${text}`;
  return /^[^\s:/]+\.[^\s.:/]{2,}([:/?#]\S*)?$/.test(text) ? `https://${text}` : "";
}

// The editing area --------------------------------------------------------------------------------------------------

export const House = Extension.create({
  name: "house",
  priority: 1, // so that our onCreate comes last

  onBeforeCreate() {
    const { options } = this.editor;
    const textarea = options.element.querySelector("textarea");
    const [label] = textarea.labels;
    label.id ||= `${textarea.id}_label`;
    this.storage.name = label.firstChild.textContent.trim();
    this.storage.textarea = textarea;
    const described = [textarea.getAttribute("aria-describedby"), `${textarea.id}_keys`].filter(Boolean).join(" ");
    // The browser keeps what has the focus clear of a bar at the bottom of the page; the editor has to be told.
    const bottom = Number.parseFloat(getComputedStyle(document.documentElement).scrollPaddingBottom) || 0;
    options.editorProps = {
      scrollThreshold: { top: 0, right: 0, bottom, left: 0 },
      scrollMargin: { top: 5, right: 5, bottom: bottom + 5, left: 5 },
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-labelledby": label.id,
        "aria-describedby": described,
        "aria-invalid": textarea.getAttribute("aria-invalid") ?? "false",
        "aria-disabled": String(textarea.disabled),
        class: "rich-text",
        id: `${textarea.id}_editor`,
        lang: textarea.lang,
        spellcheck: "true",
      },
    };
    options.injectCSS = false; // the policy refuses it; the rules are in editor.css
    options.enablePasteRules = false; // what is pasted stays as it was: no *italic* out of stars
    options.enableInputRules = ["bulletList"];
  },

  onCreate() {
    const { editor } = this;
    const { textarea, name } = this.storage;
    if (!textarea.disabled) {
      const toolbar = createToolbar(editor, name);
      editor.view.dom.before(toolbar.bar);
      this.storage.focusToolbar = toolbar.focus;
    }
    // The label, and a link in the summary of errors, mean the textarea, which is hidden.
    const links = [...document.links].filter((link) => link.getAttribute("href") === `#${textarea.id}`);
    for (const pointer of [...textarea.labels, ...links]) {
      pointer.addEventListener("click", (event) => {
        event.preventDefault();
        editor.commands.focus();
      });
    }
  },

  addStorage() {
    return { focusToolbar() {} };
  },

  addKeyboardShortcuts() {
    return {
      "Alt-F10": () => {
        this.storage.focusToolbar();
        return true;
      },
    };
  },

  addProseMirrorPlugins() {
    let leaving = false;
    return [
      new Plugin({
        props: {
          handleDOMEvents: {
            // In a table and in a list Tab has a meaning of its own. After Escape it leaves, as everywhere else:
            // `true` keeps the event from the editor's own handlers, and the browser moves the focus.
            keydown(view, event) {
              const leave = leaving && event.key === "Tab";
              leaving = event.key === "Escape" || (leaving && event.key === "Shift");
              return leave;
            },
            blur() {
              leaving = false;
            },
          },
        },
      }),
    ];
  },
});
