// What the screens of approved templates read.
import { factsOf } from '../../../../contract/channel-facts.ts';
import type { Connection } from '../../../../contract/connections.ts';
import type { Page } from '../../../../contract/lists.ts';
import type {
  WhatsAppTemplate,
  WhatsAppTemplateChange,
  WhatsAppTemplateSync,
} from '../../../../contract/whatsapp-templates.ts';
import { api, keys } from '../../../api.ts';

type Signal = { signal: AbortSignal };

export const whatsappTemplateQuery = (id: string) => ({
  queryKey: keys.whatsappTemplate(id),
  queryFn: ({ signal }: Signal) => api.get<WhatsAppTemplate>(`/whatsapp_templates/${id}`, undefined, signal),
});
/** Enough of them to see what language they are in. */
export const someTemplatesQuery = {
  queryKey: [...keys.whatsappTemplates({ limit: 100 }), 'languages'],
  queryFn: ({ signal }: Signal) =>
    api.get<Page<WhatsAppTemplate>>('/whatsapp_templates', { limit: 100 }, signal),
  retry: false,
};
export const historyQuery = (id: string) => ({
  queryKey: keys.whatsappTemplateHistory(id),
  queryFn: ({ signal }: Signal) =>
    api.get<Page<WhatsAppTemplateChange>>(`/whatsapp_templates/${id}/history`, { limit: 50 }, signal),
});
export const syncsQuery = {
  queryKey: keys.whatsappTemplateSyncs,
  queryFn: ({ signal }: Signal) =>
    api.get<{ data: WhatsAppTemplateSync[] }>('/whatsapp_templates/syncs', undefined, signal),
};

export const numbersOf = (connections: Connection[] | undefined) =>
  connections?.filter(({ channel }) => factsOf(channel).takesTemplates) ?? [];
