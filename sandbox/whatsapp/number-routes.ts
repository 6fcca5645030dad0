// Business numbers and accounts: facts, health, subscriptions, registration, blocked users (Cloud API, phone numbers, 2026-11-20).
import { randomBytes } from 'node:crypto';
import { request as fetchOnce } from 'undici';
import { isLocalHost } from '../telegram/local-address.ts';
import { type GraphCall, type GraphRoute, numberOf, pick, wabaOf } from './call.ts';
import { badValue, GraphError, missingParameter } from './graph-error.ts';
import { DAY_MS } from './limits.ts';
import { digitsOf, findPerson, type Waba, type WaNumber, type WaState } from './state.ts';

type View = Record<string, unknown>;

function entity(
  type: string,
  id: string,
  problem: { code: number; words: string; solution: string } | undefined,
): View {
  return {
    entity_type: type,
    id,
    can_send_message: problem ? 'BLOCKED' : 'AVAILABLE',
    ...(problem
      ? {
          errors: [
            {
              error_code: problem.code,
              error_description: problem.words,
              possible_solution: problem.solution,
            },
          ],
        }
      : {}),
  };
}

function problemOf(number: WaNumber) {
  if (!number.isRegistered || number.status !== 'CONNECTED')
    return {
      code: 141000,
      words: `The phone number is not connected: ${number.isRegistered ? number.status : 'not registered'}.`,
      solution: 'Register the phone number on the WhatsApp Business Platform.',
    };
  return undefined;
}

function accountProblemOf(number: WaNumber) {
  if (number.isRestricted)
    return {
      code: 141010,
      words: 'The WhatsApp Business Account is restricted for violating a policy.',
      solution: 'Review the policy and appeal in WhatsApp Manager.',
    };
  if (number.hasPaymentProblem)
    return {
      code: 141006,
      words: 'There is an error with the payment method.',
      solution:
        'There was an error with your payment method. Please add a new payment method to the account.',
    };
  return undefined;
}

/** `health_status` with every entity that a send needs. */
function health(state: WaState, number: WaNumber): View {
  const waba = state.wabas.get(number.wabaId)!;
  const entities = [
    entity('PHONE_NUMBER', number.id, problemOf(number)),
    entity('WABA', waba.id, accountProblemOf(number)),
    entity('BUSINESS', waba.portfolioId, undefined),
    entity('APP', number.appId, undefined),
  ];
  const isBlocked = entities.some((one) => one.can_send_message === 'BLOCKED');
  const isLimited = number.quality === 'RED' || number.nameStatus === 'PENDING_REVIEW';
  return { can_send_message: isBlocked ? 'BLOCKED' : isLimited ? 'LIMITED' : 'AVAILABLE', entities };
}

export function numberFacts(state: WaState, number: WaNumber): View {
  return {
    id: number.id,
    display_phone_number: number.display,
    verified_name: number.verifiedName,
    quality_rating: number.quality,
    status: number.isRegistered ? number.status : 'DISCONNECTED',
    name_status: number.nameStatus,
    code_verification_status: number.codeVerification,
    platform_type: 'CLOUD_API',
    throughput: { level: number.throughput },
    whatsapp_business_manager_messaging_limit: number.messagingLimit,
    health_status: health(state, number),
    account_mode: 'LIVE',
    is_official_business_account: false,
    is_pin_enabled: number.pin !== '',
  };
}

const NUMBER_DEFAULTS = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'id',
];

function wabaFacts(waba: Waba): View {
  return {
    id: waba.id,
    name: waba.name,
    timezone_id: '1',
    currency: 'USD',
    message_template_namespace: Buffer.from(waba.id).toString('hex').slice(0, 32),
    account_review_status: 'APPROVED',
    business_verification_status: 'verified',
    ownership_type: 'SELF',
    status: 'ACTIVE',
    owner_business_info: { id: waba.portfolioId, name: waba.name },
    on_behalf_of_business_info: { id: waba.portfolioId, name: waba.name, status: 'APPROVED', type: 'SELF' },
  };
}

