// Messages as the emulator keeps and shows them.

export type Status = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

export const STATUS_BIT: Readonly<Record<Status, number>> = {
  accepted: 1,
  sent: 2,
  delivered: 4,
  read: 8,
  failed: 16,
};

export interface StatusMark {
  status: Status;
  /** Unix milliseconds by the sandbox's clock. */
  at: number;
  /** A webhook about it was answered with 2xx. */
  told: boolean;
  /** The ladder dropped it: it came about and is never told. */
  dropped?: boolean;
  code?: number;
  details?: string;
}

export interface ShownTemplate {
  header?: { format: string; text?: string; media?: Record<string, unknown> };
  body: string;
  footer?: string;
  buttons: {
    type: string;
    text: string;
    url?: string;
    phone_number?: string;
    payload?: string;
    code?: string;
  }[];
}

export interface Message {
  id: string;
  direction: 'out' | 'in';
  wa_id: string;
  at: number;
  type: string;
  /** What was sent under the name of its type. */
  content: unknown;
  /** The wamid that it answers to. */
  context?: string;
  data?: string;
  template?: string;
  /** Pricing category: marketing, utility, authentication, service. */
  category?: string;
  pricing?: { billable: boolean; pricing_model: 'PMP'; type: string; category: string };
  shown?: ShownTemplate;
  status?: Status;
  statuses?: StatusMark[];
  /** Held back for the quality of its template, and why it will not arrive once it is let go. */
  held?: { failure?: { code: number; details?: string | undefined } };
  /** STATUS_BIT of everything that a webhook told of. */
  told: number;
  /** Read by the business (mark as read). */
  seen?: boolean;
  pressed?: string[];
  reaction?: string;
  /** The business's reaction to a person's message. */
  reaction_from_business?: string;
}

/** One business number and one person. */
export interface Chat {
  wa_id: string;
  messages: Map<string, Message>;
  /** End of the customer service window in Unix milliseconds; 0 = never opened. */
  windowUntil: number;
  /** A click-to-WhatsApp ad brought the person: when, and until when messages are free. */
  referredAt: number;
  freeUntil: number;
  hasBlocked: boolean;
  hasStoppedMarketing: boolean;
  hasReported: boolean;
  typingUntil: number;
  /** Theoretical arrival time of the pair-rate limiter. */
  pairTat: number;
  accepted: number;
  /** Acts of the person: tells a repetition from an answer. */
  acts: number;
  lastAt: number;
  /** When marketing messages were accepted in the last day: for the per-user cap. */
  marketingAt: number[];
  /** Content that was sent before, with the count of acts then. */
  prints: Map<string, { ids: string[]; acts: number }>;
}

export function createChat(waId: string): Chat {
  return {
    wa_id: waId,
    messages: new Map(),
    windowUntil: 0,
    referredAt: 0,
    freeUntil: 0,
    hasBlocked: false,
    hasStoppedMarketing: false,
    hasReported: false,
    typingUntil: 0,
    pairTat: 0,
    accepted: 0,
    acts: 0,
    lastAt: 0,
    marketingAt: [],
    prints: new Map(),
  };
}

/** Kept messages of a chat; older ones go. */
const MAX_KEPT = 300;

export function keepMessage(chat: Chat, message: Message): void {
  chat.messages.set(message.id, message);
  chat.lastAt = message.at;
  if (chat.messages.size > MAX_KEPT) {
    for (const id of chat.messages.keys()) {
      chat.messages.delete(id);
      break;
    }
  }
}
