// What the demo shows: at a terminal a bar that moves, elsewhere (a container's log) a line now and then.
import type { Report } from '../../contract/campaigns.ts';

export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}
export interface Progress {
  done: number;
  of: number;
  perSecond: number;
  finishAt: Date | null;
}
export interface Terminal {
  line(text?: string): void;
  progress(state: Progress): void;
  /** Leaves the last state of the bar standing. */
  endProgress(): void;
}

const barWidth = 32;

export function openTerminal(screen: Screen): Terminal {
  let isOpen = false;
  let quarter = -1;

  function endProgress(): void {
    if (isOpen) screen.write('\n');
    isOpen = false;
  }
  return {
    line(text = '') {
      endProgress();
      screen.write(`${text}\n`);
    },
    progress(state) {
      if (screen.isTTY) {
        isOpen = true;
        screen.write(`\r\x1b[2K${drawBar(state, screen.columns ?? 80)}`);
        return;
      }
      const now = Math.floor((state.done / Math.max(1, state.of)) * 4);
      if (now === quarter) return;
      quarter = now;
      screen.write(`${progressText(state)}\n`);
    },
    endProgress,
  };
}

function drawBar(state: Progress, columns: number): string {
  const filled = state.of === 0 ? 0 : Math.round((state.done / state.of) * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  return `  ${bar}  ${progressText(state).trim()}`.slice(0, Math.max(10, columns - 1));
}

function progressText({ done, of, perSecond, finishAt }: Progress): string {
  const parts = [`  ${done} of ${of}`];
  if (done < of && perSecond > 0) parts.push(`${perSecond.toFixed(1)} per second`);
  if (done < of && finishAt) parts.push(`finishes at ${clockTime(finishAt)}`);
  return parts.join(' · ');
}

function clockTime(at: Date): string {
  return at.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
}

/** The report as one table, each reason below its figure, and the sum written out. */
export function reportTable(report: Report): string[] {
  const reasons = (list: { reason: string; count: number }[]) =>
    list.map(({ reason, count }): [string, number] => [`  ${reason}`, count]);
  const rows: [string, number][] = [
    ['Planned: everybody in the audience', report.planned],
    ['Sent: accepted by the platform', report.sent],
    ['Failed: refused for good', report.failed],
    ...reasons(report.failures),
    ['Skipped: left out on purpose', report.skipped],
    ...reasons(report.skips),
    ['Unknown: sent, but the answer was lost', report.unknown],
  ];
  if (report.cancelled > 0) rows.push(['Cancelled', report.cancelled]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const digits = Math.max(...rows.map(([, count]) => String(count).length));
  const rule = (left: string, middle: string, right: string) =>
    `  ${left}${'─'.repeat(width + 2)}${middle}${'─'.repeat(digits + 2)}${right}`;
  const body = rows.map(([name, count]) => `  │ ${name.padEnd(width)} │ ${String(count).padStart(digits)} │`);
  const { sent, failed, skipped, unknown, cancelled, planned } = report;
  const terms = [`${sent} sent`, `${failed} failed`, `${skipped} skipped`, `${unknown} unknown`];
  if (cancelled > 0) terms.push(`${cancelled} cancelled`);
  return [rule('┌', '┬', '┐'), ...body, rule('└', '┴', '┘'), `  ${terms.join(' + ')} = ${planned} planned`];
}
