// How a number stands with WhatsApp: what the Graph API says of it, in words that say what to do. Pure but for the asking.
// Facts: Cloud API, business phone numbers, messaging health status, quality rating, throughput; read 2026-11-20.
import type { AccountHealth, HealthProblem } from '../../../contract/connections.ts';
import type { Account } from '../channel.ts';
import { type Fields, fields, list, string } from '../fields.ts';
import type { WhatsAppClient } from './client.ts';
import { askOptions, bodyOf, numberOf } from './refusal.ts';

const asked = ['status', 'quality_rating', 'name_status', 'throughput', 'health_status'];
/** Not known to every version of the Graph API and every account. */
const askedToo = ['whatsapp_business_manager_messaging_limit', 'is_on_biz_app'];
/** The Graph API's refusal of a field that it does not know. */
const unknownField = 100;

/** Throws CREDENTIALS_REJECTED, PLATFORM_REFUSED or PLATFORM_UNREACHABLE with what to do. */
export async function readHealth(client: WhatsAppClient, account: Account): Promise<AccountHealth> {
  const ask = (names: string[]) =>
    client.get(account, numberOf(account), { fields: names.join(',') }, askOptions);
  const reply = await ask([...asked, ...askedToo]);
  const isTooMuch = reply.kind === 'answered' && reply.error?.code === unknownField;
  return healthOf(await bodyOf(isTooMuch ? ask(asked) : Promise.resolve(reply)));
}

export function healthOf(number: Fields): AccountHealth {
  const status = string(number.status);
  const quality = qualities[string(number.quality_rating) ?? ''] ?? null;
  const nameStatus = string(number.name_status);
  const health = fields(number.health_status);
  return {
    can_send: permissions[string(health.can_send_message) ?? ''] ?? null,
    status,
    quality,
    name_status: nameStatus,
    messaging_limit: messagingLimit(string(number.whatsapp_business_manager_messaging_limit)),
    per_second: perSecond(number),
    problems: [
      ...wordsFor(statusWords, status),
      ...wordsFor(qualityWords, quality),
      ...wordsFor(nameWords, nameStatus),
      ...list(health.entities).flatMap((entity) => entityProblems(fields(entity))),
    ],
  };
}

const permissions: Record<string, AccountHealth['can_send']> = {
  AVAILABLE: 'available',
  LIMITED: 'limited',
  BLOCKED: 'blocked',
};
const qualities: Record<string, AccountHealth['quality']> = { GREEN: 'green', YELLOW: 'yellow', RED: 'red' };

/** "TIER_2K", "TIER_250", "TIER_UNLIMITED"; null: a word that we do not know. */
export function messagingLimit(tier: string | null): AccountHealth['messaging_limit'] {
  if (tier === 'TIER_UNLIMITED') return 'unlimited';
  const [, digits, thousands] = /^TIER_(\d+)(K?)$/.exec(tier ?? '') ?? [];
  return digits ? Number(digits) * (thousands ? 1000 : 1) : null;
}

/** A number that is used in the Business app as well stays at 20 a second, whatever its level. */
function perSecond({ is_on_biz_app, throughput }: Fields): number | null {
  if (is_on_biz_app === true) return 20;
  return { STANDARD: 80, HIGH: 1000 }[string(fields(throughput).level) ?? ''] ?? null;
}

type Words = Record<string, Omit<HealthProblem, 'of'>>;

const wordsFor = (words: Words, key: string | null): HealthProblem[] => {
  const found = key === null ? undefined : words[key];
  return found ? [{ of: 'number', ...found }] : [];
};

const register =
  'Register it in WhatsApp Manager (Phone numbers) or by the API with its six-digit PIN, then press Test connection.';
