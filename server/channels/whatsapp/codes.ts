// THE TABLE of WhatsApp's error codes: what each means for a message, and what a person can do. Both ways in which WhatsApp tells
// a failure read it: the answer to a send (outcomes.ts) and a status webhook (receipts.ts). Source: Cloud API, error codes,
// read 2026-11-20; HTTP statuses differ between recordings, so only the code counts.
import { type FileRule, factsOf, inMegabytes } from '../../../contract/channel-facts.ts';
import type { FailureReason } from '../../../contract/deliveries.ts';

/** `reason`: what stands at the message once it failed for good, be it because a webhook said so. `todo`: one or two sentences. */
export type Rule = { reason: FailureReason; todo: string } & (
  | { does: 'again'; tries: number | null; then: 'reject' | 'stop'; afterMs: number | null }
  | { does: 'slow'; scope: 'connection' | 'recipient'; afterMs: number }
  | { does: 'reject' }
  | { does: 'break'; field?: 'phone_number_id' | 'app_secret' }
  | { does: 'stop' }
);

/** Trouble of the platform: this message again, a little later. `tries` null: until the lane gives up. */
const again = (
  todo: string,
  tries: number | null = null,
  afterMs: number | null = null,
  then: 'reject' | 'stop' = 'reject',
): Rule => ({ does: 'again', reason: 'platform_unavailable', todo, tries, then, afterMs });
/** Too fast. The lane slows down by itself (deliveries/sending/lane-tempo.ts). */
const slow = (scope: 'connection' | 'recipient', afterMs: number, todo: string): Rule => ({
  does: 'slow',
  reason: 'platform_unavailable',
  scope,
  afterMs,
  todo,
});
/** This message, for good. */
const reject = (reason: FailureReason, todo: string): Rule => ({ does: 'reject', reason, todo });
/** The whole connection, until a person mends it. */
const broken = (todo: string, reason: FailureReason = 'no_rights'): Rule => ({ does: 'break', reason, todo });
/** This campaign, until a person looks. */
const stop = (reason: FailureReason, todo: string): Rule => ({ does: 'stop', reason, todo });

const newToken = 'Make a new access token of the system user and enter it in the connection.';
const missingRight =
  'Give the system user the rights whatsapp_business_messaging and whatsapp_business_management and access to this WhatsApp account.';
const badValue = 'Check the message: one of its parts is not as WhatsApp takes it.';
const templateValues =
  'Compare the template’s variables with the values of the message, and synchronise the templates.';
const itself = 'It is tried again by itself.';
const register = 'Register the number anew in WhatsApp Manager.';
const { files } = factsOf('whatsapp');
const upTo = (rule: FileRule | null) => (rule ? `${rule.types} up to ${inMegabytes(rule.maxBytes)}` : '');
const picture = `Use ${upTo(files.image)}, ${upTo(files.video)} or a ${files.document?.types} file.`;
const restricted =
  'Open WhatsApp Manager, Account quality: it says what is wrong and how to ask for another review.';

