import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../channels/channel.ts';
import {
  closedCircuit,
  closesAfter,
  createCircuit,
  heldWords,
  holdAfterMs,
  type Now,
  opensAfter,
  probeLongestMs,
  probePauseMs,
  type Sign,
  signOf,
} from './circuit.ts';

const start = new Date('2026-11-21T10:00:00Z').getTime();
const at = (ms: number): Now => ({ elapsedMs: ms, wall: new Date(start + ms) });

function aCircuit(stored = closedCircuit, now = at(0)) {
  const circuit = createCircuit(stored, now);
  let ms = now.elapsedMs;
  return {
    ...circuit,
    /** `count` answers of one kind, 10 ms apart. */
    hear(sign: Sign, count = 1, isProbe = false) {
      for (let i = 0; i < count; i++) {
        ms += 10;
        circuit.note(sign, 'Bad Gateway', at(ms), isProbe);
      }
    },
    at: () => at(ms),
  };
}

describe('what an outcome says about the connection', () => {
  const deferred = { kind: 'deferred', retryAfterMs: null, detail: '' } as const;
  it.each<[Outcome, Sign | null]>([
    [{ kind: 'accepted', externalId: '1' }, 'answered'],
    [{ kind: 'rejected', reason: 'blocked', detail: '', gone: 'blocked' }, 'answered'],
    [{ kind: 'rejected', reason: 'content_refused', detail: '' }, 'answered'],
    [{ kind: 'rejected', reason: 'template_error', detail: '' }, null],
    [{ ...deferred, scope: 'connection' }, 'refused'],
    [{ ...deferred, scope: 'message' }, 'failed'],
    [{ ...deferred, scope: 'recipient' }, null],
    [{ ...deferred, scope: 'connection', retryAfterMs: 35_000 }, null],
    [{ kind: 'unknown', cause: 'timeout', detail: '' }, 'lost'],
    [{ kind: 'broken', detail: '' }, null],
  ])('%j', (outcome, sign) => expect(signOf(outcome)).toBe(sign));
});

describe('a circuit opens', () => {
  it('at the tenth lost message with no answer in between, not at the ninth', () => {
    const circuit = aCircuit();
    circuit.hear('lost', opensAfter.lost - 1);
    circuit.hear('answered');
    circuit.hear('lost', opensAfter.lost - 1);
    expect(circuit.allows()).toBe('all');
    circuit.hear('lost');
    expect(circuit.allows()).toBe('nothing');
    expect(circuit.stored()).toMatchObject({
      state: 'open',
      reason: '10 messages went unanswered with no answer in between. The last: Bad Gateway.',
      since: circuit.at().wall,
      holdAt: new Date(circuit.at().wall.getTime() + holdAfterMs),
    });
  });

  it('also where lost ones and other trouble take turns', () => {
    const circuit = aCircuit();
    for (let i = 0; i < opensAfter.lost - 1; i++) {
      circuit.hear('lost');
      circuit.hear('failed');
    }
    expect(circuit.allows()).toBe('all');
    circuit.hear('lost');
    expect(circuit.allows()).toBe('nothing');
  });

  it('where the platform cannot be reached, or fails again and again', () => {
    const refused = aCircuit();
    refused.hear('refused', opensAfter.refused);
    expect(refused.stored().reason).toMatch(/could not be reached 5 times in a row/);
    const failed = aCircuit();
    failed.hear('failed', opensAfter.bad - 1);
    expect(failed.allows()).toBe('all');
    failed.hear('failed');
    expect(failed.stored().reason).toMatch(/^20 calls in a row went wrong/);
  });

  it('where half of the last fifty go wrong though answers come in between, but not over hours', () => {
    const circuit = aCircuit();
    for (let i = 0; i < 25; i++) {
      expect(circuit.allows()).toBe('all');
      circuit.hear('failed');
      circuit.hear('answered');
    }
    circuit.hear('failed');
    expect(circuit.stored().reason).toMatch(/of the last 50 calls went wrong/);
    const slow = createCircuit(closedCircuit, at(0));
    for (let i = 0; i < 200; i++) slow.note(i % 2 ? 'answered' : 'failed', '', at(i * 60_000), false);
    expect(slow.allows()).toBe('all');
  });

  it('never because of people: a thousand blocked bots are a thousand answers', () => {
    const circuit = aCircuit();
    const sign = signOf({ kind: 'rejected', reason: 'blocked', detail: '', gone: 'blocked' }) as Sign;
    circuit.hear(sign, 1000);
    expect(circuit.allows()).toBe('all');
  });
});

