// Hands a template in, new or changed: everything that WhatsApp would refuse at once is refused here, beside its field; the rest
// is WhatsApp's word.
import { inMegabytes } from '../../contract/channel-facts.ts';
import type { FieldProblem } from '../../contract/errors.ts';
import { toWireId } from '../../contract/ids.ts';
import {
  draftProblems,
  type TemplateDraft,
  type WhatsAppTemplateCreate,
  type WhatsAppTemplatePatch,
} from '../../contract/whatsapp-template-draft.ts';
import { componentsOf, draftOf, parameterFormatOf } from '../../contract/whatsapp-template-parts.ts';
import { type HeaderFile, headerFileRule, type WhatsAppTemplate } from '../../contract/whatsapp-templates.ts';
import type { Account, TemplateDesk } from '../channels/channel.ts';
import { type MediaFile, mediaFile } from '../media/media.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf, wireOrNull } from '../platform/db/ids.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { announceTemplates, applyFacts, insertTemplate } from './record.ts';
import { lastEditAt, loadTemplate, lockTemplate, noteChanges, rowNamed, type TemplateRow } from './store.ts';
import { openDesk } from './sync.ts';
import { isGone, whyNotEditable } from './template.ts';

const dayMs = 86_400_000;

/** Throws VALIDATION_FAILED with every wrong field, and what the desk throws. */
export async function createTemplate(ctx: Ctx, given: WhatsAppTemplateCreate): Promise<WhatsAppTemplate> {
  const connectionId = uuidOf('con', given.connection_id);
  const { account, desk } = await openDesk(ctx, connectionId);
  refuseProblems(draftProblems(given));
  await refuseTaken(ctx, connectionId, given.name, given.language);
  const { components, sampleId } = await partsOf(ctx, account, desk, given);
  const { name, language, category } = given;
  const parameterFormat = parameterFormatOf(given);
  const made = await desk.create(account, { name, language, category, parameterFormat, components });
  const id = await inTransaction(ctx, async (trx) => {
    const template = {
      ...made,
      name,
      language,
      previousCategory: made.category === category ? null : category,
      quality: 'UNKNOWN',
      parameterFormat,
      components,
      reason: null,
    };
    const inserted = await insertTemplate(trx, connectionId, template, sampleId);
    // a webhook or a look at the list was faster than this answer
    const row = inserted ? null : await rowNamed(trx, connectionId, name, language);
    const templateId = inserted ?? row?.id;
    if (!templateId) throw new Error('a template that was just handed in is not there');
    await noteChanges(trx, [{ templateId, what: 'submitted', isNow: made.status }], null);
    const subject = { type: 'whatsapp_template', id: toWireId('wat', templateId) };
    await audit(trx, 'whatsapp_template.submitted', subject, { name, language });
    await announceTemplates(trx, connectionId);
    return templateId;
  });
  return loadTemplate(ctx, id);
}

