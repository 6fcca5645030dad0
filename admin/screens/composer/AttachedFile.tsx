// One uploaded file of a message: what it is, how large, and its place among the others.
import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconFileText, IconMovie, IconPhoto, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Media } from '../../../contract/media.ts';
import { api } from '../../api.ts';
import { fileSize } from '../../ui/numbers.ts';
import css from './Composer.module.css';

const kinds = { image: 'Picture', animation: 'GIF, plays by itself', video: 'Video', document: 'Document' };

export function AttachedFile({ id, children }: { id: string; children: ReactNode }) {
  const { data, isError } = useQuery({
    queryKey: ['media', id],
    queryFn: ({ signal }) => api.get<Media>(`/media/${id}`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={css.file}>
      <Thumbnail media={data} />
      <span className="grow" style={{ minWidth: 0 }}>
        <span className="strong ellipsis" style={{ display: 'block' }}>
          {data?.file_name ?? 'File'}
        </span>
        <span className="small t3">
          {data ? about(data) : isError ? 'Its details could not be read' : 'Loading'}
        </span>
      </span>
      {children}
    </div>
  );
}

function Thumbnail({ media }: { media: Media | undefined }) {
  if (media?.kind === 'image' || media?.kind === 'animation') return <img src={media.url} alt="" />;
  const Icon = media?.kind === 'video' ? IconMovie : media?.kind === 'document' ? IconFileText : IconPhoto;
  return (
    <span className={css.fileIcon}>
      <Icon size={20} stroke={1.75} aria-hidden />
    </span>
  );
}

function about({ kind, size_bytes, width, height, duration_seconds }: Media): string {
  return [
    kinds[kind],
    fileSize(size_bytes),
    width ? `${width} × ${height}` : null,
    duration_seconds ? length(duration_seconds) : null,
  ]
    .filter(Boolean)
    .join(', ');
}

/** "0:12", "2:05". */
function length(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

interface RowProps {
  place: number;
  count: number;
  onMove: ((by: number) => void) | null;
  onRemove: (() => void) | null;
}

export function RowButtons({ place, count, onMove, onRemove }: RowProps) {
  const which = count > 1 ? `file ${place + 1}` : 'the file';
  return (
    <>
      {onMove && count > 1 && (
        <>
          <ActionIcon
            variant="subtle"
            aria-label={`Move ${which} up`}
            disabled={place === 0}
            onClick={() => onMove(-1)}
          >
            <IconArrowUp size={16} stroke={1.75} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            aria-label={`Move ${which} down`}
            disabled={place === count - 1}
            onClick={() => onMove(1)}
          >
            <IconArrowDown size={16} stroke={1.75} />
          </ActionIcon>
        </>
      )}
      {onRemove && (
        <ActionIcon variant="subtle" aria-label={`Remove ${which}`} onClick={onRemove}>
          <IconX size={16} stroke={1.75} />
        </ActionIcon>
      )}
    </>
  );
}
