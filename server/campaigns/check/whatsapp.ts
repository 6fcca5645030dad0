// What is worth knowing of the people of a WhatsApp campaign: numbers that cannot be one, the marketing rule of the US, who never
// agreed to be written to; and what has to be waited for after a number was connected.
import { sql } from 'kysely';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Reach } from '../../deliveries/runs/reach.ts';
import { AppError } from '../../platform/errors.ts';
import { type Finding, finding, type Must, type Sendable } from './finding.ts';

const n = (count: number) => count.toLocaleString('en');
const haveNumber = (count: number) => (count === 1 ? 'One person has' : `${n(count)} people have`);
const are = (count: number) => (count === 1 ? 'is' : 'are');

/** Whoever was there before the number was connected gets an address by a job: a campaign before its end would miss them. */
export const peopleJoined: Must = {
  key: 'connection',
  step: 'details',
  async holds(ctx, { connection }) {
    if (!factsOf(connection.channel).addressesArePhones) return;
    const { rows } = await sql<{ done: number; total: number }>`
      SELECT people_done AS done, people_total AS total FROM connections
      WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ${connection.id} AND people_total IS NOT NULL`.execute(
      ctx.db,
    );
    const [left] = rows;
    if (left)
      throw new AppError(
        'CONNECTION_NOT_READY',
        `This number was connected just now, and your contacts are still being added to it: ${n(left.done)} of ${n(left.total)}. Send when they are all there, in a minute or two.`,
      );
  },
};

export function adviceOnNumbers({ campaign, connection }: Sendable, { count, agreed }: Reach): Finding[] {
  const { invalid_number: invalid, no_marketing_in_country: kept, reachable } = count;
  if (!factsOf(connection.channel).addressesArePhones) return [];
  const found: Finding[] = [];
  const say = (key: string, words: string) =>
    found.push(finding(key, 'warning', '/audience', words, { words: 'See who is left out' }));
  if (invalid > 0)
    say(
      'invalid_numbers',
      `${haveNumber(invalid)} a phone number that cannot be one, and ${are(invalid)} left out. Correct the number on the contact: with country code, like +44 20 7946 0018.`,
    );
  if (kept > 0)
    say(
      'no_marketing_in_country',
      `${haveNumber(kept)} a number of the United States, where WhatsApp delivers no marketing templates, and ${are(kept)} left out. Messages about an order of theirs go by a utility template.`,
    );
  const never = factsOf(connection.channel).wantsOptIn ? reachable - agreed : 0;
  if (campaign.content.whatsapp?.template && never > 0)
    found.push(
      finding(
        'no_opt_in',
        'warning',
        '/audience',
        `WhatsApp asks for an opt-in that names your business before you write first. For ${n(never)} of the ${n(reachable)} people who would get this none is recorded. Record it on the contact or import it with its proof; complaints lower the quality of your number.`,
      ),
    );
  return found;
}
