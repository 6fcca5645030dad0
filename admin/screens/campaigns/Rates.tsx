// The shares of the campaign list. What a platform does not report is said, never shown as 0.
import { Tooltip } from '@mantine/core';
import type { Report } from '../../../contract/campaigns.ts';
import { Meter } from '../../ui/Meter.tsx';
import { share } from '../../ui/numbers.ts';
import { accepted } from './accepted.ts';
import css from './Campaigns.module.css';

export const Dash = () => <span className="t3">–</span>;

export function Rate({ report, of }: { report: Report | undefined; of: 'read' | 'replied' }) {
  if (!report || report.sent === 0) return <Dash />;
  const value = report[of];
  if (value === null) return <span className={css.unreported}>Not reported</span>;
  return (
    <span className={css.rate}>
      {share(value, report.sent)}
      <Meter value={value / report.sent} />
    </span>
  );
}

export function Delivered({ report }: { report: Report | undefined }) {
  if (!report || report.planned === 0) return <Dash />;
  if (report.sent + report.failed + report.unknown === 0) return <Dash />;
  if (report.delivered === null)
    return (
      <Tooltip label="Accepted by Telegram, of everybody planned. Telegram does not report delivery.">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation is reached by keyboard too */}
        <span className={css.rate} tabIndex={0}>
          <span className={css.dotted}>{accepted(report)}</span>
          <Meter value={report.sent / report.planned} />
        </span>
      </Tooltip>
    );
  if (report.sent === 0) return <Dash />;
  return (
    <span className={css.rate}>
      {share(report.delivered, report.sent)}
      <Meter value={report.delivered / report.sent} />
    </span>
  );
}
