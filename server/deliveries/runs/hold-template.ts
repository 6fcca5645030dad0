// A template that WhatsApp paused, disabled or rejected: the runs that send it stop here, with the reason.
import { asSystem, type BaseCtx, inTransaction } from '../../platform/context.ts';
import { approvedTemplate, runsUsing, type TemplateName } from '../../whatsapp-templates/used.ts';
import { pauseRuns } from './finish.ts';
import { lockRuns } from './run.ts';

/** Job `deliveries.hold_template`. Nothing happens where the template can be sent again by now. */
export async function holdTemplateRuns(
  base: BaseCtx,
  { workspaceId, ...template }: TemplateName & { workspaceId: string },
): Promise<void> {
  await inTransaction(asSystem(base, workspaceId), async (ctx) => {
    const ids = await runsUsing(ctx, template);
    if (ids.length === 0) return;
    // whoever resumes waits here, or has committed
    await lockRuns(ctx, ids);
    const found = await approvedTemplate(ctx, template.connectionId, template.name, template.language);
    if (!found?.cannotSend) return;
    await pauseRuns(ctx, ids, `Template ${template.name} (${template.language}): ${found.cannotSend}`);
  });
}
