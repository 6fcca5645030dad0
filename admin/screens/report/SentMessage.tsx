// What people got, rendered for one of them.
import { useQuery } from '@tanstack/react-query';
import type { Campaign } from '../../../contract/campaigns.ts';
import { api } from '../../api.ts';
import { Section } from '../../ui/Page.tsx';
import type { Preview } from '../composer/LivePreview.tsx';
import { SpanText } from '../composer/SpanText.tsx';
import css from './Report.module.css';

export function SentMessage({ campaign }: { campaign: Campaign }) {
  const preview = useQuery({
    queryKey: ['sent-message', campaign.id, campaign.version],
    queryFn: () => api.post<Preview>(`/campaigns/${campaign.id}/preview`, {}, { idempotencyKey: null }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const message = preview.data?.rendered;
  return (
    <Section
      title="Message"
      aside={preview.data?.contact ? `as ${preview.data.contact.name} sees it` : undefined}
    >
      {message ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className={css.message} tabIndex={0} aria-label="Message as sent">
          {message.image && <img src={message.image.url} alt="" className={css.image} />}
          <div className={css.text}>
            <SpanText spans={message.spans} />
          </div>
          {message.buttons.length > 0 && (
            <div className={css.messageButtons}>
              {message.buttons.map((button, index) => (
                <span key={String(index)} title={button.url}>
                  {button.text}
                </span>
              ))}
            </div>
          )}
        </section>
      ) : (
        <p className="t3">
          {preview.isPending ? '' : 'The message cannot be shown. The send log is complete.'}
        </p>
      )}
    </Section>
  );
}
