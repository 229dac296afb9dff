/*
 * Warns when a page with unsaved changes is left: <form data-unsaved>. A form that comes back with what was typed but
 * could not be saved says data-unsaved="changed".
 */
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  let changed = form.dataset.unsaved === "changed";
  // An editor passes on every keystroke twice: from the editing area, which is no field of a form, and as its field.
  const note = (event) => {
    if (event.target.form === form) changed = true;
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
