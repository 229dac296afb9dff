/*
 * The keys of a spreadsheet in a grid of figures: <table data-grid>. Without it the cells are plain fields.
 * Arrows up and down and Enter go to the same column of another row; left and right to the next cell, at the end of
 * what was typed. Escape puts back what stood there. A block copied from a spreadsheet fills the cells to the right and
 * below, and Ctrl+Z right after that puts back what stood there; what does not fit, or stands where nothing can be typed,
 * is told, not lost in silence. With data-grid="whole" nothing of such a block is pasted, and the cell says so. An input
 * with data-beside belongs to a cell and is none itself.
 */
const isText = (cell) => cell.type !== "checkbox";
const YES = /^(x|1|ja|waar|true|v)$/i;
const NO = /^(|-|0|nee|onwaar|false)$/i;
const counted = (number) => `${number} ${number === 1 ? "cel" : "cellen"}`;
const takes = (cell, value) => isText(cell) || YES.test(value) || NO.test(value);

/* The cells of a copied block, row by row. A spreadsheet puts quotes round a cell with a line break in it. */
function block(text) {
  const cells = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/g;
  const lines = [[]];
  for (const [, quoted, plain, end] of text.matchAll(cells)) {
    lines.at(-1).push((quoted?.replaceAll('""', '"') ?? plain).replace(/\s+/g, " ").trim());
    if (end === "\n") lines.push([]);
    else if (end === "") break;
  }
  return lines;
}

function grid(table, say) {
  // A figure that is filled in elsewhere has no cells, but takes its line of a block: or the rest would shift.
  const rows = [...table.querySelectorAll("tbody tr:not(.table-group)")].map((row) => [
    ...row.querySelectorAll("input:not([type=hidden], [data-beside])"),
  ]);
  const before = new Map(rows.flat().map((cell) => [cell, cell.value]));

  const place = (cell) => {
    const row = rows.findIndex((cells) => cells.includes(cell));
    return [row, rows[row].indexOf(cell)];
  };

  function go(row, column, down = 0) {
    while (down && rows[row]?.length === 0) row += down;
    const cell = rows[row]?.[column];
    if (!cell) return;
    cell.focus();
    if (isText(cell)) cell.select();
  }

  function move(event) {
    const cell = event.target;
    const [row, column] = place(cell);
    const text = isText(cell);
    const atStart = !text || (cell.selectionStart === 0 && cell.selectionEnd === 0) || isWhole(cell);
    const atEnd = !text || cell.selectionStart === cell.value.length || isWhole(cell);
    const to = {
      ArrowUp: [row - 1, column, -1],
      ArrowDown: [row + 1, column, 1],
      Enter: event.shiftKey ? [row - 1, column, -1] : [row + 1, column, 1],
      ArrowLeft: atStart ? [row, column - 1] : null,
      ArrowRight: atEnd ? [row, column + 1] : null,
    }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) {
      if (event.key.toLowerCase() === "z" && !event.shiftKey && !event.altKey && pasted.length) undo(event);
      return;
    }
    if (to) {
      event.preventDefault();
      go(...to);
    } else if (event.key === "Escape" && text && cell.value !== before.get(cell)) {
      fill(cell, before.get(cell));
      cell.select();
    }
  }

  const isWhole = (cell) => cell.value !== "" && cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;

  const content = (cell) => (isText(cell) ? cell.value : cell.checked ? "ja" : "nee");

  function fill(cell, value) {
    if (isText(cell)) cell.value = value;
    else cell.checked = YES.test(value);
    cell.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* What stood in the cells before the last block came, as long as nothing was typed since. */
  let pasted = [];

  function undo(event) {
    event.preventDefault();
    for (const [cell, value] of pasted) fill(cell, value);
    say(`Plakken ongedaan gemaakt: in ${counted(pasted.length)} staat weer wat er stond.`, false);
    pasted = [];
  }

  /* At the cell in which nothing could be pasted, until something else is done. */
  let clearRefusal = () => {};

  function refuse(cell, text) {
    const note = document.createElement("span");
    note.className = "cell-error line";
    note.id = `${cell.id}_paste`;
    note.textContent = text;
    const described = cell.getAttribute("aria-describedby");
    cell.setAttribute("aria-describedby", `${described ?? ""} ${note.id}`);
    cell.after(note);
    clearRefusal = () => {
      note.remove();
      if (described === null) cell.removeAttribute("aria-describedby");
      else cell.setAttribute("aria-describedby", described);
      clearRefusal = () => {};
    };
  }

  const fits = (lines, top, left) => lines.every((line, down) => left + line.length <= (rows[top + down]?.length ?? 0));

  function paste(event) {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return; // one cell: as anywhere else
    event.preventDefault();
    clearRefusal();
    const [top, left] = place(event.target);
    const lines = block(text);
    if (table.dataset.grid === "whole" && !fits(lines, top, left)) {
      const [wide, high] = [Math.max(...lines.map((line) => line.length)), lines.length];
      const text =
        `Dit blok van ${high} bij ${wide} cellen is groter dan het rooster: vanaf deze cel passen er` +
        ` ${rows.length - top} bij ${rows[top].length - left}. Er is niets geplakt.`;
      refuse(event.target, text);
      say(text, false);
      return;
    }
    const lost = [];
    const elsewhere = [];
    pasted = [];
    lines.forEach((line, down) => {
      const cells = rows[top + down];
      let column = left;
      for (const value of line) {
        // A word on a check box is the remark beside it: the block has no column for 'voorlopig'.
        if (cells?.[column] && !takes(cells[column], value)) column += 1;
        if (cells?.[column]) {
          pasted.push([cells[column], content(cells[column])]);
          fill(cells[column], value);
        } else if (value) (cells?.length === 0 ? elsewhere : lost).push(value);
        column += 1;
      }
    });
    say(
      `${counted(pasted.length)} geplakt.` +
        (elsewhere.length ? ` Overgeslagen, want dit wordt elders ingevuld: ${elsewhere.join(", ")}.` : "") +
        (lost.length ? ` Dit paste niet en is niet geplakt: ${lost.join(", ")}.` : ""),
      elsewhere.length + lost.length > 0,
    );
  }

  table.addEventListener("focusin", (event) => before.has(event.target) && isText(event.target) && event.target.select());
  // What is filled in by fill() was not typed.
  table.addEventListener("input", (event) => {
    if (event.isTrusted) pasted = [];
    clearRefusal();
  });
  table.addEventListener("keydown", (event) => before.has(event.target) && move(event));
  table.addEventListener("paste", (event) => before.has(event.target) && paste(event));
}

/* Nothing that has the focus hides under the heads, which stay in sight where a grid scrolls by itself. */
function keepClear(table) {
  const around = table.parentElement;
  new ResizeObserver(() => {
    around.style.scrollPaddingBlockStart = `${table.tHead.offsetHeight + 8}px`;
    around.style.scrollPaddingInlineStart = `${table.tHead.rows[0].cells[0].offsetWidth + 8}px`;
  }).observe(table.tHead);
  table.addEventListener("focusin", () => {
    if (around.scrollHeight > around.clientHeight) around.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

for (const help of document.querySelectorAll("[data-grid-help]")) help.hidden = false;

for (const status of document.querySelectorAll("[data-grid-status]")) {
  const say = (text, stay) => {
    status.textContent = text;
    status.classList.toggle("visually-hidden", !stay);
  };
  for (const table of status.parentElement.querySelectorAll("[data-grid]")) {
    grid(table, say);
    if (table.dataset.grid === "whole") keepClear(table);
  }
}
