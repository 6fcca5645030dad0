// Conditions on what other tables know of a person, as the rows `x` that each of them needs.
import { type RawBuilder, sql } from 'kysely';
import type { Condition, PropertyTest } from '../../contract/rules.ts';
import { uuidOf } from '../platform/db/ids.ts';
import type { Asked } from './asked.ts';
import { numberTest, partOfText } from './compile-values.ts';
import { holdsSql, numberAtSql, textAtSql } from './values.ts';

type Sql = RawBuilder<unknown>;

export interface Fact {
  /** Tables, the one with the person's id as `x`. */
  from: Sql;
  where: Sql;
  /** How many such rows it takes. */
  atLeast: number;
  /** The condition holds for those who do not have them. */
  isAbsent: boolean;
  /** The tables' keys allow one row per person: nothing has to be gathered. */
  onePerPerson: boolean;
}

/** Null: the contact's own row answers it. */
export function factOf(condition: Condition, { moment, workspaceId }: Asked): Fact | null {
  const recent = (at: Sql, days: number | undefined) =>
    sql`${at} < ${moment.after} ${days === undefined ? sql`` : sql`AND ${at} >= ${moment.ago(days)}`}`;
  switch (condition.field) {
    case 'identity': {
      const { connection_id, channel, reachable } = condition;
      const tests = [
        sql`EXISTS (SELECT 1 FROM connections n WHERE n.workspace_id = x.workspace_id AND n.id = x.connection_id AND n.deleted_at IS NULL)`,
        connection_id === undefined ? null : sql`x.connection_id = ${uuidOf('con', connection_id)}`,
        channel === undefined ? null : sql`x.channel = ${channel}`,
        reachable === undefined ? null : sql`x.reachable = ${reachable}`,
      ].filter((test) => test !== null);
      return fact(sql`identities x`, sql.join(tests, sql` AND `), {
        onePerPerson: connection_id !== undefined,
      });
    }
    case 'consent': {
      const { channel, purpose, state } = condition;
      const never = state === 'none';
      const which = sql`x.channel = ${channel} AND x.purpose = ${purpose}`;
      return fact(sql`consents x`, never ? which : sql`${which} AND x.state = ${state}`, {
        isAbsent: never,
        onePerPerson: true,
      });
    }
    case 'bought':
      return fact(
        sql`orders x JOIN order_items i ON i.workspace_id = x.workspace_id AND i.order_id = x.id AND i.workspace_id = ${workspaceId}`,
        sql`i.product_id = ${condition.product_id} AND x.status NOT IN ('cancelled', 'returned') AND ${recent(sql`x.placed_at`, condition.days)}`,
      );
    case 'cart':
      return fact(
        sql`carts x`,
        sql`x.status = 'open' AND x.updated_at < ${new Date(moment.after.getTime() - condition.idle_hours * 3_600_000)}`,
      );
    case 'event': {
      const properties = (condition.where ?? []).map((test) => sql` AND ${property(test)}`);
      const atMost = condition.op === 'at_most';
      return fact(
        sql`events x`,
        sql`x.name = ${condition.name} AND ${recent(sql`x.at`, condition.days)}${sql.join(properties, sql``)}`,
        { atLeast: condition.times + (atMost ? 1 : 0), isAbsent: atMost },
      );
    }
    case 'campaign': {
      const { did, campaign_id, days } = condition;
      const at = { received: sql`x.sent_at`, replied: sql`x.replied_at`, clicked: sql`x.clicked_at` }[did];
      const got = did === 'received' ? sql`AND x.state IN ('sent', 'delivered', 'read')` : sql``;
      const which =
        campaign_id === undefined ? sql`` : sql`AND x.campaign_id = ${uuidOf('cmp', campaign_id)}`;
      return fact(sql`deliveries x`, sql`x.source = 'campaign' ${which} ${got} AND ${recent(at, days)}`);
    }
    case 'segment':
      return fact(sql`segment_members x`, sql`x.segment_id = ${uuidOf('seg', condition.segment_id)}`, {
        onePerPerson: true,
      });
    case 'group':
      return fact(
        sql`(SELECT workspace_id, contact_id, connection_id, address FROM identities
            UNION ALL SELECT workspace_id, contact_id, connection_id, address FROM spare_identities) x
          JOIN connections n ON n.workspace_id = x.workspace_id AND n.id = x.connection_id AND n.deleted_at IS NULL
          JOIN group_members m ON m.workspace_id = ${workspaceId} AND m.connection_id = x.connection_id AND m.address = x.address`,
        sql`m.group_id = ${uuidOf('grp', condition.group_id)} AND m.standing NOT IN ('left', 'banned')`,
      );
    default:
      return null;
  }
}

function fact(from: Sql, where: Sql, more: Partial<Fact> = {}): Fact {
  return { from, where, atLeast: 1, isAbsent: false, onePerPerson: false, ...more };
}

function property(test: PropertyTest): Sql {
  const json = 'x.properties';
  if (test.op === 'equals') return holdsSql(json, test.property, test.value);
  if (test.op === 'contains' || test.op === 'starts_with')
    return textAtSql(json, test.property, (text) => partOfText(text, test.op, test.value));
  return numberAtSql(json, test.property, (value, toJson) => numberTest(value, test, toJson));
}