/** Asks a callback for the challenge as Meta does. Returns what is wrong, or undefined. */
export async function handshake(url: string, verifyToken: string): Promise<string | undefined> {
  const target = URL.parse(url);
  if (!target || !/^https?:$/.test(target.protocol)) return 'The callback URL is not a URL.';
  if (!isLocalHost(target.hostname)) return 'The callback URL cannot be reached from this machine.';
  const challenge = String(randomBytes(4).readUInt32BE());
  target.searchParams.set('hub.mode', 'subscribe');
  target.searchParams.set('hub.challenge', challenge);
  target.searchParams.set('hub.verify_token', verifyToken);
  try {
    const answer = await fetchOnce(target, {
      headers: { 'User-Agent': 'facebookplatform/1.0 (+http://developers.facebook.com)' },
      headersTimeout: 10_000,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200)
      return `Response status code is not 200: HTTP Status Code = ${answer.statusCode}`;
    return text === challenge
      ? undefined
      : `Response does not match challenge, expected value="${challenge}"`;
  } catch {
    return 'The URL could not be validated. The connection failed.';
  }
}

async function subscribe(call: GraphCall): Promise<{ success: true }> {
  const waba = wabaOf(call);
  const { body, grant, world } = call;
  let overrideUrl = '';
  if (body.override_callback_uri !== undefined) {
    overrideUrl = String(body.override_callback_uri);
    if (typeof body.verify_token !== 'string' || body.verify_token === '')
      throw missingParameter('verify_token');
    const problem = await handshake(overrideUrl, body.verify_token);
    if (problem !== undefined)
      throw new GraphError(2200, {
        message: `(#2200) Callback verification failed with the following errors: ${problem}`,
      });
  }
  waba.subscriptions.set(grant.appId, { overrideUrl });
  world.state.onChange('', '');
  return { success: true };
}

function subscriptions(call: GraphCall): View {
  const waba = wabaOf(call);
  const data = [...waba.subscriptions].map(([appId, { overrideUrl }]) => ({
    whatsapp_business_api_data: {
      id: appId,
      name: `App ${appId}`,
      link: `https://www.facebook.com/games/?app_id=${appId}`,
    },
    ...(overrideUrl === '' ? {} : { override_callback_uri: overrideUrl }),
  }));
  return { data };
}

/** Ten attempts in 72 hours [U]. @throws GraphError 133016 */
function countRegistration(number: WaNumber, nowMs: number): void {
  number.registrationsAt = number.registrationsAt.filter((at) => at > nowMs - 3 * DAY_MS);
  if (number.registrationsAt.length >= 10) throw new GraphError(133016);
  number.registrationsAt.push(nowMs);
}

function register(call: GraphCall): { success: true } {
  const number = numberOf(call);
  const { pin } = call.body;
  if (typeof pin !== 'string' || !/^\d{6}$/.test(pin)) throw badValue('pin must be 6 digits.');
  countRegistration(number, call.world.state.now());
  if (number.codeVerification !== 'VERIFIED') throw new GraphError(133006);
  if (number.pin !== '' && number.pin !== pin) throw new GraphError(133005);
  number.pin = pin;
  number.isRegistered = true;
  number.status = 'CONNECTED';
  call.world.state.onChange(number.id, '');
  return { success: true };
}

function deregister(call: GraphCall): { success: true } {
  const number = numberOf(call);
  if (!number.isRegistered) throw new GraphError(133010);
  countRegistration(number, call.world.state.now());
  number.isRegistered = false;
  call.world.state.onChange(number.id, '');
  return { success: true };
}

function requestCode(call: GraphCall): { success: true } {
  const number = numberOf(call);
  if (!['SMS', 'VOICE'].includes(String(call.body.code_method)))
    throw badValue('code_method must be SMS or VOICE.');
  if (number.codeVerification === 'VERIFIED') throw new GraphError(136024);
  return { success: true };
}

/** Any six digits but 000000 are the code. */
function verifyCode(call: GraphCall): { success: true } {
  const number = numberOf(call);
  const code = String(call.body.code ?? '').replace('-', '');
  if (!/^\d{6}$/.test(code)) throw missingParameter('code');
  if (code === '000000')
    throw new GraphError(136025, { message: '(#136025) Verify code error', details: 'The code is wrong.' });
  number.codeVerification = 'VERIFIED';
  return { success: true };
}

function readUsers({ world, body }: GraphCall): { input: string; wa_id: string }[] {
  if (!Array.isArray(body.block_users) || body.block_users.length === 0)
    throw missingParameter('block_users');
  return body.block_users.map((entry: unknown) => {
    const input = String((entry as { user?: unknown }).user ?? '');
    return { input, wa_id: findPerson(world.state, input)?.wa_id ?? digitsOf(input) };
  });
}

function blockUsers(call: GraphCall): View {
  const number = numberOf(call);
  const users = readUsers(call);
  const nowMs = call.world.state.now();
  const hasWritten = ({ wa_id }: { wa_id: string }) => (number.chats.get(wa_id)?.windowUntil ?? 0) > nowMs;
  const added = users.filter(hasWritten);
  const failed = users.filter((user) => !hasWritten(user));
  number.blockedUsers = [...new Set([...number.blockedUsers, ...added.map(({ wa_id }) => wa_id)])];
  return {
    messaging_product: 'whatsapp',
    block_users: {
      added_users: added,
      ...(failed.length === 0
        ? {}
        : {
            failed_users: failed.map((user) => ({
              ...user,
              errors: [
                {
                  message: 'Re-engagement required',
                  code: 139_102,
                  error_data: { details: 'The user has not sent a message in the last 24 hours.' },
                },
              ],
            })),
          }),
    },
  };
}

function unblockUsers(call: GraphCall): View {
  const number = numberOf(call);
  const users = readUsers(call);
  const gone = new Set(users.map(({ wa_id }) => wa_id));
  number.blockedUsers = number.blockedUsers.filter((waId) => !gone.has(waId));
  return { messaging_product: 'whatsapp', block_users: { removed_users: users } };
}

export const numberRoutes: Record<string, GraphRoute> = {
  'GET number': (call) =>
    pick(numberFacts(call.world.state, numberOf(call)), call.query.get('fields'), NUMBER_DEFAULTS),
  'GET waba': (call) =>
    pick(wabaFacts(wabaOf(call)), call.query.get('fields'), [
      'id',
      'name',
      'timezone_id',
      'message_template_namespace',
    ]),
  'GET phone_numbers': (call) => {
    const waba = wabaOf(call);
    const { state } = call.world;
    const numbers = [...state.numbers.values()].filter((number) => number.wabaId === waba.id);
    const data = numbers.map((number) =>
      pick(numberFacts(state, number), call.query.get('fields'), NUMBER_DEFAULTS),
    );
    const cursor = (place: number) => Buffer.from(String(place)).toString('base64');
    return { data, paging: { cursors: { before: cursor(0), after: cursor(Math.max(0, data.length - 1)) } } };
  },
  'GET subscribed_apps': subscriptions,
  'POST subscribed_apps': subscribe,
  'DELETE subscribed_apps': (call) => {
    wabaOf(call).subscriptions.delete(call.grant.appId);
    call.world.state.onChange('', '');
    return { success: true };
  },
  'POST register': register,
  'POST deregister': deregister,
  'POST request_code': requestCode,
  'POST verify_code': verifyCode,
  'POST block_users': blockUsers,
  'DELETE block_users': unblockUsers,
  'GET block_users': (call) => ({
    data: numberOf(call).blockedUsers.map((wa_id) => ({ messaging_product: 'whatsapp', wa_id })),
    paging: {},
  }),
};
