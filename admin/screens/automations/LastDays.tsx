// What the last seven days brought, on a card: bars by day and four figures.
import { Link } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { hasReport, isAutomation } from '../campaigns/status.tsx';
import css from './Automations.module.css';
import { DayBars } from './DayBars.tsx';
import { resultsOf } from './figures-words.ts';
import { useLastDays } from './use-figures.ts';

export function LastDays({ campaign }: { campaign: Campaign }) {
  const { data, error } = useLastDays(campaign.id);
  if (error && !data) return <p className={`small t3 ${css.results}`}>The figures could not be loaded.</p>;
  const leads = data && data.total.sent > 0 && (isAutomation(campaign) || hasReport(campaign));
  return (
    <>
      <div className={css.bars}>
        {data && <DayBars days={data.days.map(({ date, sent }) => ({ date, count: sent }))} />}
      </div>
      <dl className={css.results}>
        {(data ? resultsOf(data) : emptyResults).map(({ label, value, words, whole }) => (
          <div key={label}>
            <dt className="small t3">{label}</dt>
            <dd className={css.result} data-words={words || undefined} title={whole}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {leads && (
        <Link to="/campaigns/$id" params={{ id: campaign.id }} className={`small ${css.report}`}>
          Report and send log
        </Link>
      )}
    </>
  );
}

/** In the final shape while the figures load. */
const emptyResults: ReturnType<typeof resultsOf> = ['Sent', 'Clicked', 'Orders', 'Revenue'].map((label) => ({
  label,
  value: '\u00a0',
  whole: undefined,
}));