export const codes: Readonly<Record<number, Rule>> = {
  // --- the platform has trouble ---
  1: again('Meta did not say what is wrong: look at the message and the connection.', 2, null, 'stop'),
  2: again(`WhatsApp is overloaded. ${itself}`),
  131000: again('WhatsApp could not send it and does not say why.', 3),
  131016: again(`A service of WhatsApp is down. ${itself}`),
  131057: again(
    `Meta is raising the throughput of the number, which takes some minutes. ${itself}`,
    null,
    60_000,
  ),
  133004: again(`WhatsApp’s server is down for a moment. ${itself}`),
  134101: again(
    `The template is still being distributed, which takes up to 10 minutes. ${itself}`,
    null,
    120_000,
  ),
  // --- too fast: a WhatsApp 429 is handled here ---
  4: slow('connection', 60_000, 'The Meta app asked too often. Sending slows down by itself.'),
  613: slow('connection', 60_000, 'The Meta app asked too often. Sending slows down by itself.'),
  80007: slow('connection', 60_000, 'The WhatsApp account asked too often. Sending slows down by itself.'),
  130429: slow('connection', 1000, 'The number sent faster than it may. Sending slows down by itself.'),
  131056: slow('recipient', 1000, 'Too many messages to this person in a short time. The others go on.'),
  // --- this person ---
  130403: reject('no_rights', 'You blocked this person in WhatsApp. Unblock them to write to them.'),
  130472: reject(
    'platform_experiment',
    'WhatsApp shows this person no marketing for a while. Reach them another way.',
  ),
  130497: reject('country_restricted', 'Leave out people of this country.'),
  131021: reject('invalid_address', 'This is the number that sends. Take it out of the audience.'),
  131026: reject(
    'not_on_platform',
    'The number is not on WhatsApp, its app is too old, or the person blocked you. WhatsApp does not say which.',
  ),
  131047: reject(
    'window_closed',
    'Send an approved template: free text reaches only who wrote within 24 hours.',
  ),
  131049: reject(
    'marketing_capped',
    'Wait at least 24 hours: trying again sooner makes WhatsApp hold back longer.',
  ),
  131050: reject('marketing_stopped', 'Only the person can undo that, in WhatsApp.'),
  131062: reject('invalid_address', 'This message needs a phone number, and only a user id is known.'),
  137000: reject(
    'invalid_address',
    'The person’s identity changed. Verify it with them before you write again.',
  ),
  // --- this message ---
  2200: reject(
    'content_refused',
    'Meta could not reach the webhook address, or it answered with another verify token. The address must be https and open to the internet.',
  ),
  100: reject('content_refused', badValue),
  131008: reject('content_refused', badValue),
  131009: reject('content_refused', badValue),
  131051: reject('content_refused', 'WhatsApp does not take messages of this kind.'),
  131052: reject('media_refused', 'Ask the person to send the file again.'),
  131014: reject('media_refused', `WhatsApp could not fetch the file from its address. ${picture}`),
  131053: { ...again(`WhatsApp could not use the file. ${picture}`, 2, 5000), reason: 'media_refused' },
  131055: reject('content_refused', 'This number cannot send messages of this kind.'),
  134100: reject('template_refused', 'This way takes marketing templates only.'),
  134102: reject('template_refused', 'The template is not available. Synchronise the templates.'),
  135000: reject('content_refused', badValue),
  132000: reject('template_refused', templateValues),
  132001: reject(
    'template_refused',
    'The template does not exist in this language or is not approved. Synchronise the templates.',
  ),
  132005: reject('template_refused', 'With its values the template’s text is too long. Shorten them.'),
  132007: reject(
    'template_refused',
    'The template breaks a rule of WhatsApp. Change it and submit it again.',
  ),
  132008: reject('template_refused', templateValues),
  132012: reject('template_refused', templateValues),
  132018: reject('template_refused', templateValues),
  132068: reject(
    'template_refused',
    'The form (flow) of this template is blocked. Mend it in WhatsApp Manager.',
  ),
  132069: reject('template_refused', 'The form (flow) of this template is throttled. Try again later.'),
  // --- this campaign ---
  131048: stop(
    'no_rights',
    'Too many people blocked or reported this number, so WhatsApp limits it. Look at its quality and go on tomorrow.',
  ),
  131063: stop(
    'no_rights',
    'Marketing templates are switched off for this WhatsApp account. Switch them on in WhatsApp Manager.',
  ),
  131064: stop(
    'no_rights',
    'WhatsApp limits this account because templates had the wrong category. Correct the categories.',
  ),
  132015: stop(
    'template_refused',
    'WhatsApp paused the template because of its quality. Change it, or choose another one.',
  ),
  132016: stop(
    'template_refused',
    'WhatsApp switched the template off for good because of its quality. Choose another one.',
  ),
  // --- this connection ---
  0: broken(`The access token is not valid. ${newToken}`, 'credentials'),
  190: broken(`The access token is not valid or has expired. ${newToken}`, 'credentials'),
  3: broken(missingRight),
  10: broken(missingRight),
  33: broken('The number was deleted. Connect another one.'),
  104: broken('Meta wants a proof of the app secret. Check the app secret of the connection.', 'credentials'),
  368: broken(restricted),
  131005: broken(missingRight),
  131030: broken(
    'This is a test number: it reaches only the 5 numbers listed in the app dashboard. Connect a number of your own.',
  ),
  131031: broken(restricted),
  131037: broken(
    'The display name of the number is not approved yet. Wait for it, or choose another in WhatsApp Manager.',
  ),
  131042: broken(
    'There is a problem with the payment. Mend the payment method in the billing settings of Meta Business.',
  ),
  131044: broken(
    'There is a problem with the payment. Mend the payment method in the billing settings of Meta Business.',
  ),
  131045: broken(register),
  133000: broken(register),
  133005: broken('The PIN of the number is wrong. Reset it in WhatsApp Manager.'),
  133006: broken('The number must be verified anew in WhatsApp Manager.'),
  133008: broken('The PIN was guessed too often. Wait as long as WhatsApp Manager says.'),
  133009: broken('The PIN was entered too fast. Wait a few minutes.'),
  133010: broken(`The number is not registered with the Cloud API. ${register}`),
  133015: broken('The number was just deleted. Wait five minutes and register it anew.'),
  133016: broken('The number was registered too often. Try again in 72 hours.'),
  134011: broken('Accept WhatsApp’s terms of payments in WhatsApp Manager.'),
};

const permission = broken(missingRight);
/** What no table names: servers in trouble, floods and refused tokens are told by the status, the rest is about the message. */
const unlisted = {
  server: again('WhatsApp did not say what is wrong.', 3),
  flood: slow('connection', 60_000, 'WhatsApp asks to slow down, and sending does by itself.'),
  token: broken(newToken, 'credentials'),
  other: reject('content_refused', 'Look the code up in Meta’s list of Cloud API errors.'),
};
/** Whatever the body says, an HTTP 429 is a flood. Subcode 33: the id in the address is not known or not allowed. */
const foreignObject: Rule = {
  does: 'break',
  field: 'phone_number_id',
  reason: 'credentials',
  todo: 'Meta does not know this phone number ID, or the token may not use it. Check both in the connection.',
};
const wrongProof: Rule = {
  does: 'break',
  field: 'app_secret',
  reason: 'credentials',
  todo: 'The app secret does not belong to the app of the access token. Enter both anew.',
};

/** `status`: of the answer; null: a webhook told it. */
export function ruleOf(
  { code, subcode, words }: { code: number; subcode: number | null; words: string },
  status: number | null,
): Rule {
  if (code === 100 && subcode === 33) return foreignObject;
  if (code === 100 && /appsecret_proof/.test(words)) return wrongProof;
  const known = codes[code];
  if (status === 429 && known?.does !== 'slow' && known?.does !== 'stop') return unlisted.flood;
  if (known) return known;
  if (code >= 200 && code <= 299) return permission;
  if (status === 401) return unlisted.token;
  return status !== null && status >= 500 ? unlisted.server : unlisted.other;
}
