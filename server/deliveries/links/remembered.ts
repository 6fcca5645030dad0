// What a node remembers of links, so that a flood of requests for one of them asks the database for nothing: where it leads, and
// whose clicks are all written down.
import type { BaseCtx } from '../../platform/context.ts';
import { type ClickKind, type FoundTarget, recordClick, targetOf } from './click.ts';
import type { LinkCode } from './code.ts';

const most = 10_000;
/** A link leads nowhere as soon as its run is gone, or this much later. */
const targetKeptMs = 60_000;

export interface Links {
  /** Null: the run is gone. */
  find(code: LinkCode): Promise<FoundTarget | null>;
  note(target: FoundTarget, kind: ClickKind): Promise<void>;
}

export function rememberedLinks(base: BaseCtx): Links {
  const targets = new Map<number, { untilMs: number; target: FoundTarget }>();
  const full = new Set<string>();
  return {
    async find(code) {
      const known = targets.get(code.linkNumber);
      if (known && base.clock.elapsedMs() < known.untilMs)
        return { ...known.target, deliveryId: code.deliveryId };
      const target = await targetOf(base, code);
      targets.delete(code.linkNumber);
      if (target) {
        dropOldest(targets);
        targets.set(code.linkNumber, { untilMs: base.clock.elapsedMs() + targetKeptMs, target });
      }
      return target;
    },
    async note(target, kind) {
      const key = `${kind} ${target.deliveryId}`;
      if (full.has(key)) return;
      if (await recordClick(base, target, kind)) return;
      dropOldest(full);
      full.add(key);
    },
  };
}

function dropOldest(kept: Map<number, unknown> | Set<string>): void {
  if (kept.size < most) return;
  const [oldest] = kept.keys();
  kept.delete(oldest as never);
}
