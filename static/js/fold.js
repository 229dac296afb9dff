/*
 * Folds <details data-fold> on a small screen, where what it holds would push away what is to be filled in. Without
 * JavaScript all of it shows.
 */
const small = window.matchMedia("(max-width: 48rem)");

function fold() {
  for (const details of document.querySelectorAll("details[data-fold]")) details.open = !small.matches;
}

fold();
small.addEventListener("change", fold);
