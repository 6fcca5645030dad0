// The course of a run as lines of a drawing: sums over time, from its start to its end or its forecast.
import type { Course } from '../../../contract/links.ts';

export interface Lines {
  /** SVG paths in a box of `width` × `height`, running sums. */
  sent: string;
  clicked: string;
  replied: string;
  /** Null: nobody can say how it goes on. */
  forecast: string | null;
  /** Where "now" is, and how many have it; null: it is over. */
  now: { x: number; y: number } | null;
  planned: number | null;
  top: number;
  from: string;
  to: string;
}

/** `planned`: drawn as a line while it is sending. Null: nothing has happened yet. */
export function linesOf(
  course: Course,
  given: { startedAt: string; planned: number; isSending: boolean },
  width: number,
  height: number,
): Lines | null {
  const last = course.data.at(-1);
  const start = Date.parse(given.startedAt);
  const step = course.bucket_seconds * 1000;
  const ahead = given.isSending ? course.forecast : [];
  const nowAt = ahead[0] ? Date.parse(ahead[0].at) : null;
  const lastAt = last ? Date.parse(last.at) + step : start;
  if (!last && !ahead.length) return null;
  const end = Math.max(lastAt, ...ahead.map((one) => Date.parse(one.at)), start + 1000);
  const sums = { sent: 0, clicked: 0, replied: 0 };
  const points = course.data.map((one) => {
    sums.sent += one.sent;
    sums.clicked += one.clicked;
    sums.replied += one.replied;
    // what happened within a step is there at its end
    return { at: Math.min(Date.parse(one.at) + step, nowAt ?? end), ...sums };
  });
  const top = niceTop(Math.max(1, sums.sent, sums.clicked, given.isSending ? given.planned : 0));
  const x = (at: number) => round(((at - start) / (end - start)) * width);
  const y = (n: number) => round(height - (n / top) * height);
  const until = nowAt ?? end;
  const line = (of: keyof typeof sums) =>
    `M0 ${y(0)}${points.map((one) => `L${x(one.at)} ${y(one[of])}`).join('')}L${x(until)} ${y(sums[of])}`;
  const [now, ...later] = ahead;
  return {
    sent: line('sent'),
    clicked: line('clicked'),
    replied: line('replied'),
    forecast:
      now && later.length > 0
        ? `M${ahead.map((one) => `${x(Date.parse(one.at))} ${y(one.sent)}`).join('L')}`
        : null,
    now: now ? { x: x(Date.parse(now.at)), y: y(now.sent) } : null,
    planned: given.isSending ? y(given.planned) : null,
    top,
    from: given.startedAt,
    to: new Date(end).toISOString(),
  };
}

/** 1, 2, 4, 5 or 8 times a power of ten, so that a quarter of it is a round number. */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  const found = [1, 2, 4, 8, 10].find((one) => one * power >= most) ?? 10;
  return Math.max(4, found * power);
}
const round = (value: number) => Math.round(value * 10) / 10;
