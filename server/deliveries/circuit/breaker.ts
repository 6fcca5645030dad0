// The circuit breaker at work in one lane: hears every outcome, holds the lane while the circuit is open, asks the platform
// when the time has come by a call that reaches nobody, and keeps what it knows with the connection.
import type { Account, Adapter, Outcome } from '../../channels/channel.ts';
import type { BaseCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { circuitOpenings } from '../metrics.ts';
import { createCircuit, type Now, type StoredCircuit, signOf } from './circuit.ts';
import { keepCircuit } from './keep-circuit.ts';

/** How often a lane whose circuit is open looks at the clock. */
const restMs = 1000;

export interface Breaker {
  /** Milliseconds for which nothing may be sent; 0: send. Asks the platform when it is time to. */
  holdsForMs(): number;
  /** Half open: one message at a time. */
  isOnTrial(): boolean;
  isClosed(): boolean;
  /**
   * One outcome. `wasAsked`: the platform was called at all. `onTrial`: as it was when the message left. Returns whether the
   * try is free: it failed because of the connection, and must not count against the message.
   */
  note(outcome: Outcome, wasAsked: boolean, onTrial: boolean): boolean;
  /** What stands with the connection now. */
  adopt(stored: StoredCircuit): void;
  /** Resolves when everything that was to be kept is written, or could not be. */
  settled(): Promise<void>;
}

export interface BreakerEvents {
  /** The state changed: the lane looks what it may do now. */
  changed(): void;
  /** Asked who it is, the platform refused the credentials. */
  refused(detail: string): void;
}

export function createBreaker(
  base: BaseCtx,
  { account, adapter, circuit: kept }: { account: Account; adapter: Adapter; circuit: StoredCircuit },
  events: BreakerEvents,
): Breaker {
  const now = (): Now => ({ elapsedMs: base.clock.elapsedMs(), wall: base.clock.now() });
  const circuit = createCircuit(kept, now());
  const { connectionId } = account;
  let knownProbeAt = kept.probeAt;
  let asking = false;
  let unwritten = false;
  let writing: Promise<void> | null = null;

  function save(): void {
    unwritten = true;
    writing ??= write().finally(() => {
      writing = null;
    });
  }

  async function write(): Promise<void> {
    while (unwritten) {
      unwritten = false;
      try {
        const stored = circuit.stored();
        await keepCircuit(base, account, stored, knownProbeAt);
        knownProbeAt = stored.probeAt;
      } catch (error) {
        // what is held here holds the lane all the same; the next look writes it
        unwritten = true;
        base.log.warn({ err: error, connection: connectionId }, 'the state of a circuit could not be kept');
        return;
      }
    }
  }

  async function ask(): Promise<void> {
    asking = true;
    try {
      await adapter.identify(account);
      circuit.probed(null, now());
    } catch (error) {
      if (error instanceof AppError && error.code === 'CREDENTIALS_REJECTED')
        return events.refused(error.message);
      circuit.probed(error instanceof Error ? error.message : String(error), now());
    } finally {
      asking = false;
    }
    save();
    events.changed();
  }

  return {
    holdsForMs() {
      switch (circuit.allows()) {
        case 'all':
        case 'one':
          return 0;
        case 'nothing': {
          const waitMs = circuit.waitMs(now());
          if (waitMs === 0 && !asking) void ask();
          return Math.min(restMs, waitMs || restMs);
        }
      }
    },
    isOnTrial: () => circuit.allows() === 'one',
    isClosed: () => circuit.allows() === 'all',
    note(outcome, wasAsked, onTrial) {
      const sign = wasAsked ? signOf(outcome) : null;
      if (sign === null) return false;
      const wasClosed = circuit.allows() === 'all';
      const detail = 'detail' in outcome ? outcome.detail : '';
      if (circuit.note(sign, detail, now(), onTrial)) {
        const { state, reason } = circuit.stored();
        if (wasClosed) circuitOpenings.inc({ channel: adapter.channel });
        base.log.warn({ connection: connectionId, state, reason }, 'the circuit of a connection changed');
        save();
        events.changed();
      }
      return circuit.allows() !== 'all' && (sign === 'refused' || sign === 'failed');
    },
    adopt(stored) {
      if (unwritten) return save();
      if (writing) return;
      knownProbeAt = stored.probeAt;
      circuit.adopt(stored, now());
    },
    async settled() {
      await writing;
    },
  };
}
