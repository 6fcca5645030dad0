// Declaring what an attribute holds, and keeping to it. Who writes contacts holds a lock that others of them share, who
// declares holds it alone: a value is checked against the declaration that stands when it is committed.
import { sql } from 'kysely';
import type { AttributeCreate, AttributeDeclaration, AttributePatch } from '../../contract/attributes.ts';
import type { AttributeType } from '../../contract/rules.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { invalidField, notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { fitsTypeSql, wrongAttributes } from './attributes.ts';

const atMost = 500;

/** In the order of the alphabet; there are at most 500. */
export async function listAttributes(ctx: Ctx): Promise<AttributeDeclaration[]> {
  const rows = await declarations(ctx).orderBy('name').execute();
  return rows.map((row) => toWire(row));
}

const declarations = (ctx: Ctx) =>
  ctx.db
    .selectFrom('attribute_declarations')
    .select(['name', 'type', 'description', 'created_at'])
    .where('workspace_id', '=', ctx.actor.workspaceId);

/** Name → type. */
export async function declaredTypes(ctx: Ctx): Promise<ReadonlyMap<string, AttributeType>> {
  const rows = await declarations(ctx).execute();
  return new Map(rows.map(({ name, type }) => [name, type as AttributeType]));
}

function toWire(row: {
  name: string;
  type: string;
  description: string | null;
  created_at: Date;
}): AttributeDeclaration {
  return { ...row, type: row.type as AttributeType, created_at: row.created_at.toISOString() };
}

/**
 * For whoever writes contacts, within the transaction that writes: throws VALIDATION_FAILED where a value does not fit the
 * declared type of its name. `pointer`: where the contact stands in the request.
 */
export async function checkAttributes(
  ctx: Ctx,
  given: { pointer: string; attributes?: Record<string, unknown> }[],
): Promise<void> {
  if (!given.some(({ attributes }) => attributes && Object.keys(attributes).length > 0)) return;
  await lockDeclarations(ctx, 'shared');
  const wrong = wrongAttributes(await declaredTypes(ctx), given);
  if (wrong) throw wrong;
}

async function lockDeclarations(ctx: Ctx, how: 'shared' | 'alone'): Promise<void> {
  const lock = sql.raw(`pg_advisory_xact_lock${how === 'shared' ? '_shared' : ''}`);
  await sql`SELECT ${lock}(hashtextextended('contacts.attributes ' || ${ctx.actor.workspaceId}, 0))`.execute(
    ctx.db,
  );
}

/** Throws VALIDATION_FAILED where the name is declared already, or what contacts or segments have contradicts the type. */
export function declareAttribute(given: Ctx, input: AttributeCreate): Promise<AttributeDeclaration> {
  return inTransaction(given, async (ctx) => {
    await lockDeclarations(ctx, 'alone');
    if (await declarationOf(ctx, input.name))
      throw invalidField(
        '/name',
        `"${input.name}" is declared already. Change that one, or choose another name.`,
      );
    return declare(ctx, input, '');
  });
}

/**
 * For an import, before its rows: declares the names that are new, and leaves those alone that are declared alike. Not within
 * a transaction that has written contacts. Throws VALIDATION_FAILED ("/2/type" is the third of the list).
 */
export function declareAttributes(given: Ctx, list: AttributeCreate[]): Promise<void> {
  return inTransaction(given, async (ctx) => {
    await lockDeclarations(ctx, 'alone');
    for (const [index, input] of list.entries()) {
      const known = await declarationOf(ctx, input.name);
      if (known && known.type !== input.type)
        throw invalidField(
          `/${index}/type`,
          `"${input.name}" is declared as ${known.type}. Take it as ${known.type}, or choose another name.`,
        );
      if (!known) await declare(ctx, input, `/${index}`);
    }
  });
}

const declarationOf = (ctx: Ctx, name: string) =>
  declarations(ctx).where('name', '=', name).executeTakeFirst();

async function declare(ctx: Ctx, input: AttributeCreate, pointer: string): Promise<AttributeDeclaration> {
  const { name, type } = input;
  const { count } = await ctx.db
    .selectFrom('attribute_declarations')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  if (count >= atMost)
    throw invalidField(`${pointer}/name`, `At most ${atMost} attributes are declared. Delete one first.`);
  await refuseMisfits(ctx, name, type, `${pointer}/type`);
  const row = await ctx.db
    .insertInto('attribute_declarations')
    .values({
      workspace_id: ctx.actor.workspaceId,
      name,
      type,
      description: input.description || null,
      created_at: ctx.clock.now(),
    })
    .returning(['name', 'type', 'description', 'created_at'])
    .executeTakeFirstOrThrow();
  await audit(ctx, 'attribute.declared', { type: 'attribute', id: name }, { type });
  return toWire(row);
}

/** Throws NOT_FOUND, and VALIDATION_FAILED where stored values do not fit the new type. */
export function changeAttribute(
  given: Ctx,
  name: string,
  patch: AttributePatch,
): Promise<AttributeDeclaration> {
  return inTransaction(given, async (ctx) => {
    await lockDeclarations(ctx, 'alone');
    const before = await declarationOf(ctx, name);
    if (!before) throw notFound('attribute');
    const type = patch.type ?? (before.type as AttributeType);
    if (type !== before.type) await refuseMisfits(ctx, name, type, '/type');
    const description = patch.description === undefined ? before.description : patch.description || null;
    await ctx.db
      .updateTable('attribute_declarations')
      .set({ type, description })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('name', '=', name)
      .execute();
    await audit(ctx, 'attribute.changed', { type: 'attribute', id: name }, { type });
    return toWire({ ...before, type, description });
  });
}

/** What contacts hold under the name stays, and may be anything from now on. Throws NOT_FOUND. */
export function deleteAttribute(given: Ctx, name: string): Promise<void> {
  return inTransaction(given, async (ctx) => {
    await lockDeclarations(ctx, 'alone');
    const deleted = await ctx.db
      .deleteFrom('attribute_declarations')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('name', '=', name)
      .returning('name')
      .executeTakeFirst();
    if (!deleted) throw notFound('attribute');
    await audit(ctx, 'attribute.deleted', { type: 'attribute', id: name });
  });
}

async function refuseMisfits(ctx: Ctx, name: string, type: AttributeType, pointer: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const value = sql`attributes -> ${name}::text`;
  const stored = await sql<{ n: number; example: string | null }>`
    SELECT count(*) AS n, min(left((${value})::text, 60)) AS example FROM contacts
    WHERE workspace_id = ${workspaceId} AND attributes ? ${name} AND NOT ${fitsTypeSql(value, type)}`.execute(
    ctx.db,
  );
  const { n, example } = stored.rows[0]!;
  if (n > 0)
    throw invalidField(
      pointer,
      `${n === 1 ? 'One contact holds a value' : `${n} contacts hold values`} under "${name}" that ${n === 1 ? 'is' : 'are'} no ${type}, such as ${example}. Correct ${n === 1 ? 'it' : 'them'} first, or choose another type.`,
    );
  const asking = await sql<{ name: string }>`
    SELECT name FROM segments WHERE workspace_id = ${workspaceId} AND jsonb_path_exists(rule,
      '$.** ? (@.field == "attribute" && @.name == $name && @.type != $type)', ${JSON.stringify({ name, type })}::jsonb)
    ORDER BY name LIMIT 1`.execute(ctx.db);
  const segment = asking.rows[0]?.name;
  if (segment)
    throw invalidField(
      pointer,
      `The segment "${segment}" asks for "${name}" as another type. Change its rule first.`,
    );
}
