// A row of the timeline as the wire shows it.
import type { ConsentChanged } from '../../contract/consent.ts';
import { failureReasons, skipReasons, skipWords, unknownReasons } from '../../contract/deliveries.ts';
import { toWireId } from '../../contract/ids.ts';
import { amountText, type Money } from '../../contract/money.ts';
import type { TimelineEntry, TimelineKind } from '../../contract/timeline.ts';

export interface TimelineRow {
  kind: TimelineKind;
  id: string;
  at: Date;
  data: Record<string, unknown>;
}

type Of<K extends TimelineEntry['kind']> = Extract<TimelineEntry, { kind: K }>;
type Data = Record<string, unknown>;

/** The same reason reads otherwise where it is why nothing was tried. */
const reasonWords: Record<string, Record<string, string>> = {
  failed: failureReasons,
  unknown: unknownReasons,
};
const anyWords: Record<string, string> = { ...failureReasons, ...skipReasons, ...unknownReasons };

const campaignOf = (data: Data): Of<'message'>['campaign'] =>
  typeof data.campaign_name === 'string'
    ? { id: toWireId('cmp', String(data.campaign_id)), name: data.campaign_name }
    : null;
const isoOrNull = (value: unknown): string | null =>
  typeof value === 'string' ? new Date(value).toISOString() : null;
const wire = (prefix: Parameters<typeof toWireId>[0], value: unknown): string | null =>
  typeof value === 'string' ? toWireId(prefix, value) : null;

export function timelineEntryOf({ kind, id, at: time, data }: TimelineRow): TimelineEntry {
  const at = time.toISOString();
  switch (kind) {
    case 'message':
      return {
        kind,
        id: toWireId('msg', id),
        at,
        direction: data.direction as Of<'message'>['direction'],
        text: String(data.text ?? ''),
        has_picture: data.has_picture === true,
        source: data.direction === 'in' ? 'contact' : ((data.source ?? 'reply') as Of<'message'>['source']),
        author: (data.author ?? null) as string | null,
        campaign: campaignOf(data),
        delivery_id: wire('dlv', data.delivery_id),
        state: (data.state ?? null) as Of<'message'>['state'],
        connection_id: toWireId('con', String(data.connection_id)),
        conversation_id: wire('cnv', data.conversation_id),
      };
    case 'delivery':
      return {
        kind,
        id: toWireId('dlv', id),
        at,
        source: data.source as Of<'delivery'>['source'],
        state: data.state as Of<'delivery'>['state'],
        reason:
          typeof data.reason === 'string' ? wordsOf(String(data.state), data.reason, data.channel) : null,
        campaign: campaignOf(data),
        connection_id: toWireId('con', String(data.connection_id)),
        channel: data.channel as Of<'delivery'>['channel'],
      };
    case 'event':
      return {
        kind,
        id: toWireId('evt', id),
        at,
        name: String(data.name),
        properties: data.properties as Data,
      };
    case 'order':
      return {
        kind,
        id: toWireId('ord', id),
        at,
        external_id: data.external_id as string | null,
        status: data.status as Of<'order'>['status'],
        total: moneyOf(data.total, data.currency)!,
        items: productsOf(data.items, data.currency),
      };
    case 'cart':
      return {
        kind,
        id: toWireId('crt', id),
        at,
        status: data.status as Of<'cart'>['status'],
        total: moneyOf(data.total, data.currency),
        url: data.url as string | null,
        items: productsOf(data.items, data.currency),
      };
    case 'consent':
      return {
        kind,
        id,
        at,
        channel: data.channel as ConsentChanged['channel'],
        purpose: 'marketing',
        state: data.state as ConsentChanged['state'],
        source: String(data.source),
        wording: data.wording as string | null,
        reason: data.reason as string | null,
        by: data.actor_kind === 'system' ? null : String(data.actor_name),
      };
    case 'note':
      return {
        kind,
        id: toWireId('nte', id),
        at,
        text: String(data.text),
        author: String(data.author),
        edited_by: data.edited_by as string | null,
        edited_at: isoOrNull(data.edited_at),
      };
    case 'merge':
      return {
        kind,
        id,
        at,
        other_name: String(data.other_name),
        by: String(data.by),
        undone_at: isoOrNull(data.undone_at),
      };
    case 'created':
      return { kind, id: toWireId('cnt', id), at };
  }
}

const wordsOf = (state: string, reason: string, channel: unknown) =>
  state === 'skipped' && reason in skipReasons
    ? skipWords(reason, String(channel))
    : (reasonWords[state]?.[reason] ?? anyWords[reason] ?? reason);

const moneyOf = (amount: unknown, code: unknown): Money | null =>
  amount !== null && amount !== undefined && typeof code === 'string'
    ? { amount: amountText(String(amount), code), currency: code }
    : null;

/** Amounts come as text, so that no binary number stands between. */
function productsOf(items: unknown, code: unknown): Of<'order'>['items'] {
  if (!Array.isArray(items)) return [];
  return items.map((item: Data) => ({
    product_id: String(item.product_id),
    name: typeof item.name === 'string' ? item.name : null,
    quantity: Number(item.quantity ?? 1),
    price: moneyOf(item.price, code),
  }));
}
