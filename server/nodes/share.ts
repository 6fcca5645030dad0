// How the workers of an installation share its lanes: each takes up to its fair part and hands over what it has beyond. No
// node decides for another; what one of them sees every second is enough. Used by deliveries/sending/lanes.ts.

/** A lane that nobody has taken for so long is taken whatever one has already: better here than nowhere. */
const orphanedAfterMs = 2000;
/** So long a lane that nobody else wanted is not offered again: its former taker may not be able to open it. */
const keepMs = 60_000;

export interface LanesSeen {
  /** Connections with work, of all nodes. */
  busy: string[];
  /** Those of them that run here and are to stay. */
  mine: string[];
  /** Those of them that no node holds. */
  free: string[];
  /** Living nodes that run lanes, this one included. */
  workers: number;
  /** Of a clock that never steps back. */
  nowMs: number;
}

export interface Share {
  /** What to take now, and what to stop here so that another node takes it. */
  decide(seen: LanesSeen): { take: string[]; handOver: string[] };
}

export const fairShare = (lanes: number, workers: number) => Math.ceil(lanes / workers);

/** `random`: 0..1, so that two nodes that look in the same moment want different lanes. */
export function createShare(random: () => number = Math.random): Share {
  const freeSince = new Map<string, number>();
  const keptUntil = new Map<string, number>();

  function take(free: string[], room: number, nowMs: number): string[] {
    const wanted = shuffled(free, random);
    const within = wanted.slice(0, Math.max(0, room));
    const orphans = wanted
      .slice(within.length)
      .filter((id) => nowMs - (freeSince.get(id) ?? nowMs) >= orphanedAfterMs);
    for (const id of orphans) keptUntil.set(id, nowMs + keepMs);
    return [...within, ...orphans];
  }

  /** One lane too many stays: it is not worth a pause. Half of the rest at a time, so that most of them go on sending. */
  function handOver(mine: string[], share: number): string[] {
    const surplus = mine.length - share;
    if (surplus <= 1) return [];
    return mine.filter((id) => !keptUntil.has(id)).slice(-Math.ceil(surplus / 2));
  }

  return {
    decide({ busy, mine, free, workers, nowMs }) {
      keepOnly(freeSince, new Set(free));
      for (const id of free) if (!freeSince.has(id)) freeSince.set(id, nowMs);
      for (const [id, until] of keptUntil) if (until <= nowMs) keptUntil.delete(id);
      if (workers <= 1) return { take: free, handOver: [] };
      const share = fairShare(busy.length, workers);
      return { take: take(free, share - mine.length, nowMs), handOver: handOver(mine, share) };
    },
  };
}

function keepOnly(map: Map<string, unknown>, keys: Set<string>): void {
  for (const key of map.keys()) if (!keys.has(key)) map.delete(key);
}

function shuffled(list: string[], random: () => number): string[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as string, copy[i] as string];
  }
  return copy;
}
