// What it brought so far with the words it has now, on its card.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { figure, money, share } from '../../ui/numbers.ts';
import css from './Automations.module.css';

export function LastDays({ campaign }: { campaign: Campaign }) {
  const { data: report } = useQuery({
    queryKey: keys.report(campaign.id),
    queryFn: ({ signal }) => api.get<Report>(`/campaigns/${campaign.id}/report`, undefined, signal),
  });
  const none = !report?.run_id;
  const value = report?.converted_value;
  const rows = [
    ['Sent', none ? '–' : figure(report.sent)],
    ['Clicked', none || report.clicked === null ? '–' : share(report.clicked, report.sent)],
    ['Orders', none || report.converted === null ? '–' : figure(report.converted)],
    ['Revenue', none || !value ? '–' : money(Number(value.amount), value.currency)],
  ];
  return (
    <>
      <dl className={css.results}>
        {rows.map(([label, words]) => (
          <div key={label}>
            <dt className="small t3">{label}</dt>
            <dd className={css.result}>{words}</dd>
          </div>
        ))}
      </dl>
      {!none && (
        <Link to="/campaigns/$id" params={{ id: campaign.id }} className={`small ${css.report}`}>
          Report and send log
        </Link>
      )}
    </>
  );
}
