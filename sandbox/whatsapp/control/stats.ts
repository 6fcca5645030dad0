// The emulator's own count of what it took on and what it told, and the resets.
import type { Fields } from '../content-read.ts';
import { createLedger } from '../ledger.ts';
import { createBuckets } from '../limits.ts';
import type { WaNumber } from '../state.ts';
import { ControlError, readNumber, type WaRoute } from './request.ts';

/** A benchmark that sends everything twice would otherwise be answered with all of it. */
const MAX_LISTED_DUPLICATES = 500;

function duplicatesOf(number: WaNumber): { listed: Fields[]; total: number } {
  const listed: Fields[] = [];
  let total = 0;
  const add = (one: Fields) => {
    total += 1;
    if (listed.length < MAX_LISTED_DUPLICATES) listed.push(one);
  };
  for (const [data, seen] of number.ledger.byData) {
    if (seen.count > 1)
      add({ by: 'data', data, wa_id: seen.wa_id, count: seen.count, message_ids: seen.ids });
  }
  for (const chat of number.chats.values()) {
    for (const [key, print] of chat.prints) {
      if (print.ids.length > 1)
        add({
          by: 'content',
          wa_id: chat.wa_id,
          count: print.ids.length,
          message_ids: print.ids,
          text: key.slice(key.lastIndexOf('\u0000') + 1, 300),
        });
    }
  }
  return { listed, total };
}

function perSecond({ ledger }: WaNumber): Fields {
  const seconds = (ledger.lastAtMs - ledger.firstAtMs) / 1000;
  return {
    max: ledger.maxPerSecond,
    average: seconds > 0 ? Math.round((ledger.accepted / seconds) * 100) / 100 : ledger.accepted,
    first_at: ledger.firstAtMs,
    last_at: ledger.lastAtMs,
  };
}

export const statsControl: Record<string, WaRoute> = {
  /** ?number &brief=1 (no lists) &by_person=1 &by_data=1 */
  'GET stats': ({ world, query }) => {
    const number = readNumber(world.state, query.get('number'));
    const { ledger } = number;
    const duplicates = query.get('brief') === '1' ? undefined : duplicatesOf(number);
    return {
      number: number.id,
      accepted: ledger.accepted,
      refused: ledger.refused,
      sent_twice: ledger.sentTwice,
      ...(duplicates ? { duplicates: duplicates.listed, duplicates_total: duplicates.total } : {}),
      persons_reached: ledger.byPerson.size,
      by_status: ledger.byStatus,
      reached: ledger.reached,
      failed_by_code: ledger.failedByCode,
      by_template: Object.fromEntries(ledger.byTemplate),
      by_type: ledger.byType,
      errors: ledger.errors,
      requests: ledger.requests,
      per_second: perSecond(number),
      // what is still on its ladder counts too: between two steps of it no queue holds anything
      webhooks: { ...ledger.webhooks, pending: world.outbox.pending() + world.clockwork.waiting() },
      ...(query.get('by_person') === '1' ? { by_person: Object.fromEntries(ledger.byPerson) } : {}),
      ...(query.get('by_data') === '1'
        ? { by_data: Object.fromEntries([...ledger.byData].map(([data, { count }]) => [data, count])) }
        : {}),
    };
  },

  /** what: "counts" (ledger, limits), "messages" (and the chats' contents) or "all" (everything but the running server). */
  'POST reset': ({ world: { state }, body }) => {
    const what = String(body.what ?? 'counts');
    if (!['counts', 'messages', 'all'].includes(what))
      throw new ControlError(400, '"what" is counts, messages or all');
    const numbers =
      body.number === undefined ? [...state.numbers.values()] : [readNumber(state, body.number)];
    for (const number of numbers) {
      number.ledger = createLedger();
      number.buckets = createBuckets();
      for (const chat of number.chats.values()) {
        chat.accepted = 0;
        chat.pairTat = 0;
        chat.prints.clear();
      }
      if (what !== 'counts') {
        number.chats.clear();
        number.held.clear();
      }
      if (what === 'all') state.numbers.delete(number.id);
    }
    for (const people of state.portfolios.values()) people.clear();
    if (what === 'all') {
      state.faults.list = [];
      if (body.number === undefined)
        for (const map of [
          state.people,
          state.peopleByUserId,
          state.wabas,
          state.apps,
          state.tokens,
          state.portfolios,
        ])
          map.clear();
    }
    state.onChange('', '');
  },
};
