// Templates: list, create, get, edit, delete (Cloud API, templates, 2026-11-20).
import { type GraphCall, type GraphRoute, pick, wabaOf } from './call.ts';
import { GraphError, invalidParameter, missingParameter, unknownObject } from './graph-error.ts';
import { DAY_MS } from './limits.ts';
import { announce, moderate, newTemplate, removeTemplate } from './moderation.ts';
import type { Waba } from './state.ts';
import type { Template } from './template.ts';
import { checkTemplate, templateProblem } from './template-check.ts';

export function templateFacts(template: Template): Record<string, unknown> {
  return {
    id: template.id,
    name: template.name,
    language: template.language,
    status: template.status,
    category: template.category,
    parameter_format: template.parameterFormat,
    components: template.components,
    quality_score: { score: template.quality, date: Math.floor(template.qualityAt / 1000) },
    rejected_reason: template.rejectedReason,
    message_send_ttl_seconds: template.ttlSeconds,
    last_updated_time: new Date(template.editedAt.at(-1) ?? template.createdAt).toISOString(),
  };
}

const DEFAULTS = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'id'];
const MAX_PAGE = 250;

const encode = (place: number) => Buffer.from(String(place)).toString('base64');
const decode = (cursor: string) => Number(Buffer.from(cursor, 'base64').toString());

function matches(template: Template, query: URLSearchParams): boolean {
  const is = (name: string, value: string) => {
    const asked = query.get(name);
    return asked === null || asked.split(',').some((one) => one.trim().toUpperCase() === value.toUpperCase());
  };
  const content = query.get('content')?.toLowerCase();
  const nameOrContent = query.get('name_or_content')?.toLowerCase();
  const text = template.components
    .map((component) => component.text ?? '')
    .join('\n')
    .toLowerCase();
  return (
    is('status', template.status) &&
    is('language', template.language) &&
    is('category', template.category) &&
    is('quality_score', template.quality) &&
    (query.get('name') === null || template.name.includes(query.get('name')!.toLowerCase())) &&
    (content === undefined || text.includes(content)) &&
    (nameOrContent === undefined || template.name.includes(nameOrContent) || text.includes(nameOrContent))
  );
}

function list(call: GraphCall): Record<string, unknown> {
  const waba = wabaOf(call);
  const { query, origin, request } = call;
  const all = [...waba.templates.values()].filter((template) => matches(template, query));
  const limit = Math.min(Number(query.get('limit') ?? 25), MAX_PAGE);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw invalidParameter('Param limit must be greater than 0.');
  const after = query.get('after');
  const before = query.get('before');
  const start =
    after !== null ? decode(after) + 1 : before === null ? 0 : Math.max(0, decode(before) - limit);
  if (!Number.isSafeInteger(start)) throw invalidParameter('Invalid cursors values passed to paging API');
  const page = all.slice(start, start + limit);
  const data = page.map((template) => pick(templateFacts(template), query.get('fields'), DEFAULTS));
  if (page.length === 0) return { data };
  const last = start + page.length - 1;
  const cursors = { before: encode(start), after: encode(last) };
  if (last >= all.length - 1) return { data, paging: { cursors } };
  const next = new URL(request.url ?? '/', origin);
  next.searchParams.set('limit', String(limit));
  next.searchParams.delete('before');
  next.searchParams.set('after', cursors.after);
  return { data, paging: { cursors, next: next.href } };
}

/** Create (100 an hour, 250 of an account). @throws GraphError 100 with the documented subcodes, 80008 for too many */
function create(call: GraphCall): Record<string, unknown> {
  const waba = wabaOf(call);
  const { world, body } = call;
  const nowMs = world.state.now();
  const checked = checkTemplate(world.state, body);
  if (waba.templateKeys.has(`${checked.name}\u0000${checked.language}`))
    throw templateProblem(
      2388024,
      `Content in this language already exists: There is already ${checked.language} content for this template. You can create a new template and try again.`,
    );
  if ((waba.blockedNames.get(checked.name) ?? 0) > nowMs)
    throw templateProblem(
      2388023,
      `The message template "${checked.name}" was deleted. New content cannot be added for 30 days after that.`,
    );
  waba.createdAt = waba.createdAt.filter((at) => at > nowMs - 3_600_000);
  if (waba.createdAt.length >= 100)
    throw new GraphError(80008, {
      status: 400,
      message:
        '(#80008) There have been too many calls to this WhatsApp Business account. Wait a bit and try again.',
    });
  if (waba.templates.size >= 250)
    throw templateProblem(2388019, 'The limit of 250 message templates is reached.');
  waba.createdAt.push(nowMs);
  const template = newTemplate(world, waba, checked);
  moderate(world, waba, template);
  return { id: template.id, status: template.status, category: template.category };
}

