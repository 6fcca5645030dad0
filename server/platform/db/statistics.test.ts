// A second shop in a database that knows only the first.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testCtx } from '../../testing/context.ts';
import { newId } from './ids.ts';
import { plannerKeepsUp } from './statistics.ts';

test('people of a workspace that is being filled are looked up by their own index', async () => {
  const ctx = await testCtx();
  const fill = (workspaceId: string, rows: number) =>
    sql`INSERT INTO contacts (workspace_id, id, email, created_at, updated_at)
      SELECT ${workspaceId}, gen_random_uuid(), 'a' || g || '@example.com', now(), now() FROM generate_series(1, ${rows}) g`.execute(
      ctx.db,
    );
  const plan = async (workspaceId: string) => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      EXPLAIN SELECT id FROM contacts WHERE workspace_id = ${workspaceId} AND email = 'a7@example.com' ORDER BY email, id LIMIT 1`.execute(
      ctx.db,
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  await sql`ALTER TABLE contacts DISABLE TRIGGER USER`.execute(ctx.db);
  await fill(ctx.actor.workspaceId, 20_000);
  await sql`ANALYZE contacts`.execute(ctx.db);
  const second = newId();
  await sql`INSERT INTO workspaces SELECT (jsonb_populate_record(w, jsonb_build_object('id', ${second}::text))).* FROM workspaces w
    WHERE w.id = ${ctx.actor.workspaceId}`.execute(ctx.db);
  const keepsUp = plannerKeepsUp(ctx, ['contacts']);
  await fill(second, 900);
  await keepsUp(900);
  expect(await plan(second)).not.toContain('contacts_by_email');
  await fill(second, 100);
  await keepsUp(100);
  expect(await plan(second)).toContain('contacts_by_email');
});
