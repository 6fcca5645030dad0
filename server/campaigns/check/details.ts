// The details step: what sends the campaign, and whether it works.
import { AppError } from '../../platform/errors.ts';
import { checkReferences } from '../references.ts';
import { adviceOnHealth, healthOf } from './account-health.ts';
import { type Advice, finding, type Must } from './finding.ts';

interface Working {
  name: string;
  status: string;
  problem: string | null;
}

/** Throws CONNECTION_NOT_READY with what is wrong with it. */
export function refuseBroken({ status, name, problem }: Working): void {
  if (status === 'connected') return;
  throw new AppError(
    'CONNECTION_NOT_READY',
    `${name}: ${problem ?? 'the connection does not work'} Mend it under Connections, then try again.`,
  );
}

export const connectionThere: Must = {
  key: 'connection',
  step: 'details',
  holds: (ctx, { campaign: { connection_id } }) => checkReferences(ctx, { connection_id }),
};

export const adviceOnDetails: Advice = async (ctx, sendable) => {
  const found = adviceOnHealth(await healthOf(ctx, sendable));
  if (sendable.connection.sandbox)
    found.push(
      finding(
        'sandbox',
        'hint',
        '/connection_id',
        'This connection is a sandbox: the people are invented, nobody real is messaged.',
      ),
    );
  return found;
};
