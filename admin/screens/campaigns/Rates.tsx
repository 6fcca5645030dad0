// The shares of the campaign list. What a platform does not report is said, never shown as 0.
import { Tooltip } from '@mantine/core';
import type { CampaignFigures, ListedCampaign } from '../../../contract/campaign-list.ts';
import { Meter } from '../../ui/Meter.tsx';
import { share } from '../../ui/numbers.ts';
import { acceptedOfPlanned } from '../report/accepted-words.ts';
import { accepted } from './accepted.ts';
import css from './Campaigns.module.css';

export const Dash = () => <span className="t3">–</span>;

export function Rate({
  figures,
  of,
}: {
  figures: CampaignFigures | null;
  of: 'read' | 'clicked' | 'replied';
}) {
  if (!figures || figures.sent === 0) return <Dash />;
  const value = figures[of];
  if (value === null)
    return <span className={css.unreported}>{of === 'read' ? 'Not reported' : 'Not tracked'}</span>;
  return (
    <span className={css.rate}>
      {share(value, figures.sent)}
      <Meter value={value / figures.sent} />
    </span>
  );
}

export function Delivered({ campaign: { figures, unknown, channel } }: { campaign: ListedCampaign }) {
  if (!figures || figures.planned === 0) return <Dash />;
  if (figures.sent + figures.failed + unknown === 0) return <Dash />;
  if (figures.delivered === null)
    return (
      <Tooltip label={acceptedOfPlanned(channel)}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation is reached by keyboard too */}
        <span className={css.rate} tabIndex={0}>
          <span className={css.dotted}>{accepted(figures, unknown)}</span>
          <Meter value={figures.sent / figures.planned} />
        </span>
      </Tooltip>
    );
  if (figures.sent === 0) return <Dash />;
  return (
    <span className={css.rate}>
      {share(figures.delivered, figures.sent)}
      <Meter value={figures.delivered / figures.sent} />
    </span>
  );
}
