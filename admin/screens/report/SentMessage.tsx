// What people got: the message that went to one of them as it was sent, or, where none is kept, rendered for somebody.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Message } from '../../../contract/conversations.ts';
import type { Delivery } from '../../../contract/deliveries.ts';
import type { Page } from '../../../contract/lists.ts';
import type { RenderedMessage } from '../../../contract/message.ts';
import { ApiProblem, api } from '../../api.ts';
import { useZone } from '../../session.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Section } from '../../ui/Page.tsx';
import { momentShort } from '../../ui/times.ts';
import type { Preview } from '../composer/LivePreview.tsx';
import { SpanText } from '../composer/SpanText.tsx';
import { type Pressed, pressedIn, pressedOf } from './pressed.ts';
import css from './Report.module.css';

/** `anySent`: somebody has it already, so it can be shown as they got it. */
export function SentMessage({ campaign, anySent }: { campaign: Campaign; anySent: boolean }) {
  const zone = useZone();
  const got = useQuery({
    queryKey: ['sent-to', campaign.id, anySent],
    queryFn: async ({ signal }) => {
      const filter = { state: 'sent,delivered,read', limit: 1 };
      const page = await api.get<Page<Delivery>>(`/campaigns/${campaign.id}/deliveries`, filter, signal);
      const delivery = page.data[0];
      return delivery ? { delivery, message: await keptMessage(delivery.id, signal) } : null;
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const contactId = got.data?.delivery.contact_id;
  const kept = got.data?.message;
  const preview = useQuery({
    queryKey: ['sent-message', campaign.id, campaign.version, contactId],
    enabled: got.isSuccess && !kept,
    queryFn: () =>
      api.post<Preview>(
        `/campaigns/${campaign.id}/preview`,
        { contact_id: contactId },
        { idempotencyKey: null },
      ),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const rendered = kept ? undefined : preview.data?.rendered;
  const failed = got.isError && got.data === undefined;
  const shown = kept ? ofThread(kept) : rendered && ofPreview(rendered);
  return (
    <Section
      title="Message"
      aside={
        <span className={css.asWhom} dir="auto">
          {kept && got.data
            ? `to ${got.data.delivery.contact_name}, ${momentShort(kept.at, zone)}`
            : preview.data?.contact && `Preview for ${preview.data.contact.name}`}
        </span>
      }
    >
      {failed ? (
        <ErrorState
          title="What was sent could not be read"
          error={got.error}
          safe="The send log is complete."
          onRetry={() => void got.refetch()}
        />
      ) : shown ? (
        <>
          {!kept && anySent && (
            <p className="small t3">What was sent is not kept. This is how it would be sent now.</p>
          )}
          <Bubble {...shown} label={kept ? 'Message as sent' : 'Message, a preview'} />
        </>
      ) : (
        <p className="t3">
          {got.isPending || preview.isPending ? '' : 'The message cannot be shown. The send log is complete.'}
        </p>
      )}
    </Section>
  );
}

/** Null: nothing is kept of it, as of people who were erased. */
async function keptMessage(deliveryId: string, signal: AbortSignal): Promise<Message | null> {
  try {
    return await api.get<Message>(`/deliveries/${deliveryId}/message`, undefined, signal);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

interface Shown {
  imageUrl: string | null;
  header: string | null;
  text: ReactNode;
  footer: string | null;
  pressed: Pressed[];
}

const ofThread = (message: Message): Shown => ({
  imageUrl: message.image_url,
  header: message.header,
  text: message.spans.length > 0 ? <SpanText spans={message.spans} /> : message.text,
  footer: message.footer,
  pressed: pressedIn(message),
});

const ofPreview = (message: RenderedMessage): Shown => ({
  imageUrl: message.image?.url ?? null,
  header: message.whatsapp?.header ?? null,
  text: <SpanText spans={message.spans} />,
  footer: message.whatsapp?.footer ?? null,
  pressed: pressedOf(message),
});

function Bubble({ imageUrl, header, text, footer, pressed, label }: Shown & { label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={css.message} tabIndex={0} aria-label={label}>
      {imageUrl && <img src={imageUrl} alt="" className={css.image} />}
      {header && (
        <div className={`${css.text} strong`} dir="auto">
          {header}
        </div>
      )}
      <div className={css.text} dir="auto">
        {text}
      </div>
      {footer && (
        <div className={`${css.text} small t3`} dir="auto">
          {footer}
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
  );
}
