// What waits for a person's word: the list of everything that would go out if a held workspace were released, and the
// campaigns that missed their hour.
import { sql } from 'kysely';
import type { CampaignStatus } from '../../../contract/campaigns.ts';
import type { Held, HeldCampaign, HeldDirect, MissedCampaign } from '../../../contract/held.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Schedule } from '../../../contract/schedules.ts';
import { windowSeconds } from '../../deliveries/settling/window.ts';
import type { Ctx } from '../../platform/context.ts';
import { wireOrNull } from '../../platform/db/ids.ts';

export async function listHeld(ctx: Ctx): Promise<Held> {
  const mark = await heldMark(ctx);
  return {
    since: mark.held_at?.toISOString() ?? null,
    campaigns: mark.held_at ? await waitingCampaigns(ctx) : [],
    direct: mark.held_at ? await waitingDirect(ctx) : [],
    direct_released: mark.direct_released,
    missed: await missedCampaigns(ctx),
  };
}

export async function heldMark(ctx: Ctx): Promise<{ held_at: Date | null; direct_released: boolean }> {
  const row = await ctx.db
    .selectFrom('workspaces')
    .select(['held_at', 'direct_released_from'])
    .where('id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  return {
    held_at: row.held_at,
    direct_released: row.held_at !== null && row.direct_released_from?.getTime() === row.held_at.getTime(),
  };
}

/** Everything of a campaign that still goes out: people who wait (paused ones too), its hour, unknown rows it sends again. */
async function waitingCampaigns(ctx: Ctx): Promise<HeldCampaign[]> {
  const rows = await sql<WaitingRow>`
    SELECT c.id, c.number, c.name, c.status, c.connection_id, n.name AS connection_name, c.scheduled_at, c.schedule,
      c.launched_at, c.released_from IS NOT DISTINCT FROM w.held_at AS released,
      coalesce(r.waiting, 0) AS waiting, coalesce(r.unknown, 0) AS unknown
    FROM campaigns c
    JOIN workspaces w ON w.id = c.workspace_id
    LEFT JOIN connections n ON n.workspace_id = c.workspace_id AND n.id = c.connection_id
    LEFT JOIN LATERAL (
      SELECT sum(k.waiting) FILTER (WHERE r.status IN ('active', 'paused'))::bigint AS waiting, sum(u.unknown)::bigint AS unknown
      FROM runs r
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(n) FILTER (WHERE state IN ('planned', 'queued')), 0)
          -- whoever has no row yet waits as well
          + CASE WHEN r.expanded_at IS NULL THEN greatest(r.planned - coalesce(sum(n), 0), 0) ELSE 0 END AS waiting
        FROM run_counts WHERE run_id = r.id) k
      CROSS JOIN LATERAL (
        SELECT count(*) AS unknown FROM deliveries d
        WHERE d.run_id = r.id AND d.state = 'unknown' AND d.attempts - d.uncounted < 3 AND r.status IN ('active', 'finished')
          AND ${windowSeconds} IS NOT NULL) u
      WHERE r.workspace_id = c.workspace_id AND r.campaign_id = c.id
    ) r ON true
    WHERE c.workspace_id = ${ctx.actor.workspaceId}
      AND (c.status = 'scheduled' OR r.waiting > 0 OR r.unknown > 0)
    ORDER BY coalesce(c.scheduled_at, c.launched_at), c.id`.execute(ctx.db);
  return rows.rows.map((row) => ({
    campaign_id: toWireId('cmp', row.id),
    number: row.number,
    name: row.name,
    status: row.status,
    connection_id: wireOrNull('con', row.connection_id),
    connection_name: row.connection_name,
    waiting: Number(row.waiting),
    unknown_to_resend: Number(row.unknown),
    since: row.launched_at?.toISOString() ?? null,
    scheduled_at: row.status === 'scheduled' ? (row.scheduled_at?.toISOString() ?? null) : null,
    time_zone: zoneOf(row.schedule),
    released: row.released,
  }));
}

interface WaitingRow {
  id: string;
  number: number;
  name: string;
  status: CampaignStatus;
  connection_id: string | null;
  connection_name: string | null;
  scheduled_at: Date | null;
  schedule: Schedule;
  launched_at: Date | null;
  released: boolean;
  waiting: number;
  unknown: number;
}

async function waitingDirect(ctx: Ctx): Promise<HeldDirect[]> {
  const rows = await sql<{ id: string; name: string; replies: number; tests: number; since: Date }>`
    SELECT n.id, n.name, count(*) FILTER (WHERE d.source = 'reply') AS replies,
      count(*) FILTER (WHERE d.source = 'test') AS tests, min(d.created_at) AS since
    FROM connections n JOIN deliveries d ON d.connection_id = n.id AND d.state = 'queued' AND d.run_id IS NULL
    WHERE n.workspace_id = ${ctx.actor.workspaceId} AND d.workspace_id = ${ctx.actor.workspaceId}
    GROUP BY n.id, n.name ORDER BY n.name, n.id`.execute(ctx.db);
  return rows.rows.map((row) => ({
    connection_id: toWireId('con', row.id),
    connection_name: row.name,
    replies: Number(row.replies),
    tests: Number(row.tests),
    since: row.since.toISOString(),
  }));
}

/** Paused before anybody was messaged: not sent at their hour. */
async function missedCampaigns(ctx: Ctx): Promise<MissedCampaign[]> {
  const rows = await ctx.db
    .selectFrom('campaigns')
    .select(['id', 'number', 'name', 'status_reason', 'scheduled_at', 'schedule'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('status', '=', 'paused')
    .where('held_at', 'is not', null)
    .orderBy('scheduled_at')
    .orderBy('id')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    campaign_id: toWireId('cmp', row.id),
    number: row.number,
    name: row.name,
    reason: row.status_reason,
    scheduled_at: row.scheduled_at?.toISOString() ?? null,
    time_zone: zoneOf(row.schedule as Schedule),
  }));
}

function zoneOf(schedule: Schedule): string | null {
  return 'time_zone' in schedule ? schedule.time_zone : null;
}
