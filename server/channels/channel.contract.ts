// What every adapter must do against its platform's emulator. A channel's test calls `channelContract` with a world that
// knows how to bring the emulator into each situation; the expectations are the same for all.
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../contract/channel-facts.ts';
import type { FailureReason } from '../../contract/deliveries.ts';
import type { RenderedMessage } from '../../contract/message.ts';
import type { Account, Adapter, InboundEvent, Outbound, RawUpdate, Receipt } from './channel.ts';
import type { Received } from './testing-wire.ts';

type Closed = 'blocked' | 'deactivated' | 'unknown';

export interface ChannelWorld {
  adapter: Adapter;
  account: Account;
  /** The platform's own id of the account, as `identify` must tell it. */
  accountId: string;
  /** A person of that standing; returns the address. */
  person(standing: 'open' | Closed): Promise<string>;
  /** What a send to people of that standing comes to, and what tells it. */
  refusals: Record<
    Closed,
    { by: 'answer' | 'receipt'; reason: FailureReason; gone?: 'blocked' | 'deactivated' }
  >;
  /** Of a platform that tells receipts: waits for one about that message. */
  receipt?(externalId: string, status: Receipt['status']): Promise<Receipt>;
  /** The next send meets this. */
  trouble(kind: 'flood' | 'server_error' | 'reset_after_accept' | 'unreadable_answer'): Promise<void>;
  /** Ends every trouble again. */
  calm(): Promise<void>;
  write(address: string, text: string): Promise<void>;
  block(address: string): Promise<void>;
  /** How many messages the platform has accepted for that address. */
  accepted(address: string): Promise<number>;
  /** The same account with a credential that the platform does not know. */
  wrongAccount(): Account;
  /** The account where nobody listens. */
  deadAccount(): Promise<Account>;
  /** Starts a receiver of webhooks and gives its address and what arrived. */
  receiver(): Promise<{ url: string; received: Received[] }>;
}

export function aMessage(text: string): RenderedMessage {
  const spans = [{ kind: 'text' as const, text }];
  return { markup: text, plain: text, spans, length: text.length, limit: 4096, image: null, buttons: [] };
}

export function anOutbound(address: string, given: Partial<Outbound> = {}): Outbound {
  return {
    deliveryId: crypto.randomUUID(),
    address,
    message: aMessage('Hello'),
    media: [],
    silent: false,
    linkPreview: true,
    ...given,
  };
}

/** What the platform can do; the world says how it looks there. */
export interface ChannelKind {
  polls: boolean;
  /** Tells by webhook what became of a message, with our own id in it. */
  tellsReceipts: boolean;
}

