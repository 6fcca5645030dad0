// When will it be through? Pure arithmetic from what is left, the rate, and everything that makes the lane wait on purpose.
// Used by the campaign report, the limits page and the confirmation before Send, so that all name the same moment.

export interface Forecast {
  nowMs: number;
  left: number;
  /** What goes out per second while nothing waits. */
  perSecond: number;
  /** Nothing before: a 429 to be waited out, a pause between two batches. */
  notBeforeMs?: number;
  /** `done`: how many of the present batch are sent. */
  batch?: { size: number; delayMs: number; done: number } | null;
  /** What each day still allows, today first; after the last there is no limit. */
  days?: { leftToSend: number; endsAtMs: number }[];
}

/** Epoch milliseconds, `nowMs` when nothing is left; null: it would never end. */
export function finishMs(forecast: Forecast): number | null {
  const { perSecond, batch } = forecast;
  let { left } = forecast;
  let at = Math.max(forecast.nowMs, forecast.notBeforeMs ?? 0);
  if (left <= 0) return forecast.nowMs;
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) return null;
  let done = batch?.done ?? 0;
  for (const day of forecast.days ?? []) {
    if (at >= day.endsAtMs) continue;
    const n = mostBy(day.endsAtMs - at, Math.min(left, Math.max(0, day.leftToSend)), perSecond, batch, done);
    left -= n;
    if (left === 0) return at + takesMs(n, perSecond, batch, done);
    if (batch) done = (done + n) % batch.size;
    at = day.endsAtMs;
  }
  return at + takesMs(left, perSecond, batch, done);
}

function takesMs(n: number, perSecond: number, batch: Forecast['batch'], done: number): number {
  const pauses = batch && n > 0 ? Math.floor((done + n - 1) / batch.size) * batch.delayMs : 0;
  return (n / perSecond) * 1000 + pauses;
}

/** The most messages, up to `limit`, that fit into `ms`. */
function mostBy(
  ms: number,
  limit: number,
  perSecond: number,
  batch: Forecast['batch'],
  done: number,
): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (takesMs(middle, perSecond, batch, done) <= ms) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A rate as it is told: one decimal, below 1 three digits, so that one message a minute is not 0. */
export function roundedRate(perSecond: number): number {
  return perSecond >= 1 ? Math.round(perSecond * 10) / 10 : Number(perSecond.toPrecision(3));
}
