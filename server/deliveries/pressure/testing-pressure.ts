// For stories about caps and quiet hours: a clock that the story sets, a second bot for the same people.
import type { Workspace } from '../../../contract/workspaces.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { newId } from '../../platform/db/ids.ts';
import { aConnection, type TestCtx } from '../../testing/context.ts';
import type { TestSandbox } from '../../testing/sandbox.ts';
import { editWorkspace } from '../../workspaces/workspace.ts';

/** Starts where it is set and goes on from there; waits and rates go by the real clock, so that lanes run as ever. */
export function wallClock(start: string): Clock & { set(iso: string): void } {
  let aheadMs = 0;
  const set = (iso: string) => {
    aheadMs = Date.parse(iso) - systemClock.elapsedMs();
  };
  set(start);
  return { ...systemClock, now: () => new Date(systemClock.elapsedMs() + aheadMs), set };
}

export function presses(
  ctx: TestCtx,
  pressure: Partial<Pick<Workspace, 'frequency_caps' | 'quiet_hours' | 'time_zone'>>,
): Promise<Workspace> {
  return editWorkspace(ctx, pressure);
}

/** Another bot of the same emulator, on which the same people have pressed Start. */
export async function anotherBot(
  ctx: TestCtx,
  sandbox: TestSandbox,
  people: string[],
  firstAddress = 100_000,
): Promise<{ connectionId: string; botId: number }> {
  const bot = await sandbox.control<{ id: number; token: string }>('bots', {
    username: 'marlow_second_bot',
    name: 'Marlow again',
    token: `${Math.floor(1e9 + Math.random() * 9e9)}:AAtesttokentesttokentesttoken00000`,
  });
  const connectionId = await aConnection(ctx, bot.token);
  for (const [index, contact_id] of people.entries()) {
    const address = firstAddress + index;
    await sandbox.control('state', { bot: bot.id, user: address, state: 'open' });
    await ctx.db
      .insertInto('identities')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id: newId(),
        contact_id,
        connection_id: connectionId,
        channel: 'telegram',
        address: String(address),
        created_at: ctx.clock.now(),
      })
      .execute();
  }
  return { connectionId, botId: bot.id };
}

export async function livesIn(ctx: TestCtx, contactId: string | undefined, zone: string): Promise<void> {
  await ctx.db
    .updateTable('contacts')
    .set({ time_zone: zone })
    .where('id', '=', contactId as string)
    .execute();
}