export function channelContract(name: string, world: () => ChannelWorld, kind: ChannelKind): void {
  describe(`${name} keeps the channel contract`, () => {
    const send = (address: string, given?: Partial<Outbound>) =>
      world().adapter.send(world().account, anOutbound(address, given));

    test('it says who the account is', async () => {
      const who = await world().adapter.identify(world().account);
      expect(who.accountId).toBe(world().accountId);
      expect(who.name).not.toBe('');
    });

    test('an unknown credential is refused with what to do', async () => {
      await expect(world().adapter.identify(world().wrongAccount())).rejects.toMatchObject({
        code: 'CREDENTIALS_REJECTED',
      });
    });

    test('a platform that cannot be reached is no refusal of the credential', async () => {
      await expect(world().adapter.identify(await world().deadAccount())).rejects.toMatchObject({
        code: 'PLATFORM_UNREACHABLE',
      });
    });

    test('an accepted message carries the id that the platform gave it', async () => {
      const address = await world().person('open');
      const outcome = await send(address);
      expect(outcome).toMatchObject({ kind: 'accepted', externalId: expect.stringMatching(/./) });
      expect(await world().accepted(address)).toBe(1);
    });

    test.each(['blocked', 'deactivated', 'unknown'] as const)(
      'a person who is %s is rejected for good',
      async (standing) => {
        const { by, ...expected } = world().refusals[standing];
        const outcome = await send(await world().person(standing));
        if (by === 'answer') return expect(outcome).toMatchObject({ kind: 'rejected', ...expected });
        expect(outcome).toMatchObject({ kind: 'accepted' });
        const { externalId } = outcome as { externalId: string };
        expect(await world().receipt!(externalId, 'failed')).toMatchObject({ failure: expected });
      },
    );

    test.runIf(kind.tellsReceipts)('receipts bring our own id and try back, in every state', async () => {
      const deliveryId = crypto.randomUUID();
      const outcome = await send(await world().person('open'), { deliveryId, attempt: 3 });
      const { externalId } = outcome as { externalId: string };
      for (const status of ['sent', 'delivered'] as const)
        expect(await world().receipt!(externalId, status)).toMatchObject({
          externalId,
          deliveryId,
          attempt: 3,
          failure: null,
          at: expect.any(Date),
        });
    });

    test('a flood answer defers the connection for as long as the platform says', async () => {
      const address = await world().person('open');
      await world().trouble('flood');
      const outcome = await send(address);
      expect(outcome).toMatchObject({
        kind: 'deferred',
        scope: 'connection',
        retryAfterMs: expect.any(Number),
      });
      expect(await world().accepted(address)).toBe(0);
      await world().calm();
    });

    test('what is said of the channel is what its adapter does', () => {
      const { channel, pace, react, markRead, templates } = world().adapter;
      expect(factsOf(channel)).toMatchObject({
        tellsReceipts: kind.tellsReceipts,
        takesTemplates: templates !== undefined,
        sellsHigherRate: pace.paidPerSecond !== null,
        takesReactions: react !== undefined,
        showsTyping: markRead !== undefined,
      });
    });

    test('it declares what the platform allows, each figure with where and when it was read', () => {
      const { pace } = world().adapter;
      expect(pace.perSecond).toBeGreaterThan(0);
      if (pace.paidPerSecond !== null) expect(pace.paidPerSecond).toBeGreaterThan(pace.perSecond);
      for (const limit of [pace.recipient, pace.group])
        if (limit?.kind === 'bucket') expect(Math.min(limit.everyMs, limit.burst)).toBeGreaterThanOrEqual(1);
        else if (limit) expect(Math.min(limit.messages, limit.perMs)).toBeGreaterThanOrEqual(1);
      const { connection, recipient, group, paid } = pace.sources;
      const needed = [
        connection,
        recipient,
        ...(pace.group ? [group] : []),
        ...(pace.paidPerSecond ? [paid] : []),
      ];
      for (const source of needed) expect(source).toMatch(/\d{4}-\d{2}-\d{2}/);
    });

    test('a server error with an explanation defers the message alone', async () => {
      const address = await world().person('open');
      await world().trouble('server_error');
      expect(await send(address)).toMatchObject({ kind: 'deferred', scope: 'message' });
      expect(await world().accepted(address)).toBe(0);
      await world().calm();
    });

    test('a refused connection defers, because nothing can have been sent', async () => {
      const outcome = await world().adapter.send(await world().deadAccount(), anOutbound('1'));
      expect(outcome).toMatchObject({ kind: 'deferred', scope: 'connection' });
    });

    test('a connection that breaks after the request is unknown, and the message may well be there', async () => {
      const address = await world().person('open');
      await world().trouble('reset_after_accept');
      expect(await send(address)).toMatchObject({ kind: 'unknown', cause: 'connection_lost' });
      expect(await world().accepted(address)).toBe(1);
      await world().calm();
    });

    test('a success that cannot be read is unknown', async () => {
      const address = await world().person('open');
      await world().trouble('unreadable_answer');
      expect(await send(address)).toMatchObject({ kind: 'unknown', cause: 'unreadable_answer' });
      await world().calm();
    });

    test('a refused credential breaks the connection and blames no recipient', async () => {
      const outcome = await world().adapter.send(world().wrongAccount(), anOutbound('1'));
      expect(outcome).toMatchObject({ kind: 'broken' });
    });

    test('no outcome and no error holds a credential', async () => {
      const { adapter, account, wrongAccount, deadAccount } = world();
      const secrets = [account, wrongAccount()].flatMap((one) => Object.values(one.credentials));
      const said = [
        await adapter.send(wrongAccount(), anOutbound('1')),
        await adapter.send(await deadAccount(), anOutbound('1')),
        await adapter.identify(wrongAccount()).catch((error) => `${error.message}${error.stack}`),
        await adapter.identify(await deadAccount()).catch((error) => `${error.message}${error.stack}`),
      ];
      for (const secret of secrets) expect(JSON.stringify(said)).not.toContain(secret);
    });

    test.runIf(kind.polls)(
      'messages and blocks arrive by polling, once the offset is confirmed no more',
      async () => {
        const address = await world().person('open');
        await world().write(address, 'Is this still on?');
        await world().block(address);
        const { updates, events, nextOffset } = await pollUntil(world(), 0, 2);
        expect(events).toMatchObject([
          { kind: 'message', address, text: 'Is this still on?' },
          { kind: 'unreachable', address, reason: 'blocked' },
        ]);
        expect(new Set(updates.map((update) => update.key)).size).toBe(2);
        const again = await world().adapter.poll!(world().account, nextOffset, 0, AbortSignal.timeout(5000));
        expect(again.updates).toEqual([]);
      },
    );

    test.runIf(kind.polls)(
      'a waiting poll ends when it is aborted, with nothing and without an error',
      async () => {
        const stop = new AbortController();
        const waiting = world().adapter.poll!(world().account, 0, 20, stop.signal);
        stop.abort();
        expect(await waiting).toEqual({ updates: [], nextOffset: 0 });
      },
    );

    test('a webhook arrives with a secret that verifies, and no other does', async () => {
      const { adapter, account } = world();
      const receiver = await world().receiver();
      const address = await world().person('open');
      await adapter.receiveBy(account, { url: receiver.url, secret: 'the-right-secret' });
      await world().write(address, 'By webhook');
      await expect.poll(() => receiver.received.length).toBeGreaterThan(0);
      await adapter.receiveBy(account, null);
      const { headers, body } = receiver.received[0]!;
      const right = { secret: 'the-right-secret', credentials: account.credentials };
      const others = Object.keys(account.credentials).map((field) => [field, 'another-secret']);
      const wrong = { secret: 'another-secret', credentials: Object.fromEntries(others) };
      expect(adapter.admits(headers, right)).toBe(true);
      expect(adapter.admits({}, right)).toBe(false);
      expect(adapter.verify(headers, body, right)).toBe(true);
      expect(adapter.verify(headers, body, wrong)).toBe(false);
      expect(adapter.verify({}, body, right)).toBe(false);
      const webhook = adapter.split(JSON.parse(body.toString()));
      expect(webhook?.updates.flatMap(({ raw }) => adapter.parse(raw))).toMatchObject([
        { kind: 'message', address, text: 'By webhook' },
      ]);
      // said again, it is the same
      expect(adapter.split(JSON.parse(body.toString()))).toEqual(webhook);
    });

    test.each([
      null,
      undefined,
      7,
      'text',
      [],
      {},
      { update_id: 'x' },
      { message: null },
      { message: { chat: 1 } },
    ])('a foreign shape means nothing and throws nothing: %j', (raw) => {
      expect(world().adapter.parse(raw)).toEqual([]);
      expect(world().adapter.split(raw)).toBeNull();
    });
  });
}

async function pollUntil(world: ChannelWorld, offset: number, count: number) {
  const updates: RawUpdate[] = [];
  const events: InboundEvent[] = [];
  let nextOffset = offset;
  for (const deadline = Date.now() + 10_000; events.length < count && Date.now() < deadline; ) {
    const got = await world.adapter.poll!(world.account, nextOffset, 1, AbortSignal.timeout(10_000));
    nextOffset = got.nextOffset;
    updates.push(...got.updates);
    events.push(...got.updates.flatMap((update) => world.adapter.parse(update.raw)));
    await delay(0);
  }
  return { updates, events, nextOffset };
}
