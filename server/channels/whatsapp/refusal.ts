// An answer that is no success → the AppError a person reads. For questions about the account, not for sends.
import { AppError } from '../../platform/errors.ts';
import type { Account } from '../channel.ts';
import type { Fields } from '../fields.ts';
import type { CallOptions, Reply } from './client.ts';
import { ruleOf } from './codes.ts';
import { detailOf } from './outcomes.ts';

/** Milliseconds of patience for questions a person waits for. */
export const askOptions: CallOptions = { timeoutMs: 15_000 };

/** The body of a success. Throws CREDENTIALS_REJECTED, PLATFORM_REFUSED or PLATFORM_UNREACHABLE with what to do. */
export async function bodyOf(asked: Promise<Reply>): Promise<Fields> {
  const reply = await asked;
  const isSuccess = reply.kind === 'answered' && reply.status >= 200 && reply.status < 300 && !reply.error;
  if (isSuccess && reply.body) return reply.body;
  throw refusal(reply);
}

export function refusal(reply: Reply): AppError {
  if (reply.kind === 'unanswered')
    return new AppError(
      'PLATFORM_UNREACHABLE',
      `${reply.detail}. Check this server's internet access and WHATSAPP_API_ROOT, then try again.`,
      { cause: reply.code },
    );
  const { status, error, waitMs } = reply;
  if (!error)
    return new AppError(
      'PLATFORM_UNREACHABLE',
      `What answered is not the WhatsApp Cloud API (HTTP ${status}). Try again, and check WHATSAPP_API_ROOT and WHATSAPP_API_VERSION.`,
    );
  const rule = ruleOf(error, status);
  const words = detailOf(error, rule);
  if (rule.does === 'slow' || rule.does === 'again')
    return new AppError('PLATFORM_UNREACHABLE', words, waitMs === null ? {} : { retryAfterMs: waitMs });
  if (rule.does !== 'break') return new AppError('PLATFORM_REFUSED', words);
  return rejectedCredential(rule.field ?? 'access_token', words);
}

/** `field`: of the credentials, as the request names it. */
export function rejectedCredential(field: string, words: string): AppError {
  return new AppError('CREDENTIALS_REJECTED', words, {
    errors: [{ pointer: `/credentials/${field}`, detail: words }],
  });
}

/** The path of the connected number, and of its WhatsApp account. */
export const numberOf = ({ credentials }: Account) => encodeURIComponent(credentials.phone_number_id ?? '');
export const wabaOf = ({ credentials }: Account) => encodeURIComponent(credentials.waba_id ?? '');
