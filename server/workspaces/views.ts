// Views of a list: a person's own, which nobody else sees, and those that are shared, which whoever may write may change.
import type { Selectable } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Scope } from '../../contract/roles.ts';
import {
  type View,
  type ViewCreate,
  type ViewList,
  type ViewPatch,
  type ViewScreen,
  viewsAtMost,
} from '../../contract/views.ts';
import { actingUserId, type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { invalidField, notFound } from '../platform/errors.ts';
import { needScope } from '../platform/scopes.ts';
import { audit } from './audit.ts';

type ViewRow = Selectable<DB['saved_views']>;

const mayRead = (ctx: Ctx, screen: ViewScreen, pointer?: string) =>
  needScope(ctx, `${screen}:read` satisfies Scope, pointer);
const mayShare = (ctx: Ctx, screen: ViewScreen) =>
  needScope(ctx, `${screen}:write` satisfies Scope, '/shared');

/** Shared ones and one's own, by name. */
export async function listViews(ctx: Ctx, screen: ViewScreen): Promise<ViewList> {
  mayRead(ctx, screen);
  const rows = await visible(ctx).where('screen', '=', screen).orderBy('name').orderBy('id').execute();
  return { data: rows.map((row) => toView(ctx, row)) };
}

function visible(ctx: Ctx) {
  const me = actingUserId(ctx);
  return ctx.db
    .selectFrom('saved_views')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where((eb) => eb.or([eb('user_id', 'is', null), ...(me ? [eb('user_id', '=', me)] : [])]));
}

function toView(ctx: Ctx, row: ViewRow): View {
  const me = actingUserId(ctx);
  return {
    id: toWireId('viw', row.id),
    screen: row.screen as ViewScreen,
    name: row.name,
    query: row.query as View['query'],
    shared: row.user_id === null,
    own: me !== null && row.created_by === me,
    created_at: row.created_at.toISOString(),
  };
}

/** Throws FORBIDDEN, VALIDATION_FAILED. */
export function createView(ctx: Ctx, given: ViewCreate): Promise<View> {
  mayRead(ctx, given.screen, '/screen');
  if (given.shared) mayShare(ctx, given.screen);
  return inTransaction(ctx, async (ctx) => {
    const user_id = ownerOf(ctx, given.shared);
    const id = newId();
    await oneAfterTheOther(ctx);
    await refuseTooMany(ctx, given.screen, user_id);
    await refuseSameName(ctx, { id, screen: given.screen, name: given.name, user_id });
    await ctx.db
      .insertInto('saved_views')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id,
        screen: given.screen,
        name: given.name,
        query: JSON.stringify(given.query),
        user_id,
        created_by: actingUserId(ctx),
        created_at: ctx.clock.now(),
      })
      .execute();
    if (given.shared) await audit(ctx, 'view.shared', subjectOf(id), { name: given.name });
    return getView(ctx, id);
  });
}

const subjectOf = (id: string) => ({ type: 'view', id: toWireId('viw', id) });

async function getView(ctx: Ctx, id: string): Promise<View> {
  return toView(ctx, await viewRow(ctx, id));
}

/** Throws NOT_FOUND, for another person's own one too. */
async function viewRow(ctx: Ctx, id: string): Promise<ViewRow> {
  const row = await visible(ctx).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('view');
  mayRead(ctx, row.screen as ViewScreen);
  return row;
}

/** A token is nobody in particular: what it saves is everybody's. */
function ownerOf(ctx: Ctx, shared: boolean): string | null {
  if (shared) return null;
  const me = actingUserId(ctx);
  if (!me) throw invalidField('/shared', 'An API token has no views of its own: send "shared": true.');
  return me;
}

/** Of those who save at the same moment each sees what the one before has saved: name and number are judged by that. */
async function oneAfterTheOther(ctx: Ctx): Promise<void> {
  await ctx.db
    .selectFrom('workspaces')
    .select('id')
    .where('id', '=', ctx.actor.workspaceId)
    .forNoKeyUpdate()
    .execute();
}

async function refuseTooMany(ctx: Ctx, screen: ViewScreen, user_id: string | null): Promise<void> {
  const { n } = await ctx.db
    .selectFrom('saved_views')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('screen', '=', screen)
    .where('user_id', 'is not distinct from', user_id)
    .executeTakeFirstOrThrow();
  if (n >= viewsAtMost)
    throw invalidField('/name', `There are ${viewsAtMost} views already. Delete one that nobody needs.`);
}

async function refuseSameName(
  ctx: Ctx,
  { id, screen, name, user_id }: Pick<ViewRow, 'id' | 'screen' | 'name' | 'user_id'>,
): Promise<void> {
  const same = await ctx.db
    .selectFrom('saved_views')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('screen', '=', screen)
    .where('user_id', 'is not distinct from', user_id)
    .where((eb) => eb(eb.fn('lower', ['name']), '=', eb.fn('lower', [eb.val(name)])))
    .where('id', '<>', id)
    .executeTakeFirst();
  if (same)
    throw invalidField('/name', `There is a ${user_id ? 'view' : 'shared view'} of this name already.`);
}

/** Throws NOT_FOUND, FORBIDDEN, VALIDATION_FAILED. */
export function editView(ctx: Ctx, id: string, patch: ViewPatch): Promise<View> {
  return inTransaction(ctx, async (ctx) => {
    await oneAfterTheOther(ctx);
    const row = await viewRow(ctx, id);
    const wasShared = row.user_id === null;
    const shared = patch.shared ?? wasShared;
    if (wasShared || shared) mayShare(ctx, row.screen as ViewScreen);
    const user_id = shared === wasShared ? row.user_id : ownerOf(ctx, shared);
    const name = patch.name ?? row.name;
    if (shared !== wasShared) await refuseTooMany(ctx, row.screen as ViewScreen, user_id);
    await refuseSameName(ctx, { ...row, name, user_id });
    await ctx.db
      .updateTable('saved_views')
      .set({ name, user_id, ...(patch.query ? { query: JSON.stringify(patch.query) } : {}) })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    if (shared !== wasShared)
      await audit(ctx, shared ? 'view.shared' : 'view.unshared', subjectOf(id), { name });
    return getView(ctx, id);
  });
}

/** Throws NOT_FOUND, FORBIDDEN. */
export async function deleteView(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const row = await viewRow(ctx, id);
    if (row.user_id === null) {
      mayShare(ctx, row.screen as ViewScreen);
      await audit(ctx, 'view.deleted', subjectOf(id), { name: row.name });
    }
    await ctx.db
      .deleteFrom('saved_views')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
  });
}
