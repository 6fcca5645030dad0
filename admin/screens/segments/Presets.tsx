// Rules to begin with: what most shops want, as cards that open the editor with the rule in it.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { z } from 'zod';
import type { segmentPresets } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import css from './Segments.module.css';

export const presetsQuery = {
  queryKey: keys.segmentPresets,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<z.infer<typeof segmentPresets>>('/segment_presets', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
};

export function Presets() {
  const { data, error } = useQuery(presetsQuery);
  if (error) return null;
  if (!data) return <BlockSkeleton height={88} />;
  return (
    <ul className={css.presets} aria-label="Rules to begin with">
      {data.data.map((preset) => (
        <li key={preset.key}>
          <Link to="/segments/new" search={{ preset: preset.key }} className={`card ${css.preset}`}>
            <span className="strong">{preset.name}</span>
            <span className="t3 small">{preset.description}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