describe('an open circuit', () => {
  const opened = () => {
    const circuit = aCircuit();
    circuit.hear('lost', opensAfter.lost);
    return circuit;
  };

  it('asks again with growing pauses, at most two minutes apart', () => {
    expect(probePauseMs(0, 1)).toBe(5000);
    expect(probePauseMs(0, 0)).toBe(2500);
    expect(probePauseMs(3, 1)).toBe(40_000);
    expect(probePauseMs(100, 1)).toBe(probeLongestMs);
  });

  it('is not moved by answers to what was under way when it opened', () => {
    const circuit = opened();
    circuit.hear('answered', 60);
    circuit.hear('lost', 60);
    expect(circuit.stored()).toMatchObject({ state: 'open', probes: 1 });
  });

  it('lets one message at a time through once the platform answers, and closes after three good ones', () => {
    const circuit = opened();
    circuit.probed(null, circuit.at());
    expect(circuit.allows()).toBe('one');
    circuit.hear('answered', 50, false);
    expect(circuit.allows()).toBe('one');
    circuit.hear('answered', closesAfter - 1, true);
    expect(circuit.allows()).toBe('one');
    circuit.hear('answered', 1, true);
    expect(circuit.stored()).toEqual(closedCircuit);
    // what was held against it is forgotten
    circuit.hear('lost', opensAfter.lost - 1);
    expect(circuit.allows()).toBe('all');
  });

  it('opens again at the first bad message on trial, for longer, and keeps since when it has been in trouble', () => {
    const circuit = opened();
    const { since, holdAt } = circuit.stored();
    circuit.probed(null, circuit.at());
    circuit.hear('answered', closesAfter - 1, true);
    circuit.hear('failed', 1, true);
    expect(circuit.stored()).toMatchObject({ state: 'open', probes: 2, since, holdAt });
    circuit.probed('Telegram did not answer in time', circuit.at());
    expect(circuit.stored()).toMatchObject({
      state: 'open',
      probes: 3,
      reason: 'Asked again in vain: Telegram did not answer in time.',
    });
  });

  it('is waited for by the next owner of the lane as by the former, and never longer than the longest pause', () => {
    const stored = opened().stored();
    const probeAt = stored.probeAt as Date;
    const heir = createCircuit(stored, { elapsedMs: 7, wall: new Date(probeAt.getTime() - 2000) });
    expect(heir.allows()).toBe('nothing');
    expect(heir.waitMs({ elapsedMs: 7, wall: new Date() })).toBe(2000);
    // the wall clock was set back by a day
    const late = createCircuit(stored, { elapsedMs: 7, wall: new Date(probeAt.getTime() - 86_400_000) });
    expect(late.waitMs({ elapsedMs: 7, wall: new Date() })).toBe(probeLongestMs);
    const overdue = createCircuit(stored, { elapsedMs: 7, wall: new Date(probeAt.getTime() + 60_000) });
    expect(overdue.waitMs({ elapsedMs: 7, wall: new Date() })).toBe(0);
  });

  it('asks at once when a person wishes it, and not because of what it wrote itself', () => {
    const circuit = opened();
    const now = circuit.at();
    circuit.adopt(circuit.stored(), now);
    expect(circuit.waitMs(now)).toBeGreaterThan(0);
    const holdAt = new Date(now.wall.getTime() + 2 * holdAfterMs);
    circuit.adopt({ ...circuit.stored(), probeAt: now.wall, probes: 0, holdAt }, now);
    expect(circuit.waitMs(now)).toBe(0);
    expect(circuit.stored()).toMatchObject({ probes: 0, holdAt });
    // a lane that knows more than what stands there is not taken back by it
    circuit.probed(null, now);
    circuit.adopt(closedCircuit, now);
    expect(circuit.allows()).toBe('one');
  });
});

it('says on the campaign what is wrong, who waits, and what to do', () => {
  expect(heldWords('Marlow', 'The platform cannot be reached: No connection to the Telegram server.')).toBe(
    'Marlow has not worked for 15 minutes. The platform cannot be reached: No connection to the Telegram server. Everybody who was not messaged yet still waits. Resume to try again.',
  );
});
