// The orders of the campaign list. Featured ones come first in each, so an order is several stretches, each of which one index
// walks in either direction, one stretch after the other.
import { type RawBuilder, sql } from 'kysely';
import type { CampaignQuery, CampaignSort } from '../../../contract/campaign-list.ts';
import { campaignSorts } from '../../../contract/campaign-list.ts';
import { type CampaignStatus, campaignStatus } from '../../../contract/campaigns.ts';

export type Direction = 'asc' | 'desc';

export interface Stretch {
  /** In cursors. */
  name: string;
  featured: boolean;
  /** Which campaigns `c` stand in it, beside being featured or not. */
  where: RawBuilder<boolean>;
  /** What they are sorted by; the id decides between equals. */
  value: RawBuilder<unknown>;
  type: 'timestamptz' | 'text';
  direction: Direction;
}
type Part = Omit<Stretch, 'featured'>;

const everyone = sql<boolean>`true`;
const byCreation = (name: string, where: RawBuilder<boolean>, direction: Direction): Part => ({
  name,
  where,
  value: sql`c.created_at`,
  type: 'timestamptz',
  direction,
});
const inDirection = <T>(all: readonly T[], direction: Direction): readonly T[] =>
  direction === 'asc' ? all : all.toReversed();

/** `statuses`: those that can be met at all. */
const partsOf: Record<CampaignSort, (direction: Direction, statuses: CampaignStatus[]) => Part[]> = {
  created_at: (direction) => [byCreation('created_at', everyone, direction)],
  updated_at: (direction) => [
    { name: 'updated_at', where: everyone, value: sql`c.updated_at`, type: 'timestamptz', direction },
  ],
  name: (direction) => [{ name: 'name', where: everyone, value: sql`c.plain_name`, type: 'text', direction }],
  scheduled_at: (direction) => [
    {
      name: 'planned_at',
      where: sql`c.planned_at IS NOT NULL`,
      value: sql`c.planned_at`,
      type: 'timestamptz',
      direction,
    },
    byCreation('unplanned', sql`c.planned_at IS NULL`, 'desc'),
  ],
  status: (direction, statuses) =>
    inDirection(campaignStatus.options, direction)
      .filter((status) => statuses.includes(status))
      .map((status) => byCreation(status, sql`c.status = ${status}`, 'desc')),
};

/** From the first to the last. */
export function stretchesOf(
  sort: CampaignQuery['sort'],
  { statuses, featured }: { statuses: CampaignStatus[]; featured?: boolean },
): Stretch[] {
  const column = campaignSorts.find((one) => one === sort.replace('-', '')) as CampaignSort;
  const parts = partsOf[column](sort.startsWith('-') ? 'desc' : 'asc', statuses);
  return [true, false]
    .filter((one) => featured === undefined || one === featured)
    .flatMap((one) =>
      parts.map(
        (part): Stretch => ({ ...part, featured: one, name: `${one ? 'featured_' : ''}${part.name}` }),
      ),
    );
}

/** The same order read from its end. */
export const reversed = (order: Stretch[]): Stretch[] =>
  order
    .map((stretch): Stretch => ({ ...stretch, direction: stretch.direction === 'asc' ? 'desc' : 'asc' }))
    .reverse();
