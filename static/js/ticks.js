/*
 * <input type="checkbox" data-ticks="name"> ticks all boxes of that name in its form, and says whether all of them are.
 * Without JavaScript it is a choice of its own, that stands for all of them when it is sent.
 */
for (const all of document.querySelectorAll("[data-ticks]")) {
  const boxes = [...all.form.querySelectorAll(`input[name="${all.dataset.ticks}"]`)];

  function tick() {
    for (const box of boxes) box.checked = all.checked;
  }

  function show() {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
  }

  all.addEventListener("change", tick);
  for (const box of boxes) box.addEventListener("change", show);
  if (all.checked) tick();
  addEventListener("pageshow", show); // a browser that goes back has put its ticks back by then
}
