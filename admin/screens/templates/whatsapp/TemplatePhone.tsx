// A template on a phone, with the examples in its places: what WhatsApp judges.
import {
  IconCopy,
  IconCornerUpLeft,
  IconExternalLink,
  IconFileText,
  IconMovie,
  IconPhone,
  IconPhoto,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Media } from '../../../../contract/media.ts';
import {
  exampleValues,
  type HeaderFile,
  type HydratedButton,
  hydrated,
  type TemplateComponent,
} from '../../../../contract/whatsapp-templates.ts';
import { api } from '../../../api.ts';
import { WhatsAppFrame } from '../../../channels/whatsapp/WhatsAppFrame.tsx';
import platforms from '../../composer/preview/Platforms.module.css';
import { SpanText } from '../../composer/SpanText.tsx';
import { spansOf } from './template-look.ts';
import css from './WhatsAppTemplates.module.css';

interface Props {
  name: string;
  components: TemplateComponent[];
  sampleId: string | null;
  clock: string;
}

export function TemplatePhone({ name, components, sampleId, clock }: Props) {
  const shown = hydrated(components, exampleValues(components));
  const isEmpty = shown.body === '' && !shown.header && !shown.headerFile;
  return (
    <WhatsAppFrame name={name} clock={clock}>
      {isEmpty ? (
        <span className={platforms.dayLight}>Write the message to see it here</span>
      ) : (
        <div className={platforms.card}>
          {shown.headerFile && <Sample kind={shown.headerFile} id={sampleId} />}
          <div className={platforms.text} dir="auto">
            {shown.header && <strong className={css.shownHeader}>{shown.header}</strong>}
            <SpanText spans={spansOf(shown.body)} />
            {shown.footer && <span className={css.shownFooter}>{shown.footer}</span>}
            <span className={platforms.time}>{clock}</span>
          </div>
          {shown.buttons.map((button, index) => (
            <span key={String(index)} className={platforms.row} title={titleOf(button)}>
              <ButtonIcon kind={button.kind} />
              {button.text}
            </span>
          ))}
        </div>
      )}
    </WhatsAppFrame>
  );
}

const titleOf = (button: HydratedButton) =>
  button.kind === 'url' ? button.url : button.kind === 'phone' ? button.phone_number : undefined;
const icons = {
  url: IconExternalLink,
  phone: IconPhone,
  quick_reply: IconCornerUpLeft,
  copy_code: IconCopy,
  other: IconExternalLink,
};
function ButtonIcon({ kind }: { kind: HydratedButton['kind'] }) {
  const Icon = icons[kind];
  return <Icon size={14} aria-hidden />;
}

const files = { image: IconPhoto, video: IconMovie, document: IconFileText };
const words = { image: 'Picture', video: 'Video', document: 'Document' };
function Sample({ kind, id }: { kind: HeaderFile; id: string | null }) {
  const { data } = useQuery({
    queryKey: ['media', id],
    enabled: id !== null,
    queryFn: ({ signal }) => api.get<Media>(`/media/${id}`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (kind === 'image' && data) return <img className={css.sample} src={data.url} alt="" />;
  const Icon = files[kind];
  return (
    <span className={css.standIn}>
      <Icon size={28} stroke={1.5} aria-hidden />
      {data?.file_name ?? words[kind]}
    </span>
  );
}
