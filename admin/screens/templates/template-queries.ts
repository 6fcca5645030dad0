// What the template screens read, and the words they share.
import {
  addressStandIn,
  labelInBrackets,
  putPlaces,
  putPlacesInAddress,
} from '../../../contract/template-places.ts';
import type {
  LibraryTemplate,
  Template,
  TemplateCategory,
  TemplatePlace,
  TemplateVersion,
  VariableType,
} from '../../../contract/templates.ts';
import { api, keys } from '../../api.ts';

type Signal = { signal: AbortSignal };

export const libraryQuery = {
  queryKey: keys.templateLibrary,
  queryFn: ({ signal }: Signal) =>
    api.get<{ data: LibraryTemplate[] }>('/templates/library', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
};
export const templateQuery = (id: string) => ({
  queryKey: keys.template(id),
  queryFn: ({ signal }: Signal) => api.get<Template>(`/templates/${id}`, undefined, signal),
});
export const versionsQuery = (id: string) => ({
  queryKey: keys.templateVersions(id),
  queryFn: ({ signal }: Signal) =>
    api.get<{ data: TemplateVersion[]; next_cursor: string | null }>(
      `/templates/${id}/versions`,
      { limit: 50 },
      signal,
    ),
});

export const groupWords: Record<Exclude<TemplateCategory, 'own'>, string> = {
  promotional: 'Promotional Campaigns',
  engagement: 'Engagement Campaigns',
  transactional: 'Transactional Campaigns',
};
export const categoryWords: Record<TemplateCategory, string> = {
  own: 'Own',
  promotional: 'Promotional',
  engagement: 'Engagement',
  transactional: 'Transactional',
};
export const typesOfValue: { value: VariableType; label: string }[] = [
  { value: 'text', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'date', label: 'Date' },
  { value: 'time', label: 'Time' },
  { value: 'url', label: 'Address' },
];

/** The text as a person reads it: each place as its label in brackets. `asMarks`: for a text whose marks are read. */
export function withLabels(text: string, variables: TemplatePlace[], asMarks = false): string {
  const labels = new Map(variables.map((one) => [one.name, labelInBrackets(one)]));
  return putPlaces(text, (name) => {
    const label = labels.get(name);
    return asMarks ? label?.replace(/[*_~`[\]()\\]/g, '\\$&') : label;
  });
}

/** An address that can be looked at: a stand-in for each place. */
export function withStandIns(url: string, variables: TemplatePlace[]): string {
  const names = new Set(variables.map((one) => one.name));
  return putPlacesInAddress(url, (name, atStart) =>
    names.has(name) ? (atStart ? addressStandIn : 'x') : undefined,
  );
}

/** A name that was just written becomes a variable by itself: discount_code → Discount code. */
export function newPlace(name: string): TemplatePlace {
  const type: VariableType = /(link|url|address_url)$/.test(name)
    ? 'url'
    : name === 'date' || name === 'time'
      ? name
      : 'text';
  const label = name.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());
  return { name, label, type, required: true, example: null, default: null };
}
