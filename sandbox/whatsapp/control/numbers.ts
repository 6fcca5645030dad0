// Numbers, apps and accounts: what is done in Meta's own panels.
import type { Fields } from '../content-read.ts';
import { makeDigits } from '../ids.ts';
import { createBuckets, DEFAULT_WA_LIMITS, type WaLimits } from '../limits.ts';
import { handshake } from '../number-routes.ts';
import { headOf } from '../outbox.ts';
import {
  type App,
  addApp,
  addNumber,
  addWaba,
  grant,
  makeToken,
  type WaNumber,
  type WaState,
} from '../state.ts';
import type { WaWorld } from '../world.ts';
import { ControlError, readNumber, type WaControlRequest, type WaRoute } from './request.ts';

function view(state: WaState, number: WaNumber): Fields {
  return {
    id: number.id,
    display_phone_number: number.display,
    verified_name: number.verifiedName,
    waba: number.wabaId,
    portfolio: state.wabas.get(number.wabaId)?.portfolioId,
    app: number.appId,
    status: number.status,
    quality_rating: number.quality,
    messaging_limit: number.messagingLimit,
    throughput: number.throughput,
    name_status: number.nameStatus,
    registered: number.isRegistered,
    payment_problem: number.hasPaymentProblem,
    restricted: number.isRestricted,
    strangers: number.strangers,
    keep: number.keep,
    limits: number.limits,
    accepted: number.ledger.accepted,
    subscribed: [...(state.wabas.get(number.wabaId)?.subscriptions.keys() ?? [])],
  };
}

function withSecrets(state: WaState, number: WaNumber): Fields {
  const app = state.apps.get(number.appId)!;
  return {
    ...view(state, number),
    token: number.token,
    app_id: app.id,
    app_secret: app.secret,
    verify_token: app.verifyToken,
  };
}

function readLimits(given: unknown, now: WaLimits | null): WaLimits | null {
  return given === null ? null : { ...(now ?? DEFAULT_WA_LIMITS), ...(given as Partial<WaLimits>) };
}

function oneOf(value: unknown, name: string, allowed: readonly string[]): string {
  if (!allowed.includes(String(value)))
    throw new ControlError(400, `"${name}" is one of ${allowed.join(', ')}`);
  return String(value);
}

