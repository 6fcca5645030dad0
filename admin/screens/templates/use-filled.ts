// What a template says with these values, a moment after each key, and as the platform shows it.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Content } from '../../../contract/message.ts';
import type { FilledTemplate, LibraryTemplate, Template } from '../../../contract/templates.ts';
import { api, keys } from '../../api.ts';
import { usePreview } from '../composer/LivePreview.tsx';

const nothing: Content = { text: '', media: [], buttons: [] };

export const whichOf = (template: LibraryTemplate | Template) =>
  'key' in template ? { library_key: template.key } : { template_id: template.id };

/** `error`: which values cannot stand there, by pointer; the last good look stays meanwhile. */
export function useFilled(
  template: LibraryTemplate | Template,
  values: Record<string, string>,
  connectionId: string | null,
) {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
  const [input] = useDebouncedValue(JSON.stringify({ ...whichOf(template), values: given }), 250);
  const fill = useQuery({
    queryKey: keys.templateFill(input),
    queryFn: ({ signal }) =>
      api.post<FilledTemplate>('/templates/fill', JSON.parse(input), { idempotencyKey: null, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  });
  const preview = usePreview(fill.data?.content ?? nothing, connectionId, undefined);
  return { missing: fill.data?.missing ?? [], error: fill.error, preview };
}
