// What a lane's discoveries mean to the rest of the product; the same for a node and for the tests of the engine.
import { breakConnection } from '../../channels/accounts.ts';
import { setReachability } from '../../contacts/identity.ts';
import { asSystem, type BaseCtx } from '../../platform/context.ts';
import { tendAb } from '../ab/tend-ab.ts';
import { tendCanary } from '../canary/tend-canary.ts';
import { noteStoppedMarketing } from '../receipts/stopped-marketing.ts';
import { finishRunIfDone, holdRun } from '../runs/finish.ts';
import type { LaneNews } from './lane-parts.ts';

export function laneNews(base: BaseCtx): LaneNews {
  return {
    async runMayBeDone(workspaceId, runId) {
      if (!(await finishRunIfDone(base, workspaceId, runId)))
        await Promise.all([
          tendCanary(base, { workspaceId, runId }, false),
          tendAb(base, { workspaceId, runId }),
        ]);
    },
    // its runs are held by the job that leaves with the broken connection
    async broken(workspaceId, connectionId, detail, version) {
      await breakConnection(asSystem(base, workspaceId), connectionId, detail, version);
    },
    stopped: (workspaceId, runId, reason) => holdRun(base, { workspaceId, runId, reason }),
    gone: (workspaceId, connectionId, addresses, reason) =>
      setReachability(asSystem(base, workspaceId), connectionId, addresses, { reachable: false, reason }),
    stoppedMarketing: (channel, { workspaceId, connectionId }, { contactId, address }, words) =>
      noteStoppedMarketing(base, {
        workspaceId,
        channel,
        people: [{ contactId, connectionId, address, words }],
      }),
  };
}
