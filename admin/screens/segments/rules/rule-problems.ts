// What is wrong with a rule, beside the condition that it concerns: what the contract says before it is sent, in words for
// somebody who fills in fields, and what the server answers.
import type { FieldProblem } from '../../../../contract/errors.ts';
import { type Rule, rule } from '../../../../contract/rules.ts';

export interface PlacedProblem {
  /** Of the row or group. */
  node: string;
  /** Below it: "values", "where/0/value"; '' means all of it. */
  key: string;
  detail: string;
}

/** Ours before the server's: what cannot be sent yet. Pointers begin at the rule. */
export function unfinished(given: Rule): FieldProblem[] {
  const read = rule.safeParse(given);
  if (read.success) return [];
  return read.error.issues.map(({ path, message, code }) => {
    const key = String(path.findLast((part) => typeof part === 'string') ?? '');
    const value = path.reduce<unknown>(
      (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
      given,
    );
    const empty = value === undefined || value === '' || value === null;
    const isGroup = key === 'all' || key === 'any';
    const ours = !isGroup && (code === 'custom' || code === 'invalid_format') ? undefined : ranges[key];
    return { pointer: pointerOf(path), detail: (empty ? missing[key] : ours) ?? message };
  });
}

const pointerOf = (path: readonly PropertyKey[]) => path.map((part) => `/${String(part)}`).join('');

const emptyGroup = 'Add a condition to this group, or remove the group.';
const missing: Record<string, string> = {
  field: 'Choose what the condition is about.',
  name: 'Write the name.',
  type: 'Choose what kind of value it is.',
  value: 'Write a value.',
  values: 'Write at least one, each followed by Enter.',
  from: 'Write the lower number.',
  to: 'Write the upper number.',
  date: 'Choose a day.',
  days: 'Write a number of days.',
  times: 'Write how many times.',
  channel: 'Choose a channel.',
  product_id: 'Write the id of the product, as your shop sends it.',
  idle_hours: 'Write a number of hours.',
  campaign_id: 'Choose a campaign.',
  segment_id: 'Choose a segment.',
  group_id: 'Choose a group.',
  connection_id: 'Choose a connection.',
  property: 'Write the name of the property.',
};
const ranges: Record<string, string> = {
  value: 'Write at most 500 characters, or a number.',
  values: 'Write from 1 to 100 of them, each with at most 500 characters.',
  days: 'Write whole days: up to 3,650, and up to 365 for a day of the year.',
  times: 'Write a whole number, up to 100,000.',
  idle_hours: 'Write whole hours, from 0 to 8,760.',
  all: emptyGroup,
  any: emptyGroup,
};

/**
 * Each problem with the row or group it concerns; `elsewhere` has those that belong to none. `places` as readTree gives them;
 * problems whose pointer does not begin with `prefix` are somebody else's and left out.
 */
export function placeProblems(
  problems: readonly FieldProblem[],
  places: ReadonlyMap<string, string>,
  prefix = '',
): { placed: PlacedProblem[]; elsewhere: string[] } {
  const placed: PlacedProblem[] = [];
  const elsewhere: string[] = [];
  for (const { pointer, detail } of problems) {
    if (pointer !== prefix && !pointer.startsWith(`${prefix}/`)) continue;
    const found = placeOf(pointer.slice(prefix.length), places);
    if (found) placed.push({ ...found, detail });
    else elsewhere.push(detail);
  }
  return { placed, elsewhere };
}

/** The innermost node that a pointer lies in. */
function placeOf(pointer: string, places: ReadonlyMap<string, string>): { node: string; key: string } | null {
  for (let end = pointer.length; end > 0; end = pointer.lastIndexOf('/', end - 1)) {
    const node = places.get(pointer.slice(0, end));
    if (node !== undefined) return { node, key: keyBelow(pointer.slice(end)) };
  }
  const root = places.get('');
  // the rule as a whole is nobody's row, unless it is one condition
  return root === undefined || pointer === '' ? null : { node: root, key: keyBelow(pointer) };
}

/** "/not/values/0" → "values/0": which way the condition is turned is no field of it. */
const keyBelow = (rest: string) => rest.replace(/^\/not(?=\/|$)/, '').replace(/^\//, '');
