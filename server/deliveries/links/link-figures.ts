// The links of a run, or of all runs of an automation, and what came of each.
import { sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { TrackedLinks } from '../../../contract/links.ts';
import { type Content, templateOn } from '../../../contract/message.ts';
import type { Ctx } from '../../platform/context.ts';
import { findRun, wholeOf } from '../pace/standing.ts';

/** The links of these runs with their figures, in the order of reading, those of the latest run first; the same in several runs is one. */
export async function linkFigures(
  ctx: Ctx,
  run: { ids: string[]; tracks: boolean; isTemplate?: boolean },
): Promise<TrackedLinks> {
  const { rows } = await sql<{
    id: string;
    url: string;
    place: string;
    people: number;
    clicks: number;
    previews: number;
  }>`
    SELECT (array_agg(l.id ORDER BY r.created_at DESC, r.id DESC))[1] AS id, l.url, l.place, coalesce(sum(c.people), 0)::bigint AS people, coalesce(sum(c.clicks), 0)::bigint AS clicks,
      coalesce(sum(c.previews), 0)::bigint AS previews
    FROM links l JOIN runs r ON r.workspace_id = l.workspace_id AND r.id = l.run_id
    CROSS JOIN LATERAL (SELECT sum(c.people) AS people, sum(c.clicks) AS clicks, sum(c.previews) AS previews
      FROM link_counts c WHERE c.workspace_id = l.workspace_id AND c.link_id = l.id) c
    WHERE l.workspace_id = ${ctx.actor.workspaceId} AND l.run_id = ANY(${run.ids}::uuid[])
    GROUP BY l.url, l.place ORDER BY max(r.created_at) DESC, min(l.position), l.place`.execute(ctx.db);
  return {
    data: rows.map((row) => ({ ...row, id: toWireId('lnk', row.id) })),
    untracked: rows.length > 0 ? null : whyNone(run),
  };
}

/**
 * The same of a campaign's run, the latest unless `runId` names another; of an automation without `runId` of all its runs, as its
 * report. Throws NOT_FOUND for a run of another campaign.
 */
export async function linksReport(ctx: Ctx, campaignId: string, runId: string | null): Promise<TrackedLinks> {
  const run = await findRun(ctx, campaignId, runId);
  if (!run) return { data: [], untracked: 'Nothing was sent yet.' };
  const whole = await wholeOf(ctx, run, runId);
  return linkFigures(ctx, {
    ids: whole.map(({ id }) => id),
    tracks: whole.some(({ settings }) => (settings as Partial<Settings>).track_links ?? false),
    isTemplate: whole.every(({ channel, content }) => sendsTemplate(channel, content as Partial<Content>)),
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
