// An answer that is no success → the AppError a person reads. For questions (getMe, setWebhook, getUpdates), not sends.
import { AppError } from '../../platform/errors.ts';
import type { Reply } from './client.ts';

/** What a person reads when the token is refused, wherever that shows first: on connecting, polling or sending. */
export const tokenUnknown =
  'Telegram does not know this bot token: it is mistyped or was revoked. Copy the present one from @BotFather.';

/** CREDENTIALS_REJECTED (401, 404), PLATFORM_REFUSED (other 4xx), PLATFORM_UNREACHABLE (the rest). */
export function refusal(reply: Reply): AppError {
  if (reply.kind === 'unanswered')
    return new AppError(
      'PLATFORM_UNREACHABLE',
      `${reply.detail}. Check this server's internet access and TELEGRAM_API_ROOT, then try again.`,
      { cause: reply.code },
    );
  const { status, envelope } = reply;
  const own = envelope?.description ?? `HTTP ${status}`;
  if (!envelope && status !== 401 && status !== 404)
    return new AppError(
      'PLATFORM_UNREACHABLE',
      `Something between this server and Telegram answered (HTTP ${status}). Try again, and check TELEGRAM_API_ROOT.`,
    );
  // 404 is what a token with a broken form gets (reference/telegram.md section 1, 2026-11-20)
  if (status === 401 || status === 404)
    return new AppError('CREDENTIALS_REJECTED', tokenUnknown, {
      errors: [{ pointer: '/credentials/token', detail: tokenUnknown }],
    });
  if (status === 429 || status >= 500) {
    const seconds = envelope?.parameters?.retry_after ?? reply.retryAfterSeconds;
    const extra = typeof seconds === 'number' ? { retryAfterMs: seconds * 1000 } : {};
    const what = status === 429 ? 'Telegram asks to wait' : `Telegram is in trouble (HTTP ${status})`;
    return new AppError('PLATFORM_UNREACHABLE', `${what}: ${own}. Try again a little later.`, extra);
  }
  return new AppError('PLATFORM_REFUSED', `Telegram refused: ${own}`);
}
