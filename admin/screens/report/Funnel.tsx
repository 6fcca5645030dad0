// From sent to converted, as shares of sent. What the platform does not report is "Not reported", never 0.

import type { Campaign, Report } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import { figure, share } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import css from './Report.module.css';

export function Funnel({ campaign, report }: { campaign: Campaign; report: Report }) {
  const steps = [
    ['Sent', report.sent],
    ['Delivered', report.delivered],
    ['Read', report.read],
    ['Clicked', report.clicked],
    ['Replied', report.replied],
    ['Converted', report.converted],
  ] as const;
  const base = (label: string) => baseOf(label, report);
  return (
    <Section title="Funnel" aside={asideOf(report)}>
      <dl className={css.funnel}>
        {steps.map(([label, value], index) => (
          <div key={label} className={css.step}>
            <dt className="t2">{label}</dt>
            {value === null ? (
              <dd className={css.unreported}>
                <span title={whyNone(label, campaign)}>{noneWord(label, campaign)}</span>
              </dd>
            ) : (
              <>
                <dd className={css.track} aria-hidden>
                  <span
                    className={css.fill}
                    style={{
                      width: base(label) > 0 ? `${Math.min(1, value / base(label)) * 100}%` : 0,
                      minWidth: value > 0 ? 2 : 0,
                      opacity: 1 - index * 0.12,
                    }}
                  />
                </dd>
                <dd className={css.number}>{figure(value)}</dd>
                <dd className={css.percent}>{share(value, base(label))}</dd>
                {base(label) !== report.sent && (
                  <dd className={css.unreported}>
                    {figure(value)} of {figure(base(label))} sent where the platform tells it
                  </dd>
                )}
              </>
            )}
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** Of an automation on several channels only what went where it is told can be delivered and read. */
function baseOf(label: string, { sent, delivered, pending }: Report): number {
  const isTold = label === 'Delivered' || label === 'Read';
  return isTold && delivered !== null && pending !== null ? delivered + pending : sent;
}

/** The platform would tell it; the campaign's settings say not to show it. */
const isOff = (label: string, { channel }: Campaign) =>
  factsOf(channel)?.tellsReceipts && (label === 'Delivered' || label === 'Read');

const isTemplate = ({ channel, content }: Campaign) =>
  factsOf(channel)?.takesTemplates && Boolean(content.whatsapp?.template);

function noneWord(label: string, campaign: Campaign): string {
  if (label === 'Clicked' && isTemplate(campaign)) return 'Not counted by WhatsApp';
  if (label === 'Clicked' || label === 'Converted') return 'Not measured';
  return isOff(label, campaign) ? 'Not tracked' : 'Not reported';
}

function whyNone(label: string, campaign: Campaign): string {
  if (label === 'Clicked' && isTemplate(campaign))
    return 'The addresses of a template are approved as they are and lead straight there';
  if (label === 'Clicked') return 'No link of this message is tracked';
  if (label === 'Converted') return 'No shop tells its orders here';
  if (isOff(label, campaign)) return 'Switched off in the settings of this campaign';
  return `${factsOf(campaign.channel)?.name ?? 'Telegram'} does not report this`;
}

/** While some are on their way: who was offline gets it later, for up to 30 days. */
function asideOf({ pending }: Report): string {
  return pending ? `Share of sent, ${figure(pending)} not delivered yet` : 'Share of sent';
}
