// A segment's checks as a drawing: the number of people as steps over time, those who came above, those who left below.
import type { SegmentCheck } from '../../../contract/segments.ts';

export interface Course {
  /** SVG path of the number over time, in a box of `width` × `height`. */
  line: string;
  bars: { x: number; entered: number; left: number }[];
  /** Where the rule was another one from then on, and whom that alone brought in and put out. */
  turns: { x: number; entered: number; left: number }[];
  highest: number;
  /** The most who came or left at one check. */
  busiest: number;
  from: string;
  to: string;
  entered: number;
  left: number;
}

/** `checks`: newest first, as the server sends them; `until`: the last count, which may have changed nothing. null: nothing to draw. */
export function courseOf(
  checks: readonly SegmentCheck[],
  until: string | null,
  width: number,
  height: number,
): Course | null {
  const steps = checks.toReversed();
  const [first] = steps;
  const last = steps.at(-1);
  if (!first || !last) return null;
  const to = until && until > last.at ? until : last.at;
  const [start, end] = [Date.parse(first.at), Date.parse(to)];
  const x = (iso: string) => round(end === start ? 0 : ((Date.parse(iso) - start) / (end - start)) * width);
  const highest = Math.max(1, ...steps.map((one) => one.count));
  const y = (count: number) => round(height - (count / highest) * height);
  // what a changed rule or the first count brings is nobody's coming or going
  const moves = steps.filter((one) => one.cause === 'people' || one.cause === 'hand');
  return {
    line: `M0 ${y(first.count)}${steps.map((one) => `H${x(one.at)}V${y(one.count)}`).join('')}H${width}`,
    bars: moves.map((one) => ({ x: x(one.at), entered: one.entered, left: one.left })),
    turns: steps
      .filter((one) => one.cause === 'rule')
      .map((one) => ({ x: x(one.at), entered: one.entered, left: one.left })),
    highest,
    busiest: Math.max(1, ...moves.map((one) => Math.max(one.entered, one.left))),
    from: first.at,
    to,
    entered: moves.reduce((sum, one) => sum + one.entered, 0),
    left: moves.reduce((sum, one) => sum + one.left, 0),
  };
}

const round = (value: number) => Math.round(value * 10) / 10;