const statusWords: Words = {
  PENDING: { severity: 'blocks', detail: 'The number is not registered yet.', solution: register },
  UNVERIFIED: {
    severity: 'blocks',
    detail: 'The number is not verified yet.',
    solution: 'Ask for the code by SMS or call in WhatsApp Manager, then register the number.',
  },
  DISCONNECTED: {
    severity: 'blocks',
    detail: 'The number is not connected to the Cloud API.',
    solution: register,
  },
  BANNED: {
    severity: 'blocks',
    detail: 'WhatsApp has banned the number.',
    solution: 'Appeal in Business Support Home, or connect another number.',
  },
  DELETED: {
    severity: 'blocks',
    detail: 'The number was deleted from its WhatsApp account.',
    solution: 'Add it again in WhatsApp Manager, or connect another number.',
  },
  MIGRATED: {
    severity: 'blocks',
    detail: 'The number has moved to another WhatsApp account.',
    solution: 'Give this connection the credentials of the account that has it now.',
  },
  RESTRICTED: {
    severity: 'limits',
    detail: 'The messaging limit of the last 24 hours is used up: answers still go, new conversations wait.',
    solution: 'Send on tomorrow, or spread campaigns over several days with a warm-up plan.',
  },
  RATE_LIMITED: {
    severity: 'limits',
    detail: 'WhatsApp slows this number down.',
    solution: 'Nothing to do: the messages wait and go on by themselves.',
  },
  FLAGGED: {
    severity: 'limits',
    detail: 'The number is flagged for its low quality; its messaging limit does not grow.',
    solution: 'Send less, to people who asked for it. Seven days of better quality end it.',
  },
};
const qualityWords: Words = {
  yellow: {
    severity: 'warns',
    detail: 'Quality is medium: more people than usual block or report these messages.',
    solution: 'Look at the last campaigns: write to fewer people, to those who asked, and less often.',
  },
  red: {
    severity: 'limits',
    detail: 'Quality is low: many people block or report these messages.',
    solution: 'Pause campaigns for some days, then write only to people who answered lately.',
  },
};
const nameWords: Words = {
  DECLINED: {
    severity: 'limits',
    detail: 'WhatsApp declined the display name, so people see the number alone.',
    solution: 'Choose another display name in WhatsApp Manager.',
  },
  EXPIRED: {
    severity: 'warns',
    detail: 'The approval of the display name has expired.',
    solution: 'Register the number again in WhatsApp Manager.',
  },
  PENDING_REVIEW: {
    severity: 'warns',
    detail: 'WhatsApp still reviews the display name.',
    solution: 'Nothing to do: it takes a day or two.',
  },
};

const entityNames: Record<string, { of: HealthProblem['of']; words: string }> = {
  PHONE_NUMBER: { of: 'number', words: 'The number' },
  WABA: { of: 'account', words: 'The WhatsApp account' },
  BUSINESS: { of: 'business', words: 'The business portfolio' },
  APP: { of: 'app', words: 'The app' },
};
const severities: Record<string, HealthProblem['severity']> = { BLOCKED: 'blocks', LIMITED: 'limits' };

/** Of one part of `health_status`: its errors as WhatsApp says them, or that it gives none. Templates are told of elsewhere. */
function entityProblems(entity: Fields): HealthProblem[] {
  const name = entityNames[string(entity.entity_type) ?? ''];
  if (!name) return [];
  const severity = severities[string(entity.can_send_message) ?? ''];
  const problems = list(entity.errors)
    .map(fields)
    .map((error) => ({
      of: name.of,
      severity: severity ?? 'warns',
      detail: `${name.words}: ${string(error.error_description) ?? 'WhatsApp names no reason.'}`,
      solution: string(error.possible_solution),
    }));
  const infos = list(entity.additional_info)
    .map(string)
    .filter((info) => info !== null)
    .map((info) => ({
      of: name.of,
      severity: 'warns' as const,
      detail: `${name.words}: ${info}`,
      solution: null,
    }));
  if (severity && problems.length === 0 && infos.length === 0)
    return [
      {
        of: name.of,
        severity,
        detail: `${name.words} ${severity === 'blocks' ? 'may send nothing' : 'is limited'}; WhatsApp names no reason.`,
        solution: 'Look into WhatsApp Manager, Account quality.',
      },
    ];
  return [...problems, ...infos];
}
