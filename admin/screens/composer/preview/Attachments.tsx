// The files of a message as a bubble shows them: one large, several as an album, documents as a line with name and size.
import { IconFileText, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useState } from 'react';
import type { RenderedAttachment, RenderedMessage } from '../../../../contract/message.ts';
import { fileSize } from '../../../ui/numbers.ts';
import { shownAt } from './example-pictures.ts';
import css from './Platforms.module.css';

/** Messages stored before there were several files know one picture alone. */
export function filesOf(message: RenderedMessage): RenderedAttachment[] {
  if (message.attachments) return message.attachments;
  return message.image ? [{ kind: 'image', file_name: null, size_bytes: null, ...message.image }] : [];
}

export function Attachments({ message }: { message: RenderedMessage }) {
  const files = filesOf(message);
  const seen = files.filter((file) => file.kind !== 'document');
  const documents = files.filter((file) => file.kind === 'document');
  return (
    <>
      {seen.length > 0 && (
        <div className={css.album} data-count={Math.min(seen.length, 4)}>
          {seen.map((file, index) => (
            <Seen key={`${file.url}${String(index)}`} file={file} />
          ))}
        </div>
      )}
      {documents.map((file, index) => (
        <div key={`${file.url}${String(index)}`} className={css.document}>
          <span className={css.documentIcon} aria-hidden>
            <IconFileText size={20} stroke={1.75} />
          </span>
          <span className={css.documentName}>
            {file.file_name ?? 'Document'}
            {file.size_bytes !== null && <small>{fileSize(file.size_bytes)}</small>}
          </span>
        </div>
      ))}
    </>
  );
}

function Seen({ file }: { file: RenderedAttachment }) {
  const [broken, setBroken] = useState<string | null>(null);
  if (broken === file.url)
    return (
      <div className={css.broken}>
        {file.kind === 'video'
          ? 'The video cannot be shown here. Check its address.'
          : 'The picture cannot be shown here. Check its address.'}
      </div>
    );
  if (file.kind !== 'video')
    return (
      <span className={css.seen}>
        <img src={shownAt(file.url)} alt="" onError={() => setBroken(file.url)} />
        {file.kind === 'animation' && <span className={css.gif}>GIF</span>}
      </span>
    );
  return (
    <span className={css.seen}>
      <video src={file.url} preload="metadata" muted tabIndex={-1} onError={() => setBroken(file.url)} />
      <span className={css.play} aria-hidden>
        <IconPlayerPlayFilled size={20} />
      </span>
    </span>
  );
}
