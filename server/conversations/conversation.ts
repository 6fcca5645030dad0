// Rows of the inbox and of a thread, and what the wire shows of them. Pure.
import type { Channel } from '../../contract/connections.ts';
import type { Conversation, Message } from '../../contract/conversations.ts';
import {
  type DeliveryState,
  failureReasons,
  skipReasons,
  unknownReasons,
} from '../../contract/deliveries.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Button, Span } from '../../contract/message.ts';
import { contactName } from '../contacts/contact.ts';
import { wireOrNull } from '../platform/db/ids.ts';

/** What `messages.body` holds, in and out alike. */
export interface MessageBody {
  text: string;
  spans: Span[];
  image: { url: string } | null;
  buttons: Button[];
}

export interface ConversationRow {
  id: string;
  contact_id: string;
  connection_id: string;
  channel: string;
  status: string;
  unread: number;
  created_at: Date;
  updated_at: Date;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  phone: string | null;
  external_id: string | null;
  username: string | null;
  reachable: boolean | null;
  opted_out: boolean;
  opt_out_asked_at: Date | null;
  opt_out_wording: string | null;
  last_text: string | null;
  last_direction: string | null;
  last_at: Date | null;
}

export function toConversation(row: ConversationRow): Conversation {
  const { last_text: text, last_direction: direction, last_at: at } = row;
  return {
    id: toWireId('cnv', row.id),
    contact: {
      id: toWireId('cnt', row.contact_id),
      name: contactName(row),
      reachable: row.reachable ?? false,
      opted_out: row.opted_out,
    },
    connection_id: toWireId('con', row.connection_id),
    channel: row.channel as Channel,
    status: row.status as Conversation['status'],
    last_message:
      at && direction
        ? { text: text ?? '', direction: direction as 'in' | 'out', at: at.toISOString() }
        : null,
    unread: row.unread,
    opt_out_question: row.opt_out_asked_at && {
      wording: row.opt_out_wording ?? '',
      at: row.opt_out_asked_at.toISOString(),
    },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** A thread is read by operators: the reason stands there in words, the code is in the send log. */
const reasonWords: Record<string, string> = { ...unknownReasons, ...skipReasons, ...failureReasons };

export interface MessageRow {
  id: string;
  direction: string;
  body: unknown;
  at: Date;
  delivery_id: string | null;
  source: string | null;
  state: string | null;
  reason: string | null;
  author: string | null;
  campaign_id: string | null;
  campaign_name: string | null;
}

export function toMessage(row: MessageRow): Message {
  const body = row.body as Partial<MessageBody>;
  const campaign =
    row.campaign_id && row.campaign_name !== null
      ? { id: toWireId('cmp', row.campaign_id), name: row.campaign_name }
      : null;
  return {
    id: toWireId('msg', row.id),
    direction: row.direction as Message['direction'],
    source: row.direction === 'in' ? 'contact' : ((row.source ?? 'reply') as Message['source']),
    text: body.text ?? '',
    spans: body.spans ?? [],
    image_url: body.image?.url ?? null,
    buttons: body.buttons ?? [],
    author: row.author,
    campaign,
    delivery_id: wireOrNull('dlv', row.delivery_id),
    state: row.state as DeliveryState | null,
    reason: row.reason && (reasonWords[row.reason] ?? row.reason),
    at: row.at.toISOString(),
  };
}
