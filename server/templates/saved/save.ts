// Making, changing and deleting templates. Each change of what a template says is a version; none is overwritten.
import { toWireId } from '../../../contract/ids.ts';
import type { Template, TemplateCreate, TemplatePatch } from '../../../contract/templates.ts';
import { mediaFile } from '../../media/media.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { newId, uuidOf } from '../../platform/db/ids.ts';
import { AppError, invalidField, notFound } from '../../platform/errors.ts';
import { audit } from '../../workspaces/audit.ts';
import { templateProblems } from './places.ts';
import { readTemplate, readVersion } from './store.ts';

type Words = Pick<Template, 'name' | 'category' | 'type' | 'content' | 'variables'>;
const atMost = 1000;

/** Throws VALIDATION_FAILED with every wrong field, also for a picture that is not in this workspace. */
export function createTemplate(given: Ctx, words: TemplateCreate): Promise<Template> {
  return inTransaction(given, async (ctx) => {
    await check(ctx, words);
    const workspace_id = ctx.actor.workspaceId;
    const { n } = await ctx.db
      .selectFrom('message_templates')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('workspace_id', '=', workspace_id)
      .executeTakeFirstOrThrow();
    if (Number(n) >= atMost)
      throw new AppError(
        'VALIDATION_FAILED',
        `A workspace has at most ${atMost.toLocaleString('en')} templates. Delete one that nobody needs.`,
      );
    const id = newId();
    const now = ctx.clock.now();
    const { name, category } = words;
    await ctx.db
      .insertInto('message_templates')
      .values({ workspace_id, id, name, category, created_at: now, updated_at: now })
      .execute();
    await writeVersion(ctx, id, 1, words);
    await audit(ctx, 'template.created', { type: 'template', id: toWireId('tpl', id) }, { name });
    return readTemplate(ctx, id);
  });
}

/** Throws NOT_FOUND, VERSION_CONFLICT, VALIDATION_FAILED. Archiving alone makes no version. */
export function changeTemplate(given: Ctx, id: string, patch: TemplatePatch): Promise<Template> {
  return inTransaction(given, async (ctx) => {
    await lock(ctx, id);
    const before = await readTemplate(ctx, id);
    const { version, archived, ...changes } = patch;
    if (version !== undefined && version !== before.version)
      throw new AppError(
        'VERSION_CONFLICT',
        `It was changed in the meantime (version ${before.version} by now). Read it again, then change it.`,
      );
    const { name, category, type, content, variables } = { ...before, ...defined(changes) };
    const words = { name, category, type, content, variables };
    const says = Object.keys(defined(changes)).length > 0;
    if (says) await check(ctx, words);
    if (says) await writeVersion(ctx, id, before.version + 1, words);
    await update(ctx, id, before.version + (says ? 1 : 0), words, archived ?? before.archived);
    const subject = { type: 'template', id: toWireId('tpl', id) };
    if (says) await audit(ctx, 'template.changed', subject, { name, version: before.version + 1 });
    if (archived !== undefined && archived !== before.archived)
      await audit(ctx, archived ? 'template.archived' : 'template.restored', subject, { name });
    return readTemplate(ctx, id);
  });
}

/** An earlier version becomes the latest, as a new one. Throws NOT_FOUND; VALIDATION_FAILED where its picture is gone. */
export function restoreVersion(given: Ctx, id: string, version: number): Promise<Template> {
  return inTransaction(given, async (ctx) => {
    await lock(ctx, id);
    const before = await readTemplate(ctx, id);
    const words = await readVersion(ctx, id, version);
    await check(ctx, words);
    await writeVersion(ctx, id, before.version + 1, words);
    await update(ctx, id, before.version + 1, words, before.archived);
    const subject = { type: 'template', id: toWireId('tpl', id) };
    await audit(ctx, 'template.changed', subject, { version: before.version + 1, restored: version });
    return readTemplate(ctx, id);
  });
}

/** With its versions. What campaigns took from it stays with them. */
export function deleteTemplate(given: Ctx, id: string): Promise<void> {
  return inTransaction(given, async (ctx) => {
    const gone = await ctx.db
      .deleteFrom('message_templates')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .returning('name')
      .executeTakeFirst();
    if (!gone) throw notFound('template');
    await audit(ctx, 'template.deleted', { type: 'template', id: toWireId('tpl', id) }, { name: gone.name });
  });
}

function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}

async function lock(ctx: Ctx, id: string): Promise<void> {
  const row = await ctx.db
    .selectFrom('message_templates')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('template');
}

async function check(ctx: Ctx, { content, variables }: Words): Promise<void> {
  if (!content.text.trim() && content.media.length === 0)
    throw invalidField('/content/text', 'Write a text, or add a picture.');
  const problems = templateProblems(content, variables);
  if (problems[0]) throw new AppError('VALIDATION_FAILED', problems[0].detail, { errors: problems });
  for (const [i, attachment] of content.media.entries()) {
    if (!('media_id' in attachment)) continue;
    try {
      await mediaFile(ctx, uuidOf('med', attachment.media_id));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
      throw invalidField(
        `/content/media/${i}/media_id`,
        'This picture is not there any more. Upload it again.',
      );
    }
  }
}

async function writeVersion(ctx: Ctx, id: string, version: number, words: Words): Promise<void> {
  await ctx.db
    .insertInto('message_template_versions')
    .values({
      workspace_id: ctx.actor.workspaceId,
      template_id: id,
      version,
      name: words.name,
      category: words.category,
      type: words.type,
      content: JSON.stringify(words.content),
      variables: JSON.stringify(words.variables),
      made_by: ctx.actor.name,
      created_at: ctx.clock.now(),
    })
    .execute();
}

async function update(ctx: Ctx, id: string, version: number, words: Words, archived: boolean): Promise<void> {
  await ctx.db
    .updateTable('message_templates')
    .set({ name: words.name, category: words.category, version, archived, updated_at: ctx.clock.now() })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
}
