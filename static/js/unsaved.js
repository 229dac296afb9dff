/*
 * Nobody loses a word: for <form data-unsaved>, on every page.
 *
 * Leaving with unsaved changes warns. A form that comes back with what was typed but could not be saved says
 * data-unsaved="changed".
 *
 * What is sent is kept in this tab until a page of the application answers it. When the answer is that one has to log
 * in first, or that something went wrong (a page with data-not-received), it waits, and the page of that form puts it
 * back in its fields: for the same person alone, and with the version that person saw.
 *
 * Runs before the modules of a page, so that an editor starts with what was put back.
 */
{
  const KEY = "unsaved";
  const SKIP = new Set(["csrfmiddlewaretoken"]);
  const identity = (form) => new URL(form.action).pathname;
  const user = document.body.dataset.user;

  const read = () => JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  const forget = () => sessionStorage.removeItem(KEY);

  function keep(sent) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(sent));
    } catch {
      forget(); // The tab has no room, or may not store: then there is only the warning.
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

  function answer(forms) {
    const sent = read();
    if (!sent) return null;
    if (document.querySelector("[data-not-received]")) {
      keep({ ...sent, waiting: true });
      return null;
    }
    // A page that is loaded anew, gone back to or typed in the address bar is no answer: the connection may have broken.
    const answered = performance.getEntriesByType("navigation")[0]?.type === "navigate" && document.referrer;
    const mine = sent.user === user;
    const form = forms.find((one) => identity(one) === sent.form);
    if (mine && form && (sent.waiting || !answered)) {
      putBack(form, sent.fields);
      forget();
      return form;
    }
    if (!mine || !sent.waiting) forget();
    return null;
  }

  const forms = [...document.querySelectorAll("form[data-unsaved]")];
  const restored = answer(forms);
  for (const form of forms) {
    let changed = form === restored || form.dataset.unsaved === "changed";
    // An editor passes on every keystroke twice: from the editing area, which is no field of a form, and as its field.
    const note = (event) => {
      if (event.target.form === form) changed = true;
    };
    form.addEventListener("input", note);
    form.addEventListener("change", note);
    form.addEventListener("submit", () => {
      changed = false;
      const fields = [...new FormData(form)].filter(([name]) => !SKIP.has(name));
      keep({ form: identity(form), user, fields });
    });
    window.addEventListener("beforeunload", (event) => {
      if (changed) event.preventDefault();
    });
  }
}
