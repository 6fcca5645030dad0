// What an automation brought in the last 30 days, reckoned in two ways that stand beside each other under their names.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Conversion } from '../../../contract/automations.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { figure, money, people, share } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import courseCss from './Course.module.css';
import { extraWords, lastTouchWords } from './conversion-words.ts';
import css from './Variants.module.css';

const days = 30;

export function ConversionBlock({ campaign }: { campaign: Campaign }) {
  const { data, error, refetch } = useQuery({
    queryKey: keys.conversion(campaign.id),
    queryFn: ({ signal }) => api.get<Conversion>(`/campaigns/${campaign.id}/conversion`, { days }, signal),
  });
  if (error && !data)
    return (
      <ErrorState title="What it brought could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  if (!data) return <BlockSkeleton height={160} />;
  const touch = lastTouchWords(data);
  const extra = extraWords(data);
  const { holdout } = data;
  return (
    <div className={courseCss.two}>
      <Section title="By last touch" aside={`Last ${days} days`}>
        <p className="strong">{touch.words}</p>
        {touch.revenue && <p className="strong">{touch.revenue}</p>}
        <p className="small t3">
          Every order within {data.window_days} days counts as the work of the last campaign message before
          it, also of those who would have ordered anyway.
        </p>
      </Section>
      <Section title="Against the holdout" aside={`Last ${days} days`}>
        {holdout ? (
          <>
            <p className="strong">{extra ?? holdout.words}</p>
            {extra && <p className="t2">{holdout.words}</p>}
            <div className={css.scroll}>
              <table className={css.table}>
                <caption className="sr-only">Orders with and without the message</caption>
                <thead>
                  <tr>
                    <th scope="col">Group</th>
                    <th scope="col">People</th>
                    <th scope="col">Ordered</th>
                    <th scope="col">Revenue each</th>
                  </tr>
                </thead>
                <tbody>
                  {(
                    [
                      [
                        'Meant to get it',
                        holdout.sent,
                        holdout.sent_ordered,
                        holdout.revenue.sent_per_person,
                      ],
                      [
                        'Left without it',
                        holdout.held_out,
                        holdout.held_out_ordered,
                        holdout.revenue.held_out_per_person,
                      ],
                    ] as const
                  ).map(([name, count, ordered, each]) => (
                    <tr key={name}>
                      <th scope="row">{name}</th>
                      <td>{figure(count)}</td>
                      <td>
                        {figure(ordered)} <span className="t3">({share(ordered, count)})</span>
                      </td>
                      <td>{money(Number(each.amount), each.currency)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p className="small t3">
              {people(holdout.held_out)} got nothing on purpose: what they order anyway is taken off.
            </p>
          </>
        ) : (
          <p className="t2">
            Nobody is left without it, so what people would have ordered anyway is not known.{' '}
            <Link to="/automations" search={{ open: campaign.id }}>
              Leave some people without it
            </Link>
            , under More settings.
          </p>
        )}
      </Section>
    </div>
  );
}
