// Telegram as a channel: bots through the Bot API. Sends return outcomes; questions about the account throw AppError.
import { AppError } from '../../platform/errors.ts';
import type { Account, Adapter, Outbound, Outcome } from '../channel.ts';
import { fields } from '../fields.ts';
import { type Reply, TelegramClient } from './client.ts';
import { outcomeOf } from './outcomes.ts';
import { telegramPace } from './pace.ts';
import { allowedUpdates, parseUpdate, splitUpdate } from './parse.ts';
import { standingOf } from './parse-group.ts';
import { pollUpdates } from './poll.ts';
import { refusal } from './refusal.ts';
import { sendRequest } from './request.ts';
import { verifySecret } from './secret.ts';

/** Seconds of patience for questions a person waits for. */
const askTimeoutMs = 15_000;

export function telegramAdapter(): Adapter {
  const client = new TelegramClient();

  async function ask(account: Account, method: string, params: object = {}): Promise<unknown> {
    const reply = await client.call(account, method, params, { timeoutMs: askTimeoutMs });
    if (reply.kind === 'answered' && reply.envelope?.ok) return reply.envelope.result;
    throw refusal(reply);
  }

  async function identify(account: Account) {
    const bot = (await ask(account, 'getMe')) as {
      id?: number;
      username?: string;
      first_name?: string;
    } | null;
    if (typeof bot?.id !== 'number')
      throw new AppError(
        'PLATFORM_UNREACHABLE',
        'What answered is not the Telegram Bot API. Check TELEGRAM_API_ROOT.',
      );
    const username = bot.username ?? null;
    return { accountId: String(bot.id), username, name: bot.first_name ?? username ?? 'Telegram bot' };
  }

  async function send(account: Account, outbound: Outbound): Promise<Outcome> {
    const { method, params } = await sendRequest(outbound, true);
    const reply = await client.call(account, method, params);
    if (outbound.media.some((file) => file.handle) && isForgottenHandle(reply)) {
      const again = await sendRequest(outbound, false);
      return outcomeOf(
        await client.call(account, again.method, again.params),
        outbound.address,
        outbound.attempt,
      );
    }
    return outcomeOf(reply, outbound.address, outbound.attempt);
  }

  return {
    channel: 'telegram',
    pace: telegramPace,
    identify,
    send,
    async receiveBy(account, webhook) {
      if (webhook)
        await ask(account, 'setWebhook', {
          url: webhook.url,
          secret_token: webhook.secret,
          allowed_updates: allowedUpdates,
          max_connections: 20,
        });
      else await ask(account, 'deleteWebhook');
    },
    poll: (account, offset, waitSeconds, signal) => pollUpdates(client, account, offset, waitSeconds, signal),
    async lookAtGroup(account, address) {
      const self = Number(account.credentials.token?.split(':')[0]);
      try {
        const member = fields(await ask(account, 'getChatMember', { chat_id: address, user_id: self }));
        const standing = standingOf(member);
        if (!standing || standing === 'left' || standing === 'banned') return null;
        const members = await ask(account, 'getChatMemberCount', { chat_id: address });
        return typeof members === 'number' ? { members, standing } : null;
      } catch (error) {
        // "bot was kicked", "chat not found", "not a member": told by its 400 or 403
        if (error instanceof AppError && error.code === 'PLATFORM_REFUSED') return null;
        throw error;
      }
    },
    async acknowledge(account, callbackId) {
      await client.call(
        account,
        'answerCallbackQuery',
        { callback_query_id: callbackId },
        { timeoutMs: askTimeoutMs },
      );
    },
    async download(account, handle) {
      const path = fields(await ask(account, 'getFile', { file_id: handle })).file_path;
      if (typeof path !== 'string')
        throw new AppError('PLATFORM_REFUSED', 'Telegram does not hand out this file any more.');
      const reply = await client.file(account, path);
      if (reply.kind === 'answered' && reply.status === 200) return { bytes: reply.body, mime: null };
      if (reply.kind === 'answered' && reply.status < 500)
        throw new AppError(
          'PLATFORM_REFUSED',
          `Telegram does not hand out this file (HTTP ${reply.status}).`,
        );
      throw new AppError('PLATFORM_UNREACHABLE', 'Telegram could not be reached for this file.');
    },
    admits: (headers, { secret }) => verifySecret(headers, secret),
    verify: (headers, _body, { secret }) => verifySecret(headers, secret),
    split: splitUpdate,
    parse: parseUpdate,
    close: () => client.close(),
  };
}

/** A file_id that Telegram no longer knows: the refusal is certain, so the picture itself may be sent at once. */
function isForgottenHandle(reply: Reply): boolean {
  if (reply.kind !== 'answered' || reply.status !== 400) return false;
  return /wrong file.?id|invalid file id|wrong remote file/i.test(reply.envelope?.description ?? '');
}
