// setWebhook, deleteWebhook, getWebhookInfo.
import { ApiError, badRequest } from '../api-error.ts';
import { type Call, Described } from '../call.ts';
import { isLocalHost } from '../local-address.ts';
import { terminatePoll } from '../long-poll.ts';
import { setAllowed } from '../update-queue.ts';

const PORTS = new Set(['', '443', '80', '88', '8443']);

/** Local addresses may be http on any port, as with a self-hosted server; public ones follow the cloud's rules [S]. */
function checkUrl(address: string): void {
  let url: URL;
  try {
    url = new URL(/^https?:\/\//i.test(address) ? address : `https://${address}`);
  } catch {
    throw badRequest('invalid webhook URL specified');
  }
  if (isLocalHost(url.hostname)) return;
  if (url.protocol !== 'https:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  if (!PORTS.has(url.port)) {
    throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
  }
  // Nothing leaves this machine, so a public name cannot be resolved.
  throw badRequest('bad webhook: Failed to resolve host: Name or service not known');
}

function readAllowed(call: Call): string[] | undefined {
  const given = call.params.nested('allowed_updates', 'allowed updates');
  return Array.isArray(given) ? given.map(String) : undefined;
}

export function setWebhook(call: Call): unknown {
  const { state, bot, params } = call;
  const url = params.text('url') ?? '';
  if (url === '') return deleteWebhook(call);
  const secretToken = params.text('secret_token') ?? '';
  if (secretToken.length > 256) throw badRequest('secret token is too long');
  if (!/^[\w-]*$/.test(secretToken)) throw badRequest('secret token contains unallowed characters');
  checkUrl(url);
  const maxConnections = Math.min(100, Math.max(1, params.integer('max_connections') ?? 40));
  const old = bot.webhook;
  const allowed = readAllowed(call);
  const isSameFilter =
    allowed === undefined || JSON.stringify(allowed) === JSON.stringify(bot.updates.allowed ?? []);
  if (params.boolean('drop_pending_updates')) bot.updates.items = [];
  const isSame =
    old?.url === url &&
    old.secretToken === secretToken &&
    old.maxConnections === maxConnections &&
    isSameFilter;
  if (isSame) return new Described(true, 'Webhook is already set');
  // Server self-protection: once per second (telegram.md §4 [S]).
  if (old && bot.limits && state.now() - old.lastSetAtMs < 1000) {
    throw new ApiError(429, 'retry after 1', { retry_after: 1 });
  }
  setAllowed(bot.updates, allowed);
  terminatePoll(bot, 'setWebhook request');
  bot.webhook = {
    url,
    secretToken,
    maxConnections,
    hasCertificate: params.files.has('certificate') || params.has('certificate'),
    ...(params.has('ip_address') ? { ipAddress: params.text('ip_address') } : {}),
    lastSetAtMs: state.now(),
  };
  state.webhookChanged(bot);
  state.onChange(bot.id, 0);
  return new Described(true, 'Webhook was set');
}

export function deleteWebhook({ state, bot, params }: Call): unknown {
  if (params.boolean('drop_pending_updates')) bot.updates.items = [];
  if (!bot.webhook) return new Described(true, 'Webhook is already deleted');
  bot.webhook = undefined;
  state.webhookChanged(bot);
  state.onChange(bot.id, 0);
  return new Described(true, 'Webhook was deleted');
}

export function getWebhookInfo({ bot }: Call): unknown {
  const { webhook, updates } = bot;
  return {
    url: webhook?.url ?? '',
    has_custom_certificate: webhook?.hasCertificate ?? false,
    pending_update_count: updates.items.length,
    ...(webhook?.ipAddress === undefined ? {} : { ip_address: webhook.ipAddress }),
    ...(webhook?.lastErrorDate === undefined
      ? {}
      : { last_error_date: webhook.lastErrorDate, last_error_message: webhook.lastErrorMessage }),
    ...(webhook ? { max_connections: webhook.maxConnections } : {}),
    ...(updates.allowed === undefined ? {} : { allowed_updates: updates.allowed }),
  };
}
