// What a message of an automation answered to, as it was when that was decided: when the cart was left, the order delivered, the
// product back, how long the delay was, and what spoke against it. Of what is not kept nothing is said.
import { sql } from 'kysely';
import type { SkipReason } from '../../../contract/deliveries.ts';
import type { Ctx } from '../../platform/context.ts';
import { type Evidence, hoursInWords, nothing } from './evidence.ts';

type Kind = 'abandoned_cart' | 'back_in_stock' | 'post_purchase';

interface Row {
  kind: Kind;
  state: string;
  reason: SkipReason | null;
  /** When it was decided; of what still waits: now. */
  moment: Date;
  due_at: Date;
  delay_minutes: number;
  time_zone: string;
  /** When it happened. */
  since: Date | null;
  /** The shop's own number of the cart or order. */
  number: string | null;
  pieces: number | null;
  order_status: string | null;
  /** What came back. */
  names: string[];
  /** Of a cart: what may have been sold out then, as it still is or came back since. */
  sold_out: string[];
  /** The order that bought it. */
  order_number: string | null;
  placed_at: Date | null;
}

/** Null: it is no message of an automation. */
export async function eventOf(
  ctx: Ctx,
  deliveryId: string,
): Promise<{ words: string; evidence: Evidence } | null> {
  const row = await readEvent(ctx, deliveryId);
  if (!row) return null;
  const said = [happened(row), against(row)].filter((part) => part !== null);
  return { words: askedWords(row), evidence: { ...nothing, detail: said.join(' ') } };
}

async function readEvent(ctx: Ctx, deliveryId: string): Promise<Row | undefined> {
  const bought = sql`
    SELECT o.external_id, o.placed_at FROM orders o
    JOIN order_items i ON i.workspace_id = o.workspace_id AND i.order_id = o.id
    WHERE o.workspace_id = e.workspace_id AND o.contact_id = e.contact_id AND o.status NOT IN ('cancelled', 'returned')
      AND o.placed_at >= coalesce(k.filled_at, b.created_at) AND (i.product_id = ANY(e.products)
        OR k.items @> jsonb_build_array(jsonb_build_object('product_id', i.product_id)))
    ORDER BY o.placed_at LIMIT 1`;
  const { rows } = await sql<Row>`
    WITH e AS (
      SELECT e.*, d.contact_id, d.state, CASE WHEN d.state = 'skipped' THEN d.reason END AS reason, d.due_at,
        coalesce(d.claimed_at, CASE WHEN d.state IN ('planned', 'queued') THEN ${ctx.clock.now()} ELSE d.created_at END) AS moment,
        coalesce((c.trigger->>'delay_minutes')::int, 0) AS delay_minutes, w.time_zone
      FROM delivery_events e
      JOIN deliveries d ON d.workspace_id = e.workspace_id AND d.id = e.delivery_id
      JOIN campaigns c ON c.workspace_id = e.workspace_id AND c.id = e.campaign_id
      JOIN workspaces w ON w.id = e.workspace_id
      WHERE e.workspace_id = ${ctx.actor.workspaceId} AND e.delivery_id = ${deliveryId}
    )
    SELECT e.kind, e.state, e.reason, e.moment, e.due_at, e.delay_minutes, e.time_zone,
      coalesce(t.at, o.delivered_at, b.created_at) AS since, coalesce(k.external_id, o.external_id) AS number, t.pieces,
      o.status AS order_status, order_of.external_id AS order_number, order_of.placed_at,
      ARRAY(SELECT p.name FROM products p
        WHERE p.workspace_id = e.workspace_id AND p.external_id = ANY(e.products) ORDER BY p.name) AS names,
      ARRAY(SELECT DISTINCT coalesce(item->>'name', p.name) FROM jsonb_array_elements(k.items) item
        JOIN products p ON p.workspace_id = e.workspace_id AND p.external_id = item->>'product_id'
        -- what is in it now says nothing of then where it was changed since
        WHERE k.updated_at <= e.moment AND (NOT p.available OR EXISTS (SELECT FROM product_variants v
            WHERE v.workspace_id = p.workspace_id AND v.product_id = p.id AND v.external_id = item->>'variant_id' AND v.stock = 0)
          OR EXISTS (SELECT FROM restocks r WHERE r.workspace_id = p.workspace_id AND r.product_id = p.id AND r.at > e.moment))
        ORDER BY 1) AS sold_out
    FROM e
    LEFT JOIN carts k ON k.workspace_id = e.workspace_id AND k.id = e.subject_id
    LEFT JOIN LATERAL (SELECT t.at, t.pieces FROM cart_touches t WHERE t.workspace_id = e.workspace_id AND t.cart_id = e.subject_id
      AND t.version = e.version AND t.pieces > 0 AND t.at <= e.moment ORDER BY t.at DESC LIMIT 1) t ON true
    LEFT JOIN orders o ON o.workspace_id = e.workspace_id AND o.id = e.subject_id
    LEFT JOIN restock_batches b ON b.workspace_id = e.workspace_id AND b.id = e.subject_id
    LEFT JOIN LATERAL (${bought}) order_of ON e.reason IN ('cart_bought', 'already_bought')`.execute(ctx.db);
  return rows[0];
}

