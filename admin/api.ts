// The only door for HTTP. Every screen reads and writes through `api`, and names what it read with `keys`, so that
// live.ts and mutations know what to fetch again.

import type { ErrorCode, FieldProblem, Problem } from '../contract/errors.ts';
import type { WorkKind } from '../contract/progress.ts';

/** The server's problem document as an error. `code` is 'OFFLINE' where no answer came at all. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: ErrorCode | 'OFFLINE';
  readonly detail: string;
  readonly errors: FieldProblem[];
  /** What the operator of the server finds in the log. */
  readonly reference: string | null;

  constructor(problem: Partial<Problem> & { status: number }, reference: string | null) {
    const detail = problem.detail ?? problem.title ?? 'The server gave no reason.';
    super(detail);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code ?? (problem.status === 0 ? 'OFFLINE' : 'INTERNAL');
    this.detail = detail;
    this.errors = problem.errors ?? [];
    this.reference = reference;
  }
}

/** No answer came, or only that of a proxy before a stopped server. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status === 502 || error.status === 504);
}

/** The server has looked at it and said no; asked again it says the same until something is changed. Everything else may pass. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return false;
  return error.status >= 400 && error.status < 500 && ![401, 408, 429].includes(error.status);
}

type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;
interface SendOptions {
  /** A fixed key makes a repeated click the same request; null sends none (reads that are POSTs). */
  idempotencyKey?: string | null;
  signal?: AbortSignal;
}

function address(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    if (Array.isArray(value)) for (const one of value as string[]) search.append(name, one);
    else if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  const text = search.toString();
  return `/api/v1${path}${text ? `?${text}` : ''}`;
}

const offline = () =>
  new ApiProblem(
    { status: 0, detail: 'The server did not answer. Check that it runs and that you are online.' },
    null,
  );

function problemOf(status: number, text: string, reference: string | null): ApiProblem {
  try {
    const body = JSON.parse(text) as Partial<Problem>;
    return new ApiProblem({ ...body, status }, reference ?? body.instance ?? null);
  } catch {
    return new ApiProblem({ status, detail: `The server answered ${status} without a reason.` }, reference);
  }
}

async function send<T>(method: string, url: string, body?: unknown, options: SendOptions = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method === 'POST' && options.idempotencyKey !== null)
    headers['idempotency-key'] = options.idempotencyKey ?? newKey();
  const response = await fetch(url, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: options.signal,
    credentials: 'same-origin',
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw offline();
  });
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, text, response.headers.get('x-request-id'));
  return (text ? JSON.parse(text) : undefined) as T;
}

/** A key for `Idempotency-Key`. Also works on plain http, where crypto.randomUUID is missing. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Uploads one file and reports the share done, 0 to 1. Aborts by the signal. */
function upload<T>(
  file: File,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
  path = '/media',
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file);
    request.upload.onprogress = (event) =>
      event.lengthComputable && onProgress(event.loaded / Math.max(1, event.total));
    request.onload = () =>
      request.status < 300
        ? resolve(JSON.parse(request.responseText) as T)
        : reject(problemOf(request.status, request.responseText, request.getResponseHeader('x-request-id')));
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new DOMException('Upload stopped', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort());
    request.open('POST', address(path));
    request.setRequestHeader('idempotency-key', newKey());
    request.send(form);
  });
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    send<T>('GET', address(path, query), undefined, { signal }),
  post: <T>(path: string, body?: unknown, options?: SendOptions) =>
    send<T>('POST', address(path), body, options),
  patch: <T>(path: string, body: unknown) => send<T>('PATCH', address(path), body),
  put: <T>(path: string, body: unknown) => send<T>('PUT', address(path), body),
  delete: <T = void>(path: string) => send<T>('DELETE', address(path)),
  upload,
  /** For links that the browser follows itself, such as an export. */
  href: address,
};

