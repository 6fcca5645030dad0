// @ts-check
// A sheet that comes up on one phone's screen: list rows, what can be done with a message or by the person.
import { element, icon } from './element.js';

/** @typedef {{label: string, run: () => unknown, detail?: string | undefined, group?: string | undefined}} SheetRow */

/** @param {HTMLElement} screen */
export function createSheet(screen) {
  /** @type {HTMLElement | undefined} */
  let sheet;
  /** @type {HTMLElement | undefined} */
  let opener;

  function close() {
    sheet?.remove();
    sheet = undefined;
    opener?.focus();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const rows = [.../** @type {HTMLElement} */ (sheet).querySelectorAll('button')];
    const place = rows.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown') rows[(place + 1) % rows.length]?.focus();
    else if (event.key === 'ArrowUp') rows.at(place - 1)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return {
    /** @param {string} name @param {SheetRow[]} rows @param {HTMLElement} from */
    open: (name, rows, from) => {
      sheet?.remove();
      opener = from;
      const nodes = [];
      let group;
      for (const row of rows) {
        if (row.group !== undefined && row.group !== group) nodes.push(element('h4', {}, row.group));
        group = row.group;
        const run = () => {
          close();
          row.run();
        };
        nodes.push(
          element(
            'button',
            { type: 'button', onclick: run },
            element('span', {}, row.label),
            row.detail === undefined ? null : element('small', { class: 'detail' }, row.detail),
          ),
        );
      }
      sheet = element(
        'div',
        { class: 'sheet', role: 'dialog', 'aria-label': name, onkeydown: onKey },
        element(
          'div',
          { class: 'sheet-head' },
          element('h3', {}, name),
          element(
            'button',
            { type: 'button', class: 'attach', 'aria-label': 'Close', onclick: close },
            icon('close'),
          ),
        ),
        element('div', { class: 'sheet-rows' }, ...nodes),
      );
      screen.append(sheet);
      /** @type {HTMLElement | null} */ (sheet.querySelector('.sheet-rows button'))?.focus();
    },
  };
}
