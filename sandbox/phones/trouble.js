// @ts-check
// The switches that make trouble, in words, mapped onto the sandbox's faults.
import { element } from './element.js';
import { ask } from './sandbox-api.js';

const FLOOD_SECONDS = 20;

/** @type {{kind: string, name: string, detail: string, fault: Record<string, unknown>}[]} */
const SWITCHES = [
  {
    kind: 'flood',
    name: 'Too many requests',
    detail: `${FLOOD_SECONDS} s`,
    fault: { seconds: FLOOD_SECONDS },
  },
  { kind: 'reset_after', name: 'Drop line', detail: 'after accept', fault: {} },
  { kind: 'http_500', name: 'Errors', detail: '5 %', fault: { probability: 0.05 } },
  { kind: 'latency', name: 'Slow', detail: '2 s', fault: { ms: 2000 } },
];

/**
 * @param {{switches: HTMLElement, reset: HTMLElement}} places
 * @param {() => number} botId
 * @param {(problem: unknown) => void} onProblem
 */
export function createTrouble({ switches, reset }, botId, onProblem) {
  /** @type {any[]} */
  let faults = [];
  /** How far the sandbox's clock is ahead of ours. */
  let aheadMs = 0;

  /** @param {string} kind */
  const ours = (kind) =>
    faults.filter(
      (fault) =>
        fault.kind === kind &&
        (fault.bot_id === undefined || fault.bot_id === botId()) &&
        fault.chat_id === undefined,
    );

  const rows = SWITCHES.map((row) => {
    const detail = element('small', {}, row.detail);
    const button = element(
      'button',
      { type: 'button', class: 'switch', role: 'switch', 'aria-checked': 'false' },
      element('i'),
      row.name,
      ' ',
      detail,
    );
    button.addEventListener('click', () => void flip(row));
    switches.append(button);
    return { row, button, detail };
  });

  /** @param {typeof SWITCHES[number]} row */
  async function flip(row) {
    try {
      const on = ours(row.kind);
      if (on.length === 0) await ask('faults', { kind: row.kind, bot: botId(), ...row.fault });
      for (const fault of on) await ask(`faults/${fault.id}`, undefined, 'DELETE');
      await refresh();
    } catch (problem) {
      onProblem(problem);
    }
  }

  function show() {
    for (const { row, button, detail } of rows) {
      const [fault] = ours(row.kind);
      const leftMs = fault?.until === undefined ? undefined : fault.until - Date.now() - aheadMs;
      const isOn = fault !== undefined && (leftMs === undefined || leftMs > 0);
      button.setAttribute('aria-checked', String(isOn));
      detail.textContent = isOn && leftMs !== undefined ? `${Math.ceil(leftMs / 1000)} s left` : row.detail;
    }
    reset.hidden = faults.length === 0;
  }

  async function refresh() {
    const answer = await ask('faults');
    faults = answer.faults;
    aheadMs = answer.now - Date.now();
    show();
  }

  reset.addEventListener('click', () => {
    ask('faults', undefined, 'DELETE').then(refresh).catch(onProblem);
  });
  setInterval(() => {
    if (faults.some((fault) => fault.until !== undefined)) show();
  }, 1000);
  return { refresh };
}
