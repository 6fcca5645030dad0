// From sent to converted, as shares of sent. What the platform does not report is "Not reported", never 0.
import type { Report } from '../../../contract/campaigns.ts';
import { figure, share } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import css from './Report.module.css';

export function Funnel({ report }: { report: Report }) {
  const steps = [
    ['Sent', report.sent],
    ['Delivered', report.delivered],
    ['Read', report.read],
    ['Clicked', report.clicked],
    ['Replied', report.replied],
    ['Converted', report.converted],
  ] as const;
  return (
    <Section title="Funnel" aside="Share of sent">
      <dl className={css.funnel}>
        {steps.map(([label, value], index) => (
          <div key={label} className={css.step}>
            <dt className="t2">{label}</dt>
            {value === null ? (
              <dd className={css.unreported}>
                <span
                  title={
                    label === 'Clicked'
                      ? 'No link of this message is tracked'
                      : label === 'Converted'
                        ? 'No shop tells its orders here'
                        : 'Telegram does not report this'
                  }
                >
                  {label === 'Clicked' || label === 'Converted' ? 'Not measured' : 'Not reported'}
                </span>
              </dd>
            ) : (
              <>
                <dd className={css.track} aria-hidden>
                  <span
                    className={css.fill}
                    style={{
                      width: report.sent > 0 ? `${Math.min(1, value / report.sent) * 100}%` : 0,
                      minWidth: value > 0 ? 2 : 0,
                      opacity: 1 - index * 0.12,
                    }}
                  />
                </dd>
                <dd className={css.number}>{figure(value)}</dd>
                <dd className={css.percent}>{share(value, report.sent)}</dd>
              </>
            )}
          </div>
        ))}
      </dl>
    </Section>
  );
}
