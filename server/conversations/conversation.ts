// Rows of the inbox and of a thread, and what the wire shows of them. Pure.
import type { Channel } from '../../contract/connections.ts';
import type { Conversation, Message, MessageFile } from '../../contract/conversations.ts';
import {
  type DeliveryState,
  failureReasons,
  skipReasons,
  unknownReasons,
} from '../../contract/deliveries.ts';
import { toWireId } from '../../contract/ids.ts';
import type { ReceivedKind } from '../../contract/media.ts';
import type { Button, RenderedAttachment, Span } from '../../contract/message.ts';
import { answerWindow } from '../../contract/window.ts';
import { contactName } from '../contacts/contact.ts';
import { wireOrNull } from '../platform/db/ids.ts';

/** What `messages.body` holds, in and out alike. Rows of before have less. */
export interface MessageBody {
  /** For lists and search: where nothing was written, what was sent instead ("[Picture]"). */
  text: string;
  /** What was written; empty where nothing was. */
  spans: Span[];
  image: { url: string } | null;
  buttons: Button[];
  /** Of what we sent; what a person sent is in `message_files`. */
  files?: RenderedAttachment[];
  header?: string;
  footer?: string;
  replies?: string[];
  list?: Message['list'];
  /** Of the message that this one answers. `id` null: it is not in the thread. */
  quote?: { id: string | null; direction: 'in' | 'out'; text: string };
  /** The id of the reply button or list row that was pressed. */
  pressed?: string;
  reactions?: Partial<Record<Message['reactions'][number]['by'], string>>;
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
  last_inbound_at: Date | null;
}

export function toConversation(row: ConversationRow, now: Date): Conversation {
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
    window: answerWindow(row.channel as Channel, row.last_inbound_at, now),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** A thread is read by operators: the reason stands there in words, the code is in the send log. */
const reasonWords: Record<string, string> = { ...unknownReasons, ...skipReasons, ...failureReasons };

/** What came with a message, as `message-file.ts` keeps it. */
export interface FileRow {
  kind: ReceivedKind;
  voice: boolean;
  state: 'waiting' | 'stored' | 'failed';
  problem: string | null;
  mime: string | null;
  file_name: string | null;
  size_bytes: number | null;
  width: number | null;
  height: number | null;
}

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
  file: FileRow | null;
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
    attachments: row.file ? [receivedFile(row.id, row.file)] : (body.files ?? []).map(sentFile),
    reply_to: body.quote
      ? {
          message_id: wireOrNull('msg', body.quote.id),
          direction: body.quote.direction,
          text: body.quote.text,
        }
      : null,
    reactions: (['contact', 'workspace'] as const).flatMap((by) => {
      const emoji = body.reactions?.[by];
      return emoji ? [{ by, emoji }] : [];
    }),
    header: body.header ?? null,
    footer: body.footer ?? null,
    replies: body.replies ?? [],
    list: body.list ?? null,
    pressed: body.pressed ?? null,
    buttons: body.buttons ?? [],
    author: row.author,
    campaign,
    delivery_id: wireOrNull('dlv', row.delivery_id),
    state: row.state as DeliveryState | null,
    reason: row.reason && (reasonWords[row.reason] ?? row.reason),
    at: row.at.toISOString(),
  };
}

function receivedFile(messageId: string, row: FileRow): MessageFile {
  const { kind, mime, file_name, size_bytes, width, height, voice, problem } = row;
  const isStored = row.state === 'stored';
  return {
    kind,
    state: isStored ? 'ready' : row.state === 'waiting' ? 'fetching' : 'failed',
    url: isStored ? `/api/v1/messages/${toWireId('msg', messageId)}/file` : null,
    mime,
    file_name,
    size_bytes,
    width,
    height,
    voice,
    problem,
  };
}

function sentFile(file: RenderedAttachment): MessageFile {
  return { ...file, state: 'ready', mime: null, voice: false, problem: null };
}

/** What a file is called where it cannot be shown. */
export function fileWords(file: {
  kind: MessageFile['kind'];
  fileName: string | null;
  voice?: boolean;
}): string {
  if (file.voice) return 'Voice message';
  if (file.kind === 'document') return file.fileName ? `File ${file.fileName.slice(0, 80)}` : 'File';
  return { image: 'Picture', animation: 'Animation', video: 'Video', audio: 'Audio', sticker: 'Sticker' }[
    file.kind
  ];
}
