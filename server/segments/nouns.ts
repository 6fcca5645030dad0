// What rules name beside segments: connections, campaigns, groups. One that is gone is nobody's, so that "not" of it would be
// everybody: a rule with such a name is not saved, and where it was removed afterwards the segment says so.
import { toWireId } from '../../contract/ids.ts';
import type { Condition, Rule } from '../../contract/rules.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';

interface Named {
  noun: 'connection' | 'campaign' | 'group';
  id: string;
  path: PropertyKey[];
}

/** Every condition of a rule with the path to it; those of the segments it names are not its own. */
export function* placesOf(
  rule: Rule,
  path: PropertyKey[] = [],
): Generator<{ condition: Condition; path: PropertyKey[] }> {
  if ('not' in rule) yield* placesOf(rule.not, [...path, 'not']);
  else if ('all' in rule || 'any' in rule) {
    const word = 'all' in rule ? 'all' : 'any';
    const inner = 'all' in rule ? rule.all : rule.any;
    for (const [index, one] of inner.entries()) yield* placesOf(one, [...path, word, index]);
  } else yield { condition: rule, path };
}

function* namedIn(rule: Rule): Generator<Named> {
  for (const { condition, path } of placesOf(rule)) {
    if (condition.field === 'identity' && condition.connection_id)
      yield { noun: 'connection', id: condition.connection_id, path: [...path, 'connection_id'] };
    if (condition.field === 'campaign' && condition.campaign_id)
      yield { noun: 'campaign', id: condition.campaign_id, path: [...path, 'campaign_id'] };
    if (condition.field === 'group')
      yield { noun: 'group', id: condition.group_id, path: [...path, 'group_id'] };
  }
}

/** Wire ids of the connections, campaigns and groups that these rules name and that are not there. */
export async function missingNouns(ctx: Ctx, rules: readonly Rule[]): Promise<ReadonlySet<string>> {
  const named = rules.flatMap((rule) => [...namedIn(rule)]);
  const missing = new Set(named.map(({ id }) => id));
  const uuids = (noun: Named['noun'], prefix: 'con' | 'cmp' | 'grp') =>
    named.filter((one) => one.noun === noun).map(({ id }) => uuidOf(prefix, id));
  const connections = uuids('connection', 'con');
  if (connections.length > 0)
    for (const { id } of await ctx.db
      .selectFrom('connections')
      .select('id')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', 'in', connections)
      .where('deleted_at', 'is', null)
      .execute())
      missing.delete(toWireId('con', id));
  const campaigns = uuids('campaign', 'cmp');
  if (campaigns.length > 0)
    for (const { id } of await ctx.db
      .selectFrom('campaigns')
      .select('id')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', 'in', campaigns)
      .execute())
      missing.delete(toWireId('cmp', id));
  const groups = uuids('group', 'grp');
  if (groups.length > 0)
    for (const { id } of await ctx.db
      .selectFrom('groups')
      .innerJoin('connections', (join) =>
        join
          .onRef('connections.workspace_id', '=', 'groups.workspace_id')
          .onRef('connections.id', '=', 'groups.connection_id'),
      )
      .select('groups.id')
      .where('groups.workspace_id', '=', ctx.actor.workspaceId)
      .where('groups.id', 'in', groups)
      .where('connections.deleted_at', 'is', null)
      .execute())
      missing.delete(toWireId('grp', id));
  return missing;
}

const words = {
  connection: 'This connection was removed: nobody has an address on it. Choose another one.',
  campaign: 'This campaign is not there any more: nobody has received it. Choose another one.',
  group: 'This group is not there, or its connection was removed. Choose another one.',
};

/** Where a rule names what is missing; pointers begin at the rule. */
export const wrongNouns = (rule: Rule, missing: ReadonlySet<string>): { pointer: string; detail: string }[] =>
  [...namedIn(rule)]
    .filter(({ id }) => missing.has(id))
    .map(({ noun, path }) => ({
      pointer: ['/rule', ...path.map(String)].join('/'),
      detail: words[noun],
    }));
