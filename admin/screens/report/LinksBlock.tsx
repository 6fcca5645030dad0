// The links of the message: who opened them, how often, and how often programs did.
import { useQuery } from '@tanstack/react-query';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import type { TrackedLinks } from '../../../contract/links.ts';
import { api, keys } from '../../api.ts';
import { figure } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import css from './Course.module.css';

interface Props {
  campaign: Campaign;
  report: Report;
  /** Absent: of an automation all its runs, as its report. */
  runId: string | undefined;
}

export function LinksBlock({ campaign, report, runId }: Props) {
  const links = useQuery({
    queryKey: keys.links(campaign.id, runId),
    queryFn: ({ signal }) =>
      api.get<TrackedLinks>(`/campaigns/${campaign.id}/links`, { run_id: runId }, signal),
    refetchInterval: runId === undefined ? false : campaign.status === 'sending' ? 5000 : 30_000,
    enabled: report.run_id !== null,
  });
  const rows = links.data?.data ?? [];
  return (
    <Section title="Links" aside={rows.length > 0 ? 'Previews: opened by programs' : undefined}>
      {rows.length === 0 ? (
        <p className="t3">{links.error ? 'The links could not be loaded.' : (links.data?.untracked ?? '')}</p>
      ) : (
        <table className={css.links}>
          <caption className="sr-only">Links of the message</caption>
          <thead>
            <tr>
              <th scope="col">Link</th>
              <th scope="col">People</th>
              <th scope="col">Clicks</th>
              <th scope="col">Previews</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((link) => (
              <tr key={link.id}>
                <td>
                  <span className="ellipsis" style={{ display: 'block' }}>
                    {link.place}
                  </span>
                  <a className={css.target} href={link.url} target="_blank" rel="noreferrer" title={link.url}>
                    {link.url}
                  </a>
                </td>
                <td>{figure(link.people)}</td>
                <td>{figure(link.clicks)}</td>
                <td>{figure(link.previews)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