/** Query keys: a noun, then what narrows it. */
export const keys = {
  setup: ['setup'] as const,
  demoLife: ['demo', 'life'] as const,
  me: ['me'] as const,
  sessions: ['sessions'] as const,
  users: ['users'] as const,
  invitations: ['invitations'] as const,
  tokens: ['tokens'] as const,
  audit: ['audit'] as const,
  nodes: ['nodes'] as const,
  attributes: ['attributes'] as const,
  messagePrices: ['message_prices'] as const,
  /** Imports, bulk actions, exports: the list of a kind, or one of them. */
  works: (kind: WorkKind) => ['works', kind] as const,
  work: (kind: WorkKind, id: string) => ['work', kind, id] as const,
  connections: ['connections'] as const,
  shopConnectors: ['shop_connectors'] as const,
  shopSystems: ['shop_systems'] as const,
  removedShops: ['shop_connectors', 'removed'] as const,
  /** Whether there is any cart, order or product. */
  anyOfShop: (list: string) => ['shop', 'any', list] as const,
  limits: (id: string) => ['limits', id] as const,
  held: ['held'] as const,
  contacts: (filter?: Query) => (filter ? (['contacts', filter] as const) : (['contacts'] as const)),
  contactCount: (filter: Query) => ['contacts', 'count', filter] as const,
  contact: (id: string) => ['contact', id] as const,
  mergesOf: (contactId: string) => ['merges', contactId] as const,
  mergePreview: (contactId: string, otherId: string) => ['merge-preview', contactId, otherId] as const,
  consent: (contactId: string) => ['consent', contactId] as const,
  tags: (filter: Query) => ['tags', filter] as const,
  eventNames: ['event-names'] as const,
  groups: (filter: Query) => ['groups', filter] as const,
  timeline: (contactId: string, show?: string) =>
    show ? (['timeline', contactId, show] as const) : (['timeline', contactId] as const),
  templateLibrary: ['template_library'] as const,
  templates: (filter?: Query) => (filter ? (['templates', filter] as const) : (['templates'] as const)),
  template: (id: string) => ['template', id] as const,
  whatsappTemplates: (filter?: Query) =>
    filter ? (['whatsapp_templates', filter] as const) : (['whatsapp_templates'] as const),
  whatsappTemplateSyncs: ['whatsapp_templates', 'syncs'] as const,
  whatsappTemplate: (id: string) => ['whatsapp_templates', id] as const,
  whatsappTemplateHistory: (id: string) => ['whatsapp_templates', id, 'history'] as const,
  templateVersions: (id: string) => ['template', id, 'versions'] as const,
  templateFill: (input: string) => ['template_fill', input] as const,
  segments: (filter?: Query) => (filter ? (['segments', filter] as const) : (['segments'] as const)),
  /** With what hangs on one segment behind its id: members, changes, users. */
  segment: (id: string) => ['segment', id] as const,
  campaigns: (filter?: Query) => (filter ? (['campaigns', filter] as const) : (['campaigns'] as const)),
  campaignCounts: (filter: Query) => ['campaigns', 'counts', filter] as const,
  campaignCalendar: (filter: Query) => ['campaigns', 'calendar', filter] as const,
  views: (screen: string) => ['views', screen] as const,
  campaign: (id: string) => ['campaign', id] as const,
  audience: (id: string) => ['audience', id] as const,
  report: (id: string) => ['report', id] as const,
  campaignDays: (id: string) => ['campaign_days', id] as const,
  nextCheck: (id: string) => ['next_check', id] as const,
  checkedPeople: (id: string) => ['next_check', id, 'people'] as const,
  /** What stands beside the report of an automation is read again with it (the live line, `useReadTogether`): else its figures differ. */
  recovered: (id: string, orders: string) => ['report', id, 'recovered', orders] as const,
  links: (id: string, run?: string) => (run ? ['links', id, run] : ['report', id, 'links']),
  course: (id: string, run?: string) => (run ? ['course', id, run] : ['report', id, 'course']),
  conversion: (id: string) => ['report', id, 'conversion'] as const,
  reconciliation: (id: string, run?: string) =>
    run ? (['reconciliation', id, run] as const) : (['reconciliation', id] as const),
  delivery: (id: string) => ['delivery', id] as const,
  deliveries: (id: string, filter?: Query) =>
    filter ? (['deliveries', id, filter] as const) : (['deliveries', id] as const),
  preview: (input: unknown) => ['preview', input] as const,
  conversations: (filter?: Query) =>
    filter ? (['conversations', filter] as const) : (['conversations'] as const),
  conversation: (id: string) => ['conversation', id] as const,
  messages: (id: string) => ['messages', id] as const,
  thread: (contactId: string) => ['thread', contactId] as const,
  segmentPresets: ['segment-presets'] as const,
  rulePreview: (rule: string | null) => ['rule-preview', rule] as const,
  /** The name behind the id of a campaign or segment. */
  name: (id: string) => ['name', id] as const,
  variables: ['variables'] as const,
  jump: (text: string) => ['jump', text] as const,
};
