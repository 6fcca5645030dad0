// The parts of the emulated WhatsApp put together.
import { createOutbox } from './outbox.ts';
import { createWaState, type WaState } from './state.ts';
import { createClockwork, type Post } from './statuses.ts';

export interface WaWorld extends Post {
  state: WaState;
  close(): Promise<void>;
}

export function createWaWorld(options: Parameters<typeof createWaState>[0] = {}): WaWorld {
  const state = createWaState(options);
  const outbox = createOutbox(state);
  const clockwork = createClockwork();
  return {
    state,
    outbox,
    clockwork,
    random: Math.random,
    close: async () => {
      clockwork.close();
      await outbox.close();
    },
  };
}
