// The known variables and the check of a parsed template against them: an unknown one is an error that names its line and
// the nearest known name, before anything is sent. A known but empty one renders '' and takes its `default`.
import { ForTag, type Liquid, Output, type Template, toValueSync, type Variable } from 'liquidjs';
import type { CampaignKind } from '../../contract/campaigns.ts';

/** `[shape]`: a list of these. */
type Shape = 'text' | 'list' | 'anything' | [Shape] | { [name: string]: Shape };

const orderItem: Shape = { name: 'text', quantity: 'text', price: 'text', total: 'text' };
const cartItem: Shape = { ...orderItem, url: 'text', image_url: 'text' };
const productItem: Shape = { name: 'text', price: 'text', url: 'text', image_url: 'text', variants: 'list' };

const shapes: Record<string, Shape> = {
  contact: {
    first_name: 'text',
    last_name: 'text',
    full_name: 'text',
    email: 'text',
    phone: 'text',
    language: 'text',
    time_zone: 'text',
    external_id: 'text',
    tags: 'list',
    attributes: 'anything',
  },
  workspace: { name: 'text' },
  connection: { name: 'text', username: 'text' },
  cart: { total: 'text', url: 'text', photo: 'text', count: 'text', items: [cartItem] },
  cart_items: 'text',
  order: { number: 'text', total: 'text', placed_at: 'text', delivered_at: 'text', items: [orderItem] },
  order_items: 'text',
  products: [productItem],
  product: productItem,
  product_list: 'text',
};

/** What only messages about such an event know (shop-scope.ts). */
const eventOf: Record<string, { kind: CampaignKind; where: string }> = {
  cart: { kind: 'abandoned_cart', where: 'abandoned cart' },
  cart_items: { kind: 'abandoned_cart', where: 'abandoned cart' },
  order: { kind: 'post_purchase', where: 'post-purchase' },
  order_items: { kind: 'post_purchase', where: 'post-purchase' },
  products: { kind: 'back_in_stock', where: 'back in stock' },
  product: { kind: 'back_in_stock', where: 'back in stock' },
  product_list: { kind: 'back_in_stock', where: 'back in stock' },
};

/** Every name that can be written out, attributes apart. */
export const variableNames: string[] = Object.entries(shapes).flatMap(([group, members]) =>
  typeof members === 'string'
    ? [group]
    : Object.keys(members)
        .filter((name) => name !== 'attributes')
        .map((name) => `${group}.${name}`),
);

/** What a template reads, whether it reads anything at all, and what is wrong with it. */
export interface VariableUse {
  reads: boolean;
  /** Of a contact, each once: "first_name", "attributes.city". */
  values: string[];
  /** It reads a cart or an order. */
  readsShop: boolean;
  problems: string[];
}

const maxProblems = 20;

/** `kind`: of the campaign that the message belongs to; null: not known, everything may be read. */
export function checkVariables(
  engine: Liquid,
  templates: Template[],
  kind: CampaignKind | null = null,
): VariableUse {
  const { globals, variables, locals } = engine.analyzeSync(templates, { partials: false });
  const used = Object.values(globals).flat();
  const loops = shopLoops(templates);
  const outside = new Set(used);
  const within = [...loops].flatMap(([name, shape]) =>
    shape === null || Object.hasOwn(locals, name) || !Object.hasOwn(variables, name)
      ? []
      : variables[name]!.filter((variable) => !outside.has(variable)),
  );
  const bare = bareLists(templates);
  const checked = problemsOf([...used, ...within], (variable) =>
    outside.has(variable)
      ? (problemOfKind(variable, kind) ?? problemOf(variable))
      : problemOf(variable, Object.fromEntries(loops) as Record<string, Shape>),
  );
  const problems = [...bare, ...checked].slice(0, maxProblems);
  const values = used.map(valueRead).filter((value) => value !== null);
  const readsShop = used.some(({ segments: [root] }) => Object.hasOwn(eventOf, String(root)));
  return { reads: used.length > 0, values: [...new Set(values)], readsShop, problems };
}

/** A list of items put out as it is would read as JSON. */
function bareLists(templates: Template[]): string[] {
  return templates.flatMap((template) => {
    if (template.children) return bareLists(childrenOf(template));
    if (!(template instanceof Output)) return [];
    // every output has one filter, the escape
    const { initial, filters } = template.value;
    const name = filters.length > 1 ? '' : initial.postfix.map((token) => token.getText()).join(' ');
    if (!Object.hasOwn(lists, name)) return [];
    const ready = readyTexts[name];
    return `Line ${template.token.getPosition()[0]}: ${name} is a list. Write ${ready}, or go through it with {% for item in ${name} %}.`;
  });
}

const lists: Record<string, Shape> = {
  'cart.items': cartItem,
  'order.items': orderItem,
  products: productItem,
};
const readyTexts: Record<string, string> = {
  'cart.items': 'cart_items',
  'order.items': 'order_items',
  products: 'product_list',
};
const childrenOf = (template: Template) =>
  template.children ? (toValueSync(template.children(false, true)) as Template[]) : [];

