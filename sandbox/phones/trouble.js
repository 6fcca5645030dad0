// @ts-check
// The switches that make trouble, in words, mapped onto the sandbox's faults.
import { element } from './element.js';
import { ask } from './sandbox-api.js';

/**
 * @param {{switches: HTMLElement, reset: HTMLElement}} places
 * @param {() => string | number | undefined} accountId
 * @param {(problem: unknown) => void} onProblem
 */
export function createTrouble({ switches, reset }, accountId, onProblem) {
  /** @type {import('./sides.js').Side | undefined} */
  let side;
  /** @type {Record<string, unknown>} */
  let ladder = {};
  /** @type {any[]} */
  let faults = [];
  /** How far the sandbox's clock is ahead of ours. */
  let aheadMs = 0;

  /** @param {string} kind */
  const ours = (kind) =>
    faults.filter(
      (fault) =>
        fault.kind === kind &&
        [undefined, accountId()].includes(fault.bot_id ?? fault.number) &&
        fault.chat_id === undefined &&
        fault.person === undefined,
    );

  /** @typedef {import('./sides.js').Side['trouble'][number]} Row */
  /** @type {{row: Row, button: HTMLElement, detail: HTMLElement}[]} */
  let rows = [];

  /** @param {import('./sides.js').Side} next */
  function show(next) {
    if (side === next) return;
    side = next;
    faults = [];
    ladder = {};
    rows = next.trouble.map((row) => {
      const detail = element('small', {}, row.detail);
      const button = element(
        'button',
        {
          type: 'button',
          class: 'switch',
          role: 'switch',
          'aria-checked': 'false',
          onclick: () => void flip(row),
        },
        element('i'),
        row.name,
        ' ',
        detail,
      );
      return { row, button, detail };
    });
    switches.replaceChildren(...rows.map(({ button }) => button));
    reset.hidden = true;
  }

  /** @param {Row} row */
  const isLadderOn = (row) =>
    Object.entries(row.ladder ?? {}).every(([name, value]) => ladder[name] === value);

  /** @param {Row} row @param {boolean} isOn */
  async function setLadder(row, isOn) {
    const off = Object.fromEntries(
      Object.entries(row.ladder ?? {}).map(([name, value]) => [name, typeof value === 'boolean' ? false : 0]),
    );
    await ask(`${side?.root}ladder`, { number: accountId(), ...(isOn ? row.ladder : off) });
  }

  /** @param {Row} row */
  async function flip(row) {
    if (!side) return;
    try {
      if (row.ladder) await setLadder(row, !isLadderOn(row));
      else {
        const on = ours(row.kind);
        if (on.length === 0)
          await ask(`${side.root}faults`, { kind: row.kind, [side.account]: accountId(), ...row.fault });
        for (const fault of on) await ask(`${side.root}faults/${fault.id}`, undefined, 'DELETE');
      }
      await refresh();
    } catch (problem) {
      onProblem(problem);
    }
  }

  function mark() {
    let isAny = faults.length > 0;
    for (const { row, button, detail } of rows) {
      const [fault] = ours(row.kind);
      const leftMs = fault?.until === undefined ? undefined : fault.until - Date.now() - aheadMs;
      const isOn = row.ladder ? isLadderOn(row) : fault !== undefined && (leftMs === undefined || leftMs > 0);
      if (row.ladder && isOn) isAny = true;
      button.setAttribute('aria-checked', String(isOn));
      detail.textContent = isOn && leftMs !== undefined ? `${Math.ceil(leftMs / 1000)} s left` : row.detail;
    }
    reset.hidden = !isAny;
  }

  async function refresh() {
    const asked = side;
    if (!asked || accountId() === undefined) return;
    const answer = await ask(`${asked.root}faults`);
    const hasLadder = asked.trouble.some((row) => row.ladder);
    const nextLadder = hasLadder ? await ask(`${asked.root}ladder?number=${accountId()}`) : {};
    if (asked !== side) return;
    faults = answer.faults;
    aheadMs = answer.now - Date.now();
    ladder = nextLadder;
    mark();
  }

  async function resetAll() {
    await ask(`${side?.root}faults`, undefined, 'DELETE');
    for (const { row } of rows) if (row.ladder && isLadderOn(row)) await setLadder(row, false);
    await refresh();
  }

  reset.addEventListener('click', () => void resetAll().catch(onProblem));
  setInterval(() => {
    if (faults.some((fault) => fault.until !== undefined)) mark();
  }, 1000);
  return { refresh, show };
}
