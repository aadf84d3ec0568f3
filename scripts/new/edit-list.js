/** Edits of source lists by exact anchors; each throws when the file no longer looks as expected. */

/** Adds an import line behind the last import of the file. */
export function addImport(line) {
  return (text) => {
    const imports = [...text.matchAll(/^import .*;$/gm)];
    const last = imports.at(-1);
    if (last === undefined) throw new Error('found no import to add one behind');
    const end = last.index + last[0].length;
    return `${text.slice(0, end)}\n${line}${text.slice(end)}`;
  };
}

/** Adds an entry before the first `close` that follows `open`. */
export function addEntry(open, close, entry) {
  return (text) => {
    const start = text.indexOf(open);
    const end = start === -1 ? -1 : text.indexOf(close, start + open.length);
    if (end === -1) throw new Error(`found no list that opens with "${open}"`);
    const before = text.slice(0, end).trimEnd();
    return `${before}${/[[,(]$/.test(before) ? '' : ','} ${entry}${text.slice(end)}`;
  };
}

/** Puts text before an anchor that occurs once. */
export function insertBefore(anchor, addition) {
  return (text) => {
    const start = text.indexOf(anchor);
    if (start === -1) throw new Error(`found no "${anchor}"`);
    return `${text.slice(0, start)}${addition}${text.slice(start)}`;
  };
}

export function inOrder(...edits) {
  return (text) => edits.reduce((current, edit) => edit(current), text);
}