/** `{% for item in cart.items %}`: item → what it holds; null: the same name also goes through something else. */
function shopLoops(
  templates: Template[],
  found = new Map<string, Shape | null>(),
): Map<string, Shape | null> {
  for (const template of templates) {
    if (template instanceof ForTag) {
      const { variable, collection } = template;
      const shape = lists[collection.getText()] ?? null;
      found.set(variable, found.has(variable) && found.get(variable) !== shape ? null : shape);
    }
    shopLoops(childrenOf(template), found);
  }
  return found;
}

function problemOfKind({ segments, location }: Variable, kind: CampaignKind | null): string | null {
  const root = String(segments[0]);
  const event = Object.hasOwn(eventOf, root) ? eventOf[root] : undefined;
  if (!event || kind === null || kind === event.kind) return null;
  const name = nameOf(segments.map(String));
  const here = instead[kind] ?? 'This one is about no cart, order or product: take it out.';
  return `Line ${location.row}: ${name} is known only in ${event.where} campaigns. ${here}`;
}

/** What a message of this kind can say of its own event. */
const instead: Partial<Record<CampaignKind, string>> = {
  abandoned_cart: 'Here there are cart_items, cart.total and cart.url.',
  post_purchase: 'Here there are order_items, order.number and order.total.',
};

const nameOf = (path: string[]) => path.join('.').slice(0, 80);

function valueRead({ segments: [root, name, attribute] }: Variable): string | null {
  if (root !== 'contact' || typeof name !== 'string') return null;
  if (name !== 'attributes') return name;
  return typeof attribute === 'string' ? `attributes.${attribute}` : null;
}

/** Each once. No more than anybody reads: what may have been meant is searched for each. */
function problemsOf(used: Variable[], problemOf: (variable: Variable) => string | null): string[] {
  const seen = new Set<string>();
  const problems = new Set<string>();
  for (const variable of used) {
    const place = `${variable.location.row} ${variable.segments.join('.')}`;
    if (seen.has(place)) continue;
    seen.add(place);
    const problem = problemOf(variable);
    if (problem !== null) problems.add(problem);
    if (problems.size === maxProblems) break;
  }
  return [...problems];
}

function problemOf(variable: Variable, known: Record<string, Shape> = shapes): string | null {
  const line = `Line ${variable.location.row}: `;
  const path: string[] = [];
  let shape: Shape = known;
  const wrong = (segment: unknown) => line + unknown([...path, String(segment)], known);
  for (const segment of variable.segments) {
    if (shape === 'anything') return null;
    // Liquid's own properties of texts and lists
    if (shape === 'text') return segment === 'size' ? null : wrong(segment);
    if (shape === 'list')
      return typeof segment === 'number' || ['size', 'first', 'last'].includes(String(segment))
        ? null
        : wrong(segment);
    if (Array.isArray(shape)) {
      if (segment === 'size') return null;
      // one of them, by its number or by a variable
      if (typeof segment === 'string' && segment !== 'first' && segment !== 'last') return wrong(segment);
      path.push(String(segment));
      shape = shape[0];
      continue;
    }
    if (typeof segment !== 'string')
      return `${line}write the name after ${path.join('.') || 'the brackets'} out, like contact.first_name.`;
    path.push(segment);
    if (!Object.hasOwn(shape, segment)) return line + unknown(path, known);
    shape = shape[segment]!;
  }
  // a list is what loops go through
  if (typeof shape === 'string' || Array.isArray(shape)) return null;
  return `${line}${path.join('.')} holds several values. Choose one, like ${path.join('.')}.${Object.keys(shape)[0]}.`;
}

function unknown(path: string[], known: Record<string, Shape>): string {
  const name = nameOf(path);
  if (known !== shapes) {
    const names = Object.keys(known[path[0]!] ?? {}).map((member) => `${path[0]}.${member}`);
    const meant = nearest(name, names) ?? names[0];
    return `${name} is not a variable. Did you mean ${meant}?`;
  }
  if (name === 'name') return 'name is not a variable. Did you mean contact.full_name or contact.first_name?';
  const near = nearest(name, variableNames) ?? nearest(`contact.${name}`, variableNames);
  if (near) return `${name} is not a variable. Did you mean ${near}?`;
  const members = Object.hasOwn(eventOf, path[0]!) ? shapes[path[0]!] : undefined;
  if (members && typeof members === 'object' && !Array.isArray(members)) {
    const names = Object.keys(members).map((member) => `${path[0]}.${member}`);
    return `${name} is not a variable. There are ${names.slice(0, -1).join(', ')} and ${names.at(-1)}.`;
  }
  return path[0] === 'contact'
    ? `${name} is not a variable. A value of your own is written contact.attributes.${path[1] ?? 'name'}.`
    : `${name} is not a variable. Variables begin with contact., workspace. or connection.`;
}

/** The candidate that differs least, if it is close enough to be what was meant. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (!best || distance < best.distance) best = { candidate, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(name.split('.').at(-1)!.length / 3))
    ? best.candidate
    : null;
}

/** Letters inserted, left out, replaced or swapped with their neighbour. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 20) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