const STATUSES = [
  'CONNECTED',
  'DISCONNECTED',
  'PENDING',
  'UNVERIFIED',
  'FLAGGED',
  'RESTRICTED',
  'BANNED',
  'MIGRATED',
  'DELETED',
  'RATE_LIMITED',
];
const TIERS = ['TIER_250', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED'];

/** Sets what is given and posts the webhooks that such a change brings. */
function change(world: WaWorld, number: WaNumber, body: Fields, isNew: boolean): void {
  const { outbox } = world;
  const tell = (field: string, value: Fields) => {
    if (!isNew) outbox.post(number.wabaId, field, value, number);
  };
  const display = number.display.replace(/\D/g, '');
  if (body.limits !== undefined) {
    number.limits = readLimits(body.limits, isNew ? null : number.limits);
    number.buckets = createBuckets();
  }
  if (body.status !== undefined) number.status = oneOf(body.status, 'status', STATUSES);
  if (typeof body.verified_name === 'string') number.verifiedName = body.verified_name;
  if (body.name_status !== undefined) {
    number.nameStatus = String(body.name_status);
    tell('phone_number_name_update', {
      display_phone_number: display,
      decision: number.nameStatus,
      requested_verified_name: number.verifiedName,
      rejection_reason: null,
    });
  }
  if (body.quality_rating !== undefined) {
    const before = number.quality;
    number.quality = oneOf(body.quality_rating, 'quality_rating', [
      'GREEN',
      'YELLOW',
      'RED',
      'UNKNOWN',
      'NA',
    ]);
    if (number.quality === 'RED' && before !== 'RED') tellQuality('FLAGGED');
    if (number.quality !== 'RED' && before === 'RED') tellQuality('UNFLAGGED');
  }
  if (body.messaging_limit !== undefined) {
    const before = TIERS.indexOf(number.messagingLimit);
    number.messagingLimit = oneOf(body.messaging_limit, 'messaging_limit', TIERS);
    const after = TIERS.indexOf(number.messagingLimit);
    if (after !== before) {
      tellQuality(after > before ? 'UPGRADE' : 'DOWNGRADE');
      tell('business_capability_update', {
        max_daily_conversations_per_business: [250, 2000, 10_000, 100_000, -1][after],
        max_phone_numbers_per_business: after === 0 ? 2 : 20,
      });
    }
  }
  if (body.throughput !== undefined) {
    const before = number.throughput;
    number.throughput = oneOf(body.throughput, 'throughput', ['STANDARD', 'HIGH', 'NOT_APPLICABLE']);
    if (number.throughput === 'HIGH' && before !== 'HIGH') tellQuality('THROUGHPUT_UPGRADE');
  }
  if (typeof body.registered === 'boolean') number.isRegistered = body.registered;
  if (typeof body.code_verified === 'boolean')
    number.codeVerification = body.code_verified ? 'VERIFIED' : 'NOT_VERIFIED';
  if (typeof body.payment_problem === 'boolean') number.hasPaymentProblem = body.payment_problem;
  if (typeof body.restricted === 'boolean' && body.restricted !== number.isRestricted) {
    number.isRestricted = body.restricted;
    if (number.isRestricted)
      tell('account_update', {
        phone_number: display,
        event: 'ACCOUNT_RESTRICTION',
        restriction_info: [
          {
            restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING',
            expiration: String(Math.floor(world.state.now() / 1000) + 86_400),
          },
        ],
      });
  }
  if (body.strangers !== undefined)
    number.strangers = oneOf(body.strangers, 'strangers', ['absent', 'exist']) as 'absent';
  if (body.keep !== undefined) number.keep = oneOf(body.keep, 'keep', ['all', 'counts']) as 'all';
  world.state.onChange(number.id, '');

  function tellQuality(event: string): void {
    tell('phone_number_quality_update', {
      display_phone_number: display,
      event,
      current_limit: number.messagingLimit,
      max_daily_conversations_per_business: number.messagingLimit,
    });
  }
}

function readApp(state: WaState, body: Fields): App {
  const secret = body.app_secret === undefined ? undefined : String(body.app_secret);
  const asked = body.app === undefined ? undefined : String(body.app);
  const known =
    asked !== undefined
      ? state.apps.get(asked)
      : secret === undefined
        ? state.apps.values().next().value
        : [...state.apps.values()].find((app) => app.secret === secret);
  return (
    known ??
    addApp(state, {
      ...(asked === undefined ? {} : { id: asked }),
      ...(secret === undefined ? {} : { secret }),
    })
  );
}

function create({ world, body }: WaControlRequest): Fields {
  const { state } = world;
  const id = body.id === undefined ? makeDigits(15) : String(body.id);
  if (!/^\d{5,20}$/.test(id)) throw new ControlError(400, '"id" is 5 to 20 digits');
  // Asking again for the same id is how a demo starts twice: the number and its chats stay.
  let number = state.numbers.get(id);
  const isNew = number === undefined;
  const app = number ? state.apps.get(number.appId)! : readApp(state, body);
  if (typeof body.app_secret === 'string') app.secret = body.app_secret;
  if (typeof body.verify_token === 'string') app.verifyToken = body.verify_token;
  if (typeof body.callback_url === 'string') app.callbackUrl = body.callback_url;
  if (!number) {
    const asked = body.waba === undefined ? undefined : String(body.waba);
    const name = String(body.verified_name ?? 'Marlow Shop');
    const portfolioId = body.portfolio === undefined ? makeDigits(15) : String(body.portfolio);
    const waba =
      (asked === undefined ? undefined : state.wabas.get(asked)) ??
      addWaba(state, asked ?? makeDigits(15), portfolioId, name);
    const display = String(body.display_phone_number ?? `+1 555-078-${1000 + state.numbers.size}`);
    const token = body.token === undefined ? makeToken() : String(body.token);
    number = addNumber(state, { id, waba, app, token, display, verifiedName: name });
  } else if (typeof body.token === 'string' && body.token !== number.token) {
    state.tokens.delete(number.token);
    number.token = body.token;
    grant(state, number.token, app.id, number.wabaId);
  }
  if (typeof body.callback_url === 'string' && body.callback_url !== '')
    state.wabas.get(number.wabaId)!.subscriptions.set(app.id, { overrideUrl: '' });
  change(world, number, body, isNew);
  return withSecrets(state, number);
}

async function setApp({ world: { state }, body }: WaControlRequest): Promise<Fields> {
  const asked = body.app === undefined ? undefined : String(body.app);
  const app =
    (asked === undefined ? state.apps.values().next().value : state.apps.get(asked)) ??
    addApp(state, asked === undefined ? {} : { id: asked });
  if (typeof body.secret === 'string') app.secret = body.secret;
  if (typeof body.verify_token === 'string') app.verifyToken = body.verify_token;
  if (typeof body.callback_url === 'string') {
    if (body.callback_url !== '' && body.handshake !== false) {
      const problem = await handshake(body.callback_url, app.verifyToken);
      if (problem !== undefined) throw new ControlError(409, problem);
    }
    app.callbackUrl = body.callback_url;
  }
  return {
    app: { id: app.id, secret: app.secret, callback_url: app.callbackUrl, verify_token: app.verifyToken },
  };
}

export const numberControl: Record<string, WaRoute> = {
  /** Without tokens and secrets: whoever looks at phones need not be able to speak as the business. */
  'GET numbers': ({ world: { state } }) => ({
    numbers: [...state.numbers.values()].map((number) => view(state, number)),
  }),
  'POST numbers': create,
  'PATCH numbers/:id': ({ world, id, body }) => {
    const number = readNumber(world.state, id);
    change(world, number, body, false);
    return view(world.state, number);
  },
  /** The old token answers 401/190 from now on; the new one is in the answer. */
  'POST numbers/:id/revoke': ({ world: { state }, id }) => {
    const number = readNumber(state, id);
    state.tokens.delete(number.token);
    number.token = makeToken();
    for (const other of state.numbers.values()) {
      if (other.wabaId !== number.wabaId) continue;
      other.token = number.token;
      grant(state, number.token, number.appId, number.wabaId);
    }
    return withSecrets(state, number);
  },
  'DELETE numbers/:id': ({ world: { state }, id }) => {
    const number = readNumber(state, id);
    state.numbers.delete(number.id);
    state.onChange('', '');
  },
  'GET app': ({ world: { state } }) => ({
    apps: [...state.apps.values()].map(({ id, callbackUrl }) => ({ id, callback_url: callbackUrl })),
  }),
  'POST app': setApp,
  'POST webhooks': ({ world, body }) => {
    const number = readNumber(world.state, body.number);
    const field = String(body.field ?? '');
    if (field === '' || typeof body.value !== 'object' || body.value === null)
      throw new ControlError(400, '"field" and "value" are needed');
    const value = field === 'messages' ? { ...headOf(number), ...body.value } : (body.value as Fields);
    world.outbox.post(number.wabaId, field, value, number);
  },
  'GET webhooks': ({ world, query }) => {
    const number = query.get('number');
    const all = world.outbox.log.filter((entry) => number === null || entry.number === number);
    return { webhooks: all.slice(-Number(query.get('limit') ?? 100)) };
  },
  'POST webhook-time-scale': ({ world: { state }, body }) => {
    const scale = Number(body.scale);
    if (!(scale >= 0)) throw new ControlError(400, '"scale" is a number of 0 or more');
    state.webhookTimeScale = scale;
    return { scale };
  },
};