function templateOf(call: GraphCall): { template: Template; waba: Waba } {
  for (const id of call.grant.wabaIds) {
    const waba = call.world.state.wabas.get(id);
    const template = waba?.templates.get(call.id);
    if (waba && template) return { template, waba };
  }
  throw unknownObject(call.method, call.id);
}

const EDITABLE = ['APPROVED', 'REJECTED', 'PAUSED'];

/** Only approved, rejected and paused ones; approved ones once a day and ten times in 30 days. */
function edit(call: GraphCall): { success: true } {
  const { template, waba } = templateOf(call);
  const { world, body } = call;
  const nowMs = world.state.now();
  if (!EDITABLE.includes(template.status))
    throw templateProblem(2388025, `A template that is ${template.status} cannot be edited.`);
  if (body.category !== undefined && template.status === 'APPROVED')
    throw templateProblem(2388026, 'The category of an approved template cannot be edited.');
  template.editedAt = template.editedAt.filter((at) => at > nowMs - 30 * DAY_MS);
  const isOverDay = template.editedAt.some((at) => at > nowMs - DAY_MS);
  if (template.status === 'APPROVED' && (isOverDay || template.editedAt.length >= 10))
    throw templateProblem(
      2388093,
      'An approved template can be edited once in 24 hours and 10 times in 30 days.',
    );
  const checked = checkTemplate(world.state, {
    name: template.name,
    language: template.language,
    category: body.category ?? template.category,
    parameter_format: body.parameter_format ?? template.parameterFormat,
    components: body.components ?? template.components,
    message_send_ttl_seconds: body.message_send_ttl_seconds ?? template.ttlSeconds,
  });
  template.components = checked.components;
  template.category = checked.category;
  template.parameterFormat = checked.parameterFormat;
  if (checked.ttlSeconds !== undefined) template.ttlSeconds = checked.ttlSeconds;
  template.editedAt.push(nowMs);
  template.status = 'PENDING';
  moderate(world, waba, template);
  return { success: true };
}

/** By name (all languages), by `hsm_id` with the name, or `hsm_ids`. An approved template's name stays blocked for 30 days. */
function remove(call: GraphCall): { success: true } {
  const waba = wabaOf(call);
  const given = (name: string) =>
    call.query.get(name) ?? (call.body[name] === undefined ? null : String(call.body[name]));
  const name = given('name');
  const id = given('hsm_id');
  const ids = given('hsm_ids');
  if (name === null && id === null && ids === null) throw missingParameter('name');
  let wanted: string[] | undefined;
  if (ids !== null) {
    const parsed: unknown = JSON.parse(ids);
    if (!Array.isArray(parsed) || parsed.length > 100) throw invalidParameter('hsm_ids holds up to 100 ids.');
    wanted = parsed.map(String);
  } else if (id !== null) wanted = [id];
  const found = [...waba.templates.values()].filter((template) =>
    wanted
      ? wanted.includes(template.id) && (name === null || template.name === name)
      : template.name === name,
  );
  if (found.length === 0)
    throw new GraphError(100, {
      subcode: 2593002,
      message: 'Invalid parameter',
      details: 'Message Template Not Found: The message template was not found.',
    });
  for (const template of found) {
    if (template.status === 'APPROVED')
      waba.blockedNames.set(template.name, call.world.state.now() + 30 * DAY_MS);
    removeTemplate(waba, template);
    template.status = 'DELETED';
    announce(call.world, waba, template, 'DELETED', { reason: null });
  }
  return { success: true };
}

export const templateRoutes: Record<string, GraphRoute> = {
  'GET message_templates': list,
  'POST message_templates': create,
  'DELETE message_templates': remove,
  'GET template': (call) =>
    pick(templateFacts(templateOf(call).template), call.query.get('fields'), DEFAULTS),
  'POST template': edit,
};