/** Throws NOT_FOUND, VERSION_CONFLICT, ILLEGAL_MOVE (a state that cannot be changed), VALIDATION_FAILED, what the desk throws. */
export async function changeTemplate(
  ctx: Ctx,
  id: string,
  patch: WhatsAppTemplatePatch,
): Promise<WhatsAppTemplate> {
  const row = await inTransaction(ctx, (trx) => lockTemplate(trx, id));
  if (patch.version !== undefined && patch.version !== row.version)
    throw new AppError(
      'VERSION_CONFLICT',
      'It was changed in the meantime. Load it again and repeat your change.',
    );
  await refuseUneditable(ctx, row);
  if (patch.category && patch.category !== row.category && row.status === 'APPROVED')
    throw invalidField(
      '/category',
      'The category of an approved template stays. Make a new one for another category.',
    );
  const draft = changedDraft(row, patch);
  refuseProblems(draftProblems(draft));
  const { account, desk } = await openDesk(ctx, row.connection_id);
  const { components, sampleId } = await partsOf(ctx, account, desk, draft);
  const parameterFormat = parameterFormatOf(draft);
  const category = patch.category && patch.category !== row.category ? patch.category : undefined;
  await desk.change(account, row.external_id, {
    parameterFormat,
    components,
    ...(category ? { category } : {}),
  });
  // judged anew: what became of it is the platform's to say, and it may have been said already
  const told = await desk.read(account, row.external_id).catch((error) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  await inTransaction(ctx, async (trx) => {
    const now = await lockTemplate(trx, id);
    await noteChanges(trx, [{ templateId: id, what: 'edited', was: row.status }], null);
    const facts = told ?? {
      components,
      parameterFormat,
      status: 'PENDING',
      ...(category ? { category } : {}),
    };
    const changes = await applyFacts(trx, now, { ...facts, components }, { toldAt: null });
    await noteChanges(
      trx,
      changes.filter(({ what }) => what !== 'content'),
      null,
    );
    await trx.db
      .updateTable('whatsapp_templates')
      .set({ sample_media_id: sampleId })
      .where('workspace_id', '=', trx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    const subject = { type: 'whatsapp_template', id: toWireId('wat', id) };
    await audit(trx, 'whatsapp_template.changed', subject, { name: row.name, language: row.language });
    await announceTemplates(trx, row.connection_id);
  });
  return loadTemplate(ctx, id);
}

/** The platform takes all of a template or none: what the request leaves out is as it was. */
function changedDraft(row: TemplateRow, patch: WhatsAppTemplatePatch): TemplateDraft {
  const before = draftOf(row.components, wireOrNull('med', row.sample_media_id));
  if (!before)
    throw new AppError(
      'ILLEGAL_MOVE',
      'It has parts that cannot be written here. Change it in the WhatsApp Manager, then press “Sync”.',
    );
  const { header, body, footer, buttons } = patch;
  return {
    header: header === undefined ? before.header : header,
    body: body ?? before.body,
    footer: footer === undefined ? before.footer : footer,
    buttons: buttons ?? before.buttons,
  };
}

/** Meta takes one edit of an approved template in 24 hours, ten in 30 days; those made elsewhere only Meta knows of. */
async function refuseUneditable(ctx: Ctx, row: TemplateRow): Promise<void> {
  const words = whyNotEditable(row.status);
  if (words) throw new AppError('ILLEGAL_MOVE', words);
  const last = row.status === 'APPROVED' ? await lastEditAt(ctx, row.id) : null;
  const next = last && new Date(last.getTime() + dayMs);
  if (next && next > ctx.clock.now())
    throw new AppError(
      'ILLEGAL_MOVE',
      `WhatsApp takes one change of an approved template in 24 hours. Change it again from ${next.toISOString()} on.`,
    );
}

function refuseProblems(problems: FieldProblem[]): void {
  if (problems[0]) throw new AppError('VALIDATION_FAILED', problems[0].detail, { errors: problems });
}

async function refuseTaken(ctx: Ctx, connectionId: string, name: string, language: string): Promise<void> {
  const known = await rowNamed(ctx, connectionId, name, language);
  if (known && !isGone(known.status))
    throw invalidField(
      '/name',
      `There is a template of this name in ${language} already. Change that one, or choose another name.`,
    );
}

/** What is handed in, with the header's sample uploaded. `sampleId`: the uuid of our file. */
async function partsOf(ctx: Ctx, account: Account, desk: TemplateDesk, draft: TemplateDraft) {
  const { header } = draft;
  if (!header || header.kind === 'text' || header.media_id === null)
    return { components: componentsOf(draft, null), sampleId: null };
  const sampleId = uuidOf('med', header.media_id);
  const file = await sampleOf(ctx, sampleId, header.kind);
  const handle = await desk.uploadSample(account, file);
  return { components: componentsOf(draft, handle), sampleId };
}

async function sampleOf(ctx: Ctx, id: string, kind: HeaderFile): Promise<MediaFile> {
  const { mimes, maxBytes, types } = headerFileRule(kind);
  const file = await mediaFile(ctx, id).catch((error) => {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    throw invalidField('/header/media_id', 'This file is not there any more. Upload it again.');
  });
  if (!mimes.includes(file.mime) || file.sizeBytes > maxBytes)
    throw invalidField(
      '/header/media_id',
      `The sample of this header is a file of type ${types} of at most ${inMegabytes(maxBytes)}.`,
    );
  return file;
}
