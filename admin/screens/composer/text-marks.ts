// Edits in the message's text area: marks around the selection, text at the cursor. Typed through the browser's own
// editing command so that undo still works.

/** Replaces the selection and leaves the cursor, or the given part of the new text, selected. */
export function typeInto(
  field: HTMLTextAreaElement | HTMLInputElement,
  text: string,
  select?: [number, number],
): void {
  const start = field.selectionStart ?? field.value.length;
  field.focus();
  // Deprecated, but the only call that keeps the undo history; setRangeText is the way where it is gone.
  if (!document.execCommand('insertText', false, text)) {
    field.setRangeText(text, start, field.selectionEnd ?? start, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  if (select) field.setSelectionRange(start + select[0], start + select[1]);
}

/** Puts `mark` on both sides of the selection, or takes it away where it is there already. */
export function toggleMark(field: HTMLTextAreaElement, mark: string): void {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const inside = value.slice(start, end);
  if (inside.length > 2 && inside.startsWith(mark) && inside.endsWith(mark)) {
    const bare = inside.slice(1, -1);
    typeInto(field, bare, [0, bare.length]);
    return;
  }
  if (value[start - 1] === mark && value[end] === mark) {
    field.setSelectionRange(start - 1, end + 1);
    typeInto(field, inside, [0, inside.length]);
    return;
  }
  // Without a selection: the marks alone, with the cursor between them.
  typeInto(field, `${mark}${inside}${mark}`, [1, 1 + inside.length]);
}

/** `[text](https://)` with the address ready to be typed over. */
export function insertLink(field: HTMLTextAreaElement): void {
  const word = field.value.slice(field.selectionStart, field.selectionEnd) || 'text';
  const address = 'https://';
  const from = word.length + 3;
  typeInto(field, `[${word}](${address})`, [from, from + address.length]);
}

/** Selects line `number` (from 1) and scrolls to it. */
export function goToLine(field: HTMLTextAreaElement, number: number): void {
  const lines = field.value.split('\n');
  const before = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  field.focus();
  field.setSelectionRange(before, before + (lines[number - 1]?.length ?? 0));
  const height = Number.parseFloat(getComputedStyle(field).lineHeight) || 21;
  field.scrollTop = Math.max(0, (number - 3) * height);
}

/** A step back or forth in what was typed: the browser's own history, in which marks, emoji and variables are steps too. */
export function takeStep(field: HTMLTextAreaElement, command: 'undo' | 'redo'): void {
  field.focus();
  document.execCommand(command);
}