const stillAsked: Record<Kind, string> = {
  abandoned_cart: 'The cart still waits, and can be bought',
  back_in_stock: 'It is still in stock, and they have not bought it',
  post_purchase: 'The order arrived, and was kept',
};
function askedWords({ kind, reason }: Row): string {
  if (reason === 'offer_today') return 'No promotion on this day';
  if (reason === 'later_cart') return 'It is the latest of their carts';
  if (reason === 'reminded_lately') return 'No other reminder within the cool-down';
  if (reason === 'automation_off') return 'The automation stayed on';
  return stillAsked[kind];
}

/** "Cart 77 with 2 items was left at 07:19, the reminder due 1 minute later." */
function happened(row: Row): string {
  const { kind, number, since, pieces } = row;
  const at = since ? ` ${momentWords(since, row.moment, row.time_zone)}` : '';
  switch (kind) {
    case 'abandoned_cart': {
      const cart = ['Cart', number, pieces === null ? null : `with ${counted(pieces, 'item')}`];
      return `${cart.filter(Boolean).join(' ')} was left${at}${laterWords(row, 'reminder')}.`;
    }
    case 'back_in_stock':
      return `${listed(row.names)} ${row.names.length > 1 ? 'were' : 'was'} back in stock${at}${laterWords(row, 'message')}.`;
    default:
      return `Order ${number ?? ''} was delivered${at}${laterWords(row, 'message')}.`;
  }
}

/** The delay is that of today: where it cannot have been so long, nothing is said of it. */
function laterWords({ since, delay_minutes, moment, due_at }: Row, noun: string): string {
  if (!since || delay_minutes === 0) return '';
  const due = since.getTime() + delay_minutes * 60_000;
  if (due > Math.max(moment.getTime(), due_at.getTime())) return '';
  return `, the ${noun} due ${delayInWords(delay_minutes)} later`;
}

function against(row: Row): string | null {
  switch (row.reason) {
    case 'sold_out':
      if (row.kind === 'back_in_stock')
        return row.names.length > 1 ? 'All of it had sold out again.' : 'It had sold out again.';
      // one of those it was; which one is not kept
      return `${row.sold_out.length > 0 ? listOf(row.sold_out, 'or') : 'Something in it'} had sold out.`;
    case 'cart_bought':
    case 'already_bought':
      return row.placed_at
        ? `Order ${row.order_number} was placed ${momentWords(row.placed_at, row.moment, row.time_zone)}.`
        : 'The shop had told that it was bought.';
    case 'cart_emptied':
      return 'It had been emptied by then.';
    case 'order_returned':
      if (row.order_status === 'cancelled') return 'It was cancelled by then.';
      return row.order_status === 'returned'
        ? 'It had come back by then.'
        : 'By then it did not count as delivered.';
    case 'changed_hands':
      return 'The shop had given it to somebody else.';
    case 'offer_today':
      return 'By then they had had a promotion on the same day.';
    case 'later_cart':
      return 'By then they had left a later cart, which counts instead.';
    case 'reminded_lately':
      return 'By then they had been reminded of another cart, and not so long ago that it is done again.';
    case 'automation_off':
      return 'It was switched off meanwhile.';
    default:
      return null;
  }
}

/** "at 07:19", in the workspace's zone as all times are; with the day where it is another than that of `beside`. */
export function momentWords(at: Date, beside: Date, timeZone: string): string {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  const day = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const time = `at ${format({ hour: '2-digit', minute: '2-digit' }).format(at)}`;
  return day.format(at) === day.format(beside) ? time : `on ${day.format(at)} ${time}`;
}

/** "45 minutes", "36 hours", "3 days". */
export function delayInWords(minutes: number): string {
  return minutes % 60 === 0 ? hoursInWords(minutes / 60) : counted(minutes, 'minute');
}

const counted = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

function listed(names: string[]): string {
  const [first = 'Something', ...others] = names;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function listOf(names: string[], word: string): string {
  const shown = names.slice(0, 3);
  const last = shown.pop();
  return shown.length === 0 ? `${last}` : `${shown.join(', ')} ${word} ${last}`;
}
