// What an answer of the Cloud API to a send means. Pure. What each error code means stands in codes.ts.
import type { Outcome } from '../channel.ts';
import { fields, list, string } from '../fields.ts';
import type { Answered, Reply } from './client.ts';
import { type Rule, ruleOf } from './codes.ts';
import type { GraphError } from './graph-error.ts';

/** A day: longer is no wait but a mistake, and a date beyond the calendar cannot be stored. */
const maxWaitMs = 86_400_000;
/** After an hour a chat that is too fast is asked again in any case. */
const maxPairWaitMs = 3_600_000;

/** `attempt` as in Outbound. */
export function outcomeOf(reply: Reply, attempt = Number.POSITIVE_INFINITY): Outcome {
  if (reply.kind === 'answered') return outcomeOfAnswer(reply, attempt);
  const { detail } = reply;
  if (!reply.left) return { kind: 'deferred', retryAfterMs: null, scope: 'connection', detail };
  if (reply.cause === 'timeout') return { kind: 'unknown', cause: 'timeout', detail };
  if (reply.cause === 'too_large') return { kind: 'unknown', cause: 'unreadable_answer', detail };
  return { kind: 'unknown', cause: 'connection_lost', detail };
}

function outcomeOfAnswer(answer: Answered, attempt: number): Outcome {
  const { status, error } = answer;
  if (error) return byRule(ruleOf(error, status), detailOf(error, ruleOf(error, status)), answer, attempt);
  if (status >= 200 && status < 300) return accepted(answer);
  const detail = `HTTP ${status} without a readable explanation`;
  if (status === 429)
    return { kind: 'deferred', retryAfterMs: answer.waitMs ?? 60_000, scope: 'connection', detail };
  // a gateway's page does not say whether WhatsApp took the message: status webhooks will
  if (status >= 500)
    return { kind: 'unknown', cause: status === 504 ? 'timeout' : 'unreadable_answer', detail };
  if (status === 401) return { kind: 'broken', detail: `${detail}. Enter the access token anew.` };
  if (status < 400)
    return { kind: 'broken', detail: `${detail}. The address leads elsewhere: check WHATSAPP_API_ROOT.` };
  if (status === 404)
    return {
      kind: 'broken',
      detail: `${detail}. Check WHATSAPP_API_ROOT and WHATSAPP_API_VERSION.`,
    };
  if (status === 413) return { kind: 'rejected', reason: 'media_refused', detail };
  // a proxy or firewall spoke, not WhatsApp: nothing was sent, and the person is not to blame
  return { kind: 'deferred', retryAfterMs: null, scope: 'connection', detail };
}

/** What the pacing of a template answers: no status follows until it is let go or dropped (Cloud API, messages, 2026-11-20). */
const heldStatuses = ['held_for_quality_assessment', 'paused'];

/** 200 is "accepted", whatever its message_status: what becomes of a held one is told by a later status. */
function accepted({ body }: Answered): Outcome {
  const message = fields(list(body?.messages)[0]);
  const externalId = string(message.id);
  const held = heldStatuses.includes(string(message.message_status) ?? '');
  return externalId
    ? { kind: 'accepted', externalId, ...(held && { held }) }
    : { kind: 'unknown', cause: 'unreadable_answer', detail: 'WhatsApp’s answer could not be read' };
}

function byRule(rule: Rule, detail: string, { waitMs }: Answered, attempt: number): Outcome {
  const wait = waitMs === null ? null : Math.min(waitMs, maxWaitMs);
  switch (rule.does) {
    case 'reject':
      return rejected(rule, detail);
    case 'break':
      return { kind: 'broken', detail };
    case 'stop':
      return { kind: 'stopped', detail };
    case 'slow': {
      const ownWait = rule.scope === 'recipient' ? pairWaitMs(attempt) : rule.afterMs;
      return { kind: 'deferred', retryAfterMs: wait ?? ownWait, scope: rule.scope, detail };
    }
    case 'again':
      if (rule.tries === null || attempt < rule.tries)
        return { kind: 'deferred', retryAfterMs: wait ?? rule.afterMs, scope: 'message', detail };
      return rule.then === 'stop' ? { kind: 'stopped', detail } : rejected(rule, detail);
  }
}

function rejected(rule: Rule, detail: string): Outcome {
  return { kind: 'rejected', reason: rule.reason, detail };
}

/** 4^X seconds, X from 0 (Cloud API, pair rate limits, 2026-11-20). */
function pairWaitMs(attempt: number): number {
  const before = Number.isFinite(attempt) ? Math.min(attempt, 20) - 1 : 0;
  return Math.min(maxPairWaitMs, 1000 * 4 ** Math.max(0, before));
}

/** What people read of a failure, whichever way it was told. */
export function detailOf(error: GraphError, rule: Rule): string {
  const said = error.words.replace(/[.\s]+$/, '');
  return `${said} (WhatsApp error ${error.code}). ${rule.todo}`;
}
