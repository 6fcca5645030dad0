// The pacing of templates: a message is taken, held back without a word, and let go or dropped later (Cloud API, messages,
// 2026-11-20).
import type { Message } from './message.ts';
import type { WaNumber } from './state.ts';
import { climb, type Failure, type Post, reach } from './statuses.ts';

/** `failure`: why it will not arrive once it is let go. */
export function hold(number: WaNumber, message: Message, failure: Failure | undefined): void {
  message.held = failure ? { failure } : {};
  number.held.set(message.id, message);
}

/** All held messages of the number climb, or fail as those of a paused template (132015). Returns how many. */
export function release(post: Post, number: WaNumber, deliver: boolean): number {
  const all = [...number.held.values()];
  number.held.clear();
  for (const message of all) {
    const failure = message.held?.failure;
    delete message.held;
    if (deliver) climb(post, number, message, failure);
    else reach(post, number, message, 'failed', { failure: { code: 132015 } });
  }
  return all.length;
}
