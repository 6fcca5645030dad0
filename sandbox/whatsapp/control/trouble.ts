// Templates under review, the ladder of statuses, and faults.
import type { Fields } from '../content-read.ts';
import { addWaFault, dropSpentFaults, WA_FAULT_KINDS, type WaFaultKind } from '../faults.ts';
import { release } from '../hold.ts';
import type { Ladder } from '../ladder.ts';
import { createBuckets } from '../limits.ts';
import { judge, newTemplate, setCategory, setQuality, VERDICTS } from '../moderation.ts';
import { checkTemplate } from '../template-check.ts';
import { templateFacts } from '../template-routes.ts';
import { ControlError, readNumber, readPersonOf, readTemplateOf, readWaba, type WaRoute } from './request.ts';

const optionalNumber = (value: unknown) =>
  value === undefined || value === null ? undefined : Number(value);
const optionalText = (value: unknown) => (value === undefined || value === null ? undefined : String(value));

const LADDER_DELAYS = ['sent_ms', 'delivered_ms', 'read_ms'];
const LADDER_SHARES = ['sent_share', 'delivered_share', 'read_share', 'failed_share'];
const LADDER_FLAGS = [
  'shuffle',
  'hold',
  'before_answer',
  'read_without_delivered',
  'contacts',
  'conversation',
];
const LADDER_NUMBERS = ['jitter_ms', 'failed_code', 'duplicates', 'batch'];

function readLadder(body: Fields, ladder: Ladder): Ladder {
  const changed: Fields = { ...ladder };
  for (const [name, value] of Object.entries(body)) {
    const isPair = Array.isArray(value) && value.length === 2 && value.every((one) => Number(one) >= 0);
    if (name === 'number') continue;
    if (LADDER_DELAYS.includes(name) && (isPair || Number(value) >= 0))
      changed[name] = isPair ? (value as unknown[]).map(Number) : Number(value);
    else if (LADDER_SHARES.includes(name) && Number(value) >= 0 && Number(value) <= 1)
      changed[name] = Number(value);
    else if (LADDER_FLAGS.includes(name) && typeof value === 'boolean') changed[name] = value;
    else if (LADDER_NUMBERS.includes(name) && Number(value) >= 0) changed[name] = Number(value);
    else if (name === 'drop' && typeof value === 'object') changed.drop = { ...ladder.drop, ...value };
    else throw new ControlError(400, `"${name}" is not a field of the ladder, or its value is not valid`);
  }
  return changed as unknown as Ladder;
}

export const troubleControl: Record<string, WaRoute> = {
  'GET templates': ({ world: { state }, query }) => {
    const wabas =
      query.get('waba') === null ? [...state.wabas.values()] : [readWaba(state, query.get('waba'))];
    return {
      templates: wabas.flatMap((waba) =>
        [...waba.templates.values()].map((template) => ({ waba: waba.id, ...templateFacts(template) })),
      ),
    };
  },
  /** One without review and without a webhook. */
  'POST templates': ({ world, body }) => {
    const waba = readWaba(world.state, body.waba);
    const checked = checkTemplate(world.state, { language: 'en_US', category: 'MARKETING', ...body });
    if (waba.templateKeys.has(`${checked.name}\u0000${checked.language}`))
      throw new ControlError(409, `There is a template ${checked.name} in ${checked.language} already`);
    return { template: templateFacts(newTemplate(world, waba, checked, String(body.status ?? 'APPROVED'))) };
  },
  'POST judge': ({ world, body }) => {
    const { waba, template } = readTemplateOf(world.state, body);
    if (body.event !== undefined) {
      const event = String(body.event);
      if (!VERDICTS.includes(event)) throw new ControlError(400, `"event" is one of ${VERDICTS.join(', ')}`);
      judge(world, waba, template, event, optionalText(body.reason));
    }
    if (body.quality !== undefined) setQuality(world, waba, template, String(body.quality));
    if (body.category !== undefined) setCategory(world, waba, template, String(body.category));
    return { template: templateFacts(template) };
  },
  'POST moderation': ({ world: { state }, body }) => {
    const waba = readWaba(state, body.waba);
    const { moderation } = waba;
    if (body.delay_ms !== undefined)
      moderation.delayMs = body.delay_ms === null ? null : Number(body.delay_ms);
    if (Array.isArray(body.reject_words)) moderation.rejectWords = body.reject_words.map(String);
    if (typeof body.reason === 'string') moderation.reason = body.reason;
    return { delay_ms: moderation.delayMs, reject_words: moderation.rejectWords, reason: moderation.reason };
  },

  'GET ladder': ({ world: { state }, query }) => readNumber(state, query.get('number')).ladder,
  'POST ladder': ({ world: { state }, body }) => {
    const number = readNumber(state, body.number);
    number.ladder = readLadder(body, number.ladder);
    state.onChange(number.id, '');
    return number.ladder;
  },

  /** What the ladder's `hold` held back: let go, or dropped. */
  'POST release': ({ world, body }) => {
    if (typeof body.deliver !== 'boolean') throw new ControlError(400, '"deliver" is true or false');
    return { released: release(world, readNumber(world.state, body.number), body.deliver) };
  },

  'GET faults': ({ world: { state } }) => {
    dropSpentFaults(state.faults, state.now());
    return { faults: state.faults.list, now: state.now() };
  },
  'POST faults': ({ world: { state }, body }) => {
    const kind = String(body.kind) as WaFaultKind;
    if (!WA_FAULT_KINDS.includes(kind))
      throw new ControlError(400, `"kind" is one of ${WA_FAULT_KINDS.join(', ')}`);
    const seconds = optionalNumber(body.seconds);
    const fault = addWaFault(state.faults, {
      kind,
      number: body.number === undefined ? undefined : readNumber(state, body.number).id,
      person: body.person === undefined ? undefined : readPersonOf(state, body.person).wa_id,
      template: optionalText(body.template),
      calls: Array.isArray(body.calls) ? body.calls.map(String) : undefined,
      code: optionalNumber(body.code),
      details: optionalText(body.details),
      http_status: optionalNumber(body.http_status),
      async: body.async === true ? true : undefined,
      probability: optionalNumber(body.probability),
      every: optionalNumber(body.every),
      count: optionalNumber(body.count),
      until: seconds === undefined ? optionalNumber(body.until) : state.now() + seconds * 1000,
      ms: optionalNumber(body.ms),
    });
    state.onChange('', '');
    return { fault };
  },
  'DELETE faults': ({ world: { state } }) => {
    state.faults.list = [];
    for (const number of state.numbers.values()) number.buckets = createBuckets();
    state.onChange('', '');
  },
  'DELETE faults/:id': ({ world: { state }, id }) => {
    const before = state.faults.list.length;
    state.faults.list = state.faults.list.filter((fault) => fault.id !== id);
    if (state.faults.list.length === before) throw new ControlError(404, `There is no fault "${id}"`);
    state.onChange('', '');
  },
};
