// What the message brought beyond what people do anyway: those who got it against the holdout.
import type { HoldoutReport } from '../../../contract/variants.ts';
import { figure, people } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import css from './Variants.module.css';

export function HoldoutBlock({ holdout }: { holdout: HoldoutReport }) {
  const rows = [
    ['Got the message', holdout.sent, holdout.sent_converted, holdout.sent_rate],
    ['Left without it', holdout.people, holdout.converted, holdout.rate],
  ] as const;
  return (
    <Section title="Against the holdout">
      <p className="t2">
        {holdout.words} {people(holdout.people)} got nothing on purpose. For both groups, orders within{' '}
        {holdout.days} days of the start count.
      </p>
      <div className={css.scroll}>
        <table className={css.table}>
          <caption className="sr-only">Orders with and without the message</caption>
          <thead>
            <tr>
              <th scope="col">Group</th>
              <th scope="col">People</th>
              <th scope="col">Ordered</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, count, ordered, rate]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{figure(count)}</td>
                <td>
                  {figure(ordered)} <span className="t3">({rate}%)</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
