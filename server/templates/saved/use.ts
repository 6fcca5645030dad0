// A template in use: filled for a look, or as the start of a campaign; and which pictures templates hold on to.
import { sql } from 'kysely';
import { toWireId } from '../../../contract/ids.ts';
import type { TemplateUse } from '../../../contract/template-use.ts';
import type { FilledTemplate, LibraryTemplate } from '../../../contract/templates.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { library } from '../library.ts';
import { fillTemplate } from './fill.ts';
import { readTemplate } from './store.ts';

type Found = Omit<LibraryTemplate, 'key'> & { id: string | null };

/** Throws VALIDATION_FAILED where it names no template that is there. */
async function templateOf(ctx: Ctx, use: TemplateUse, at: string): Promise<Found> {
  if (use.library_key !== undefined) {
    const found = library.find(({ key }) => key === use.library_key);
    if (!found)
      throw invalidField(
        `${at}/library_key`,
        `The library has ${library.map(({ key }) => key).join(', ')}: take one of them.`,
      );
    return { ...found, id: null };
  }
  const id = uuidOf('tpl', use.template_id as string);
  try {
    return { ...(await readTemplate(ctx, id)), id };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    throw invalidField(`${at}/template_id`, 'This template is not there any more. Choose another one.');
  }
}

/** What a person sees while filling it: labels stand where values are missing. */
export async function fillForALook(ctx: Ctx, use: TemplateUse): Promise<FilledTemplate> {
  return fillTemplate(await templateOf(ctx, use, ''), use.values);
}

/** Whoever deletes it waits for the end of this transaction, in which a campaign comes to name it. */
async function keepMeanwhile(ctx: Ctx, { template_id }: TemplateUse): Promise<void> {
  if (template_id === undefined) return;
  await ctx.db
    .selectFrom('message_templates')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', uuidOf('tpl', template_id))
    .forKeyShare()
    .execute();
}

/** The message of a campaign. Throws VALIDATION_FAILED at each value that is missing. */
export async function fillForCampaign(
  ctx: Ctx,
  use: TemplateUse,
): Promise<Pick<Found, 'id' | 'type' | 'content'>> {
  await keepMeanwhile(ctx, use);
  const found = await templateOf(ctx, use, '/template');
  const { content, missing } = fillTemplate(found, use.values, '/template');
  if (missing.length > 0) {
    const labels = new Map(found.variables.map(({ name, label }) => [name, label]));
    const errors = missing.map((name) => ({
      pointer: `/template/values/${name}`,
      detail: `Fill in ${labels.get(name)}: a value for "${name}".`,
    }));
    throw new AppError('VALIDATION_FAILED', errors.map(({ detail }) => detail).join(' '), { errors });
  }
  return { id: found.id, type: found.type, content };
}

/** Whether any version of a template shows the picture: going back to it must not lead to nothing. */
export async function templateShows(ctx: Ctx, mediaId: string): Promise<boolean> {
  const found = await ctx.db
    .selectFrom('message_template_versions')
    .select('version')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(
      sql<boolean>`content -> 'media' @> ${JSON.stringify([{ media_id: toWireId('med', mediaId) }])}::jsonb`,
    )
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}
