/*
 * Nobody loses a word: for <form data-unsaved>, on every page.
 *
 * Leaving with unsaved changes warns. A form that comes back with what was typed but could not be saved says
 * data-unsaved="changed".
 *
 * What is sent is kept in this tab, per form, until a page of the application answers it. When the answer is that one has
 * to log in first, or that something went wrong (a page with data-not-received), or when there was no answer at all, it
 * waits, whatever other page comes in between, and the page of that form puts it back in its fields: for the same person
 * alone, and with the version that person saw.
 *
 * Runs before the modules of a page, so that an editor starts with what was put back.
 */
{
  const KEY = "unsaved";
  const SKIP = new Set(["csrfmiddlewaretoken"]);
  const identity = (form) => new URL(form.action).pathname;
  const user = document.body.dataset.user;

  const read = () => JSON.parse(sessionStorage.getItem(KEY) ?? "{}");

  function keep(all) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      sessionStorage.removeItem(KEY); // The tab has no room, or may not store: then there is only the warning.
    }
  }

  function putBack(form, fields) {
    for (const field of form.elements) {
      if (!field.name || SKIP.has(field.name) || field.tagName === "BUTTON") continue;
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
      for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) {
        if (values.some(Boolean) && field.type !== "hidden") around.open = true;
      }
    }
    form.querySelector("[data-put-back]").hidden = false;
  }

  const forms = [...document.querySelectorAll("form[data-unsaved]")];
  const isReceived = !document.querySelector("[data-not-received]");

  /* What becomes of what was sent before this page: forgotten, put back, or kept. Returns the forms it was put back in. */
  function settle(isAnswer) {
    const restored = [];
    const waiting = {};
    for (const [of, sent] of Object.entries(read())) {
      const form = forms.find((one) => identity(one) === of);
      if (isReceived && (sent.user !== user || (isAnswer && !sent.waiting))) continue;
      if (form) {
        putBack(form, sent.fields);
        restored.push(form);
      } else waiting[of] = { ...sent, waiting: true };
    }
    keep(waiting);
    return restored;
  }

  // A page that is loaded anew, gone back to or typed in the address bar is no answer: the connection may have broken.
  const isFollowed = performance.getEntriesByType("navigation")[0]?.type === "navigate" && document.referrer;
  const changed = new Set([...settle(isFollowed), ...forms.filter((form) => form.dataset.unsaved === "changed")]);
  // Gone back to a page as it was left: that does not run this anew.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of settle(false)) changed.add(form);
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed.size) event.preventDefault();
  });
  for (const form of forms) {
    // An editor passes on every keystroke twice: from the editing area, which is no field of a form, and as its field.
    const note = (event) => {
      if (event.target.form === form) changed.add(form);
    };
    form.addEventListener("input", note);
    form.addEventListener("change", note);
    form.addEventListener("submit", () => {
      changed.delete(form);
      const fields = [...new FormData(form)].filter(([name]) => !SKIP.has(name));
      keep({ ...read(), [identity(form)]: { user, fields } });
    });
  }
}
