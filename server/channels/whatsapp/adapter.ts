// WhatsApp as a channel: business numbers through Meta's Cloud API. Sends return outcomes; questions about the account throw
// AppError. What each error code means stands in codes.ts.
import type { Account, Adapter, Outbound, Outcome } from '../channel.ts';
import { WhatsAppClient } from './client.ts';
import { readHealth } from './health.ts';
import { identify } from './identify.ts';
import { download, isForgottenHandle, nameFile, unsendable } from './media.ts';
import { outcomeOf } from './outcomes.ts';
import { whatsappPace } from './pace.ts';
import { parsePart, webhookFields } from './parse.ts';
import { askOptions, bodyOf, numberOf, wabaOf } from './refusal.ts';
import { messageBody, reactionBody } from './request.ts';
import { handshake, hasSignature, verifySignature } from './signature.ts';
import { splitWebhook } from './split.ts';
import { templateDesk } from './templates.ts';

export function whatsappAdapter(): Adapter {
  const client = new WhatsAppClient();

  /** One call that sends; a file is uploaded before it, and a forgotten id is no second message. */
  async function send(account: Account, outbound: Outbound, useHandle = true): Promise<Outcome> {
    const refused = unsendable(outbound);
    if (refused) return refused;
    const [media] = outbound.media;
    const file = media ? await nameFile(client, account, media, useHandle) : null;
    if (file && 'outcome' in file) return file.outcome;
    const reply = await client.post(account, `${numberOf(account)}/messages`, messageBody(outbound, file));
    if (useHandle && media?.handle && isForgottenHandle(reply)) return send(account, outbound, false);
    const outcome = outcomeOf(reply, outbound.attempt);
    return outcome.kind === 'accepted' && file && 'id' in file ? { ...outcome, handles: [file.id] } : outcome;
  }

  return {
    channel: 'whatsapp',
    pace: whatsappPace,
    identify: (account) => identify(client, account),
    health: (account) => readHealth(client, account),
    send: (account, outbound) => send(account, outbound),
    // without an address the app's own one counts, as it is set in Meta's dashboard (webhook overrides, 2026-11-20)
    async receiveBy(account, webhook) {
      const override = webhook && {
        override_callback_uri: webhook.url,
        verify_token: account.credentials.verify_token,
      };
      await bodyOf(client.post(account, `${wabaOf(account)}/subscribed_apps`, override ?? {}, askOptions));
    },
    async markRead(account, externalId, typing) {
      await client.post(
        account,
        `${numberOf(account)}/messages`,
        {
          messaging_product: 'whatsapp',
          status: 'read',
          message_id: externalId,
          ...(typing ? { typing_indicator: { type: 'text' } } : {}),
        },
        askOptions,
      );
    },
    async react(account, address, externalId, emoji) {
      const body = reactionBody(address, externalId, emoji);
      await bodyOf(client.post(account, `${numberOf(account)}/messages`, body, askOptions));
    },
    download: (account, handle) => download(client, account, handle),
    admits: hasSignature,
    verify: verifySignature,
    handshake,
    webhookFields,
    split: splitWebhook,
    parse: parsePart,
    templates: templateDesk(client),
    close: () => client.close(),
  };
}
