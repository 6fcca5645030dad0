// What people got, rendered for one of them.
import { useQuery } from '@tanstack/react-query';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Delivery } from '../../../contract/deliveries.ts';
import type { Page } from '../../../contract/lists.ts';
import { api } from '../../api.ts';
import { Section } from '../../ui/Page.tsx';
import type { Preview } from '../composer/LivePreview.tsx';
import { SpanText } from '../composer/SpanText.tsx';
import { pressedOf } from './pressed.ts';
import css from './Report.module.css';

/** `anySent`: somebody has it already, so it can be shown as they see it. */
export function SentMessage({ campaign, anySent }: { campaign: Campaign; anySent: boolean }) {
  const got = useQuery({
    queryKey: ['sent-to', campaign.id, anySent],
    queryFn: async ({ signal }) => {
      const filter = { state: 'sent,delivered,read', limit: 1 };
      const page = await api.get<Page<Delivery>>(`/campaigns/${campaign.id}/deliveries`, filter, signal);
      return page.data[0]?.contact_id ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const contactId = got.data ?? undefined;
  const preview = useQuery({
    queryKey: ['sent-message', campaign.id, campaign.version, contactId],
    enabled: !got.isPending,
    queryFn: () =>
      api.post<Preview>(
        `/campaigns/${campaign.id}/preview`,
        { contact_id: contactId },
        { idempotencyKey: null },
      ),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const message = preview.data?.rendered;
  const pressed = message ? pressedOf(message) : [];
  return (
    <Section
      title="Message"
      aside={
        preview.data?.contact && (
          <span className={css.asWhom} dir="auto">
            {contactId
              ? `as ${preview.data.contact.name} sees it`
              : `for example for ${preview.data.contact.name}`}
          </span>
        )
      }
    >
      {message ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className={css.message} tabIndex={0} aria-label="Message as sent">
          {message.image && <img src={message.image.url} alt="" className={css.image} />}
          {message.whatsapp?.header && (
            <div className={`${css.text} strong`} dir="auto">
              {message.whatsapp.header}
            </div>
          )}
          <div className={css.text} dir="auto">
            <SpanText spans={message.spans} />
          </div>
          {message.whatsapp?.footer && (
            <div className={`${css.text} small t3`} dir="auto">
              {message.whatsapp.footer}
            </div>
          )}
          {pressed.length > 0 && (
            <div className={css.messageButtons}>
              {pressed.map(({ title, hint }, index) => (
                <span key={String(index)} title={hint ?? undefined}>
                  {title}
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
