// Choosing one of a number's templates: there may be thousands, so the server is asked for what is typed.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page } from '../../../../contract/lists.ts';
import type { WhatsAppTemplate } from '../../../../contract/whatsapp-templates.ts';
import { api, keys } from '../../../api.ts';

export type TemplateName = Pick<WhatsAppTemplate, 'name' | 'language'>;
export const keyOfTemplate = ({ name, language }: TemplateName) => `${name} ${language}`;
export const labelOfTemplate = ({ name, language }: TemplateName) => `${name} (${language})`;

/** What is asked for: the field shows a chosen one by its label, and no name holds anything but a-z, 0-9 and _. */
export const searchOf = (typed: string, chosen: TemplateName | null) => {
  const name = typed.trim().replace(/ \([^)]*\)$/, '');
  return name === chosen?.name ? '' : name;
};

function useTemplates(connectionId: string | null, search: string, isSendable: boolean) {
  const filter = {
    connection_id: connectionId ?? undefined,
    search: search || undefined,
    sendable: isSendable || undefined,
    limit: 50,
  };
  return useQuery({
    queryKey: [...keys.whatsappTemplates(filter), 'choice'],
    queryFn: ({ signal }) => api.get<Page<WhatsAppTemplate>>('/whatsapp_templates', filter, signal),
    enabled: connectionId !== null,
    placeholderData: keepPreviousData,
  });
}

/** Without `isSendable` those that cannot be sent at present are among them: they say why. */
export function useTemplateChoice(
  connectionId: string | null,
  chosen: TemplateName | null,
  isSendable = false,
) {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(searchOf(typed, chosen), 200);
  const [picked, setPicked] = useState<WhatsAppTemplate>();
  const list = useTemplates(connectionId, search, isSendable);
  const own = useTemplates(connectionId, chosen?.name ?? '', isSendable);
  const found = list.data?.data ?? [];
  const known = [...(own.data?.data ?? []), ...found];
  // what was picked just now is shown until the server has surely said how it is
  const isSure = own.isSuccess && !own.isPlaceholderData && own.data.next_cursor === null;
  if (picked && !isSure) known.push(picked);
  const current = chosen ? known.find((one) => keyOfTemplate(one) === keyOfTemplate(chosen)) : undefined;
  const shown = [
    ...new Map([...(current ? [current] : []), ...found].map((one) => [keyOfTemplate(one), one])).values(),
  ];
  return {
    list,
    current,
    /** The chosen one first, then what was found. */
    shown,
    isNone: list.isSuccess && !list.isPlaceholderData && found.length === 0 && search === '' && !chosen,
    onSearch: setTyped,
    /** What stands behind an option. */
    pick: (key: string | null) => {
      const one = shown.find((each) => keyOfTemplate(each) === key);
      setPicked(one);
      return one;
    },
    nothingFound: list.isFetching ? 'Searching' : 'No template has this name',
  };
}
