// When will it be through? Pure arithmetic from what is left, the rate, and everything that makes the lane wait on purpose.
// Used by the campaign report, the limits page and the forecast before sending, so that all name the same moment.

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
  /** Some of those left go first, and nothing more for so long after the last of them: a canary, an A/B test. */
  stage?: { first: number; waitMs: number } | null;
}

/** Epoch milliseconds, `nowMs` when nothing is left; null: it would never end. */
export function finishMs(forecast: Forecast): number | null {
  const { perSecond, batch, stage } = forecast;
  if (forecast.left <= 0) return forecast.nowMs;
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) return null;
  let { left } = forecast;
  let stand: Stand = {
    at: Math.max(forecast.nowMs, forecast.notBeforeMs ?? 0),
    done: batch?.done ?? 0,
    days: forecast.days ?? [],
  };
  // where everybody who is left would go first, nobody waits for them
  if (stage && stage.first < left) {
    stand = after(stand, stage.first, perSecond, batch);
    const pauseMs = batch && stage.first > 0 && stand.done === 0 ? batch.delayMs : 0;
    stand.at += Math.max(stage.waitMs, pauseMs);
    left -= stage.first;
  }
  return after(stand, left, perSecond, batch).at;
}

interface Stand {
  at: number;
  /** Of the present batch. */
  done: number;
  days: NonNullable<Forecast['days']>;
}

/** Once `n` more messages are out. */
function after(from: Stand, n: number, perSecond: number, batch: Forecast['batch']): Stand {
  let { at, done } = from;
  let left = n;
  for (const [index, day] of from.days.entries()) {
    if (at >= day.endsAtMs) continue;
    const most = Math.min(left, Math.max(0, day.leftToSend));
    const today = mostBy(day.endsAtMs - at, most, perSecond, batch, done);
    const takes = takesMs(today, perSecond, batch, done);
    left -= today;
    if (batch) done = (done + today) % batch.size;
    if (left === 0) {
      const rest = { ...day, leftToSend: day.leftToSend - today };
      return { at: at + takes, done, days: [rest, ...from.days.slice(index + 1)] };
    }
    at = day.endsAtMs;
  }
  const takes = takesMs(left, perSecond, batch, done);
  return { at: at + takes, done: batch ? (done + left) % batch.size : 0, days: [] };
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
