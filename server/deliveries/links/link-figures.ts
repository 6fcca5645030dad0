// The links of a run and what came of each.
import { sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { TrackedLinks } from '../../../contract/links.ts';
import { type Content, templateOn } from '../../../contract/message.ts';
import type { Ctx } from '../../platform/context.ts';
import { findRun } from '../pace/standing.ts';

/** The links of a run with their figures, in the order of reading. */
export async function linkFigures(
  ctx: Ctx,
  run: { id: string; tracks: boolean; isTemplate?: boolean },
): Promise<TrackedLinks> {
  const { rows } = await sql<{
    id: string;
    url: string;
    place: string;
    people: number;
    clicks: number;
    previews: number;
  }>`
    SELECT l.id, l.url, l.place, coalesce(sum(c.people), 0)::bigint AS people, coalesce(sum(c.clicks), 0)::bigint AS clicks,
      coalesce(sum(c.previews), 0)::bigint AS previews
    FROM links l LEFT JOIN link_counts c ON c.workspace_id = l.workspace_id AND c.link_id = l.id
    WHERE l.workspace_id = ${ctx.actor.workspaceId} AND l.run_id = ${run.id}
    GROUP BY l.workspace_id, l.id ORDER BY l.position`.execute(ctx.db);
  return {
    data: rows.map((row) => ({ ...row, id: toWireId('lnk', row.id) })),
    untracked: rows.length > 0 ? null : whyNone(run),
  };
}

/** The same of a campaign's run, the latest unless `runId` names another. Throws NOT_FOUND for a run of another campaign. */
export async function linksReport(ctx: Ctx, campaignId: string, runId: string | null): Promise<TrackedLinks> {
  const run = await findRun(ctx, campaignId, runId);
  if (!run) return { data: [], untracked: 'Nothing was sent yet.' };
  return linkFigures(ctx, {
    id: run.id,
    tracks: (run.settings as Partial<Settings>).track_links ?? false,
    isTemplate: sendsTemplate(run.channel, run.content as Partial<Content>),
  });
}

/** Not of ours to change: a template's addresses are approved as they are, and lead straight there. */
export const sendsTemplate = (channel: string, content: Partial<Content>): boolean =>
  templateOn(channel, content) !== null;

function whyNone({ tracks, isTemplate }: { tracks: boolean; isTemplate?: boolean }): string {
  if (isTemplate) return ofTemplate;
  return tracks ? noLinks : switchedOff;
}

const ofTemplate =
  'Clicks are not counted: the buttons and links of a template lead straight to the addresses that WhatsApp approved, and WhatsApp tells nothing of who opens them. The shop’s own figures show them, by a campaign parameter in the address for example.';
const switchedOff = 'Clicks are not counted: “Count clicks” was off for this campaign.';
const noLinks =
  'No link is counted: the message has none that is the same for everybody, or PUBLIC_URL was not set when it was sent.';
