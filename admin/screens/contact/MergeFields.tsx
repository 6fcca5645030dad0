// Two contacts side by side: each value, and whose stays where both have another.
import { Radio } from '@mantine/core';
import type { MergePreview, MergeSide } from '../../../contract/merges.ts';
import { contactName } from '../contacts/contact-name.ts';
import css from './Merge.module.css';

const labels: Record<string, string> = {
  external_id: 'Shop id',
  first_name: 'First name',
  last_name: 'Last name',
  email: 'Email',
  phone: 'Phone',
  language: 'Language',
  time_zone: 'Time zone',
};
export const fieldLabel = (field: string) => labels[field] ?? field.replace(/^attributes\./, '');

export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

interface Props {
  preview: MergePreview;
  keep: Record<string, MergeSide>;
  onKeep: (field: string, side: MergeSide) => void;
}

export function MergeFields({ preview, keep, onKeep }: Props) {
  const tags = [preview.this.tags, preview.other.tags];
  return (
    <table className={css.fields}>
      <caption className="t3 small">Of two values the marked one stays; the other is kept aside.</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{contactName(preview.this)}</th>
          <th scope="col">{contactName(preview.other)}</th>
        </tr>
      </thead>
      <tbody>
        {preview.fields.map((one) => (
          <tr key={one.field}>
            <th scope="row">{fieldLabel(one.field)}</th>
            {(['this', 'other'] as const).map((side) => (
              <td
                key={side}
                data-side={side}
                data-stays={(keep[one.field] ?? one.keeps) === side || undefined}
              >
                {one.this !== null && one.other !== null && valueText(one.this) !== valueText(one.other) ? (
                  <Radio
                    name={`keep-${one.field}`}
                    aria-label={`${fieldLabel(one.field)}: ${valueText(one[side])}`}
                    label={valueText(one[side])}
                    checked={(keep[one.field] ?? one.keeps) === side}
                    onChange={() => onKeep(one.field, side)}
                  />
                ) : (
                  valueText(one[side])
                )}
              </td>
            ))}
          </tr>
        ))}
        {tags.some((list) => list.length > 0) && (
          <tr>
            <th scope="row">Tags</th>
            {tags.map((list, n) => (
              <td key={n === 0 ? 'this' : 'other'}>{valueText(list.length > 0 ? list : null)}</td>
            ))}
          </tr>
        )}
      </tbody>
    </table>
  );
}
