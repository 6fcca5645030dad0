// The known variables and the check of a parsed template against them: an unknown one is an error that names its line and
// the nearest known name, before anything is sent. A known but empty one renders '' and takes its `default`.
import type { Liquid, Template, Variable } from 'liquidjs';

type Shape = 'text' | 'list' | 'anything' | { [name: string]: Shape };

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
};

/** Every name that can be written out, attributes apart. */
export const variableNames: string[] = Object.entries(shapes).flatMap(([group, members]) =>
  Object.keys(members)
    .filter((name) => name !== 'attributes')
    .map((name) => `${group}.${name}`),
);

/** What a template reads, whether it reads anything at all, and what is wrong with it. */
export interface VariableUse {
  reads: boolean;
  /** Of a contact, each once: "first_name", "attributes.city". */
  values: string[];
  problems: string[];
}

const maxProblems = 20;

export function checkVariables(engine: Liquid, templates: Template[]): VariableUse {
  const { globals } = engine.analyzeSync(templates, { partials: false });
  const used = Object.values(globals).flat();
  const problems = problemsOf(used);
  const values = used.map(valueRead).filter((value) => value !== null);
  return { reads: used.length > 0, values: [...new Set(values)], problems };
}

function valueRead({ segments: [root, name, attribute] }: Variable): string | null {
  if (root !== 'contact' || typeof name !== 'string') return null;
  if (name !== 'attributes') return name;
  return typeof attribute === 'string' ? `attributes.${attribute}` : null;
}

/** Each once. No more than anybody reads: what may have been meant is searched for each. */
function problemsOf(used: Variable[]): string[] {
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

function problemOf(variable: Variable): string | null {
  const line = `Line ${variable.location.row}: `;
  const path: string[] = [];
  let shape: Shape = shapes;
  for (const segment of variable.segments) {
    if (shape === 'anything') return null;
    // Liquid's own properties of texts and lists
    if (shape === 'text') return segment === 'size' ? null : line + unknown([...path, String(segment)]);
    if (shape === 'list')
      return typeof segment === 'number' || ['size', 'first', 'last'].includes(String(segment))
        ? null
        : line + unknown([...path, String(segment)]);
    if (typeof segment !== 'string')
      return `${line}write the name after ${path.join('.') || 'the brackets'} out, like contact.first_name.`;
    path.push(segment);
    if (!Object.hasOwn(shape, segment)) return line + unknown(path);
    shape = shape[segment]!;
  }
  if (typeof shape === 'string') return null;
  return `${line}${path.join('.')} holds several values. Choose one, like ${path.join('.')}.${Object.keys(shape)[0]}.`;
}

function unknown(path: string[]): string {
  const name = path.join('.').slice(0, 80);
  if (name === 'name') return 'name is not a variable. Did you mean contact.full_name or contact.first_name?';
  const near = nearest(name, variableNames) ?? nearest(`contact.${name}`, variableNames);
  if (near) return `${name} is not a variable. Did you mean ${near}?`;
  return path[0] === 'contact'
    ? `${name} is not a variable. A value of your own is written contact.attributes.${path[1] ?? 'name'}.`
    : `${name} is not a variable. Variables begin with contact., workspace. or connection.`;
}

/** The candidate that differs least, if it is close enough to be what was meant. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
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
