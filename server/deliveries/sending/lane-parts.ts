// What a lane is given: the connection it sends through, and its links to the rest of the node and of the product.
import type { Channel } from '../../../contract/connections.ts';
import type { Account, Adapter } from '../../channels/channel.ts';
import type { KeptCircuitRow } from '../../channels/connection.ts';
import type { Minutes } from '../pace/minutes.ts';
import type { Claimed } from './claim.ts';
import type { Ledger } from './ledger.ts';
import type { Recorder } from './record.ts';

export interface OpenAccount {
  account: Account;
  adapter: Adapter;
  learnedRate: number | null;
  /** What the platform grants this very account; null: what its adapter declares. */
  platformRate: number | null;
  /** Whether a plan limits the campaign messages of a day (warm-up.ts). */
  isWarmingUp: boolean;
  circuit: KeptCircuitRow;
  /** Raised by every change of a person, the token above all. */
  version: number;
}

/** What the lane tells its surroundings, so that it needs to know no module above it. */
export interface LaneNews {
  runMayBeDone(workspaceId: string, runId: string): Promise<unknown>;
  /** `version`: of the connection whose credentials were refused; a newer one is not to blame. */
  broken(workspaceId: string, connectionId: string, detail: string, version: number): Promise<void>;
  /** The platform takes nothing more of this campaign until a person looks at it. */
  stopped(workspaceId: string, runId: string, detail: string): Promise<void>;
  gone(
    workspaceId: string,
    connectionId: string,
    addresses: string[],
    reason: 'blocked' | 'deactivated',
  ): Promise<unknown>;
  /** The person told the platform that they want no marketing; `words`: how it says so. */
  stoppedMarketing(channel: Channel, account: Account, row: Claimed, words: string): Promise<unknown>;
}

/** What the lanes of a node share. */
export interface LaneParts {
  ledger: Ledger;
  recorder: Recorder;
  minutes: Minutes;
  news: LaneNews;
  /** Whether this node holds the lane's lease at this moment. */
  owns(connectionId: string): boolean;
}
