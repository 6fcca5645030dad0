// The files of a message in its bubble: pictures, videos and recordings as they are, everything else as a line to save.
import { IconAlertTriangle, IconDownload, IconFileText, IconLoader2 } from '@tabler/icons-react';
import { useState } from 'react';
import type { MessageFile } from '../../../contract/conversations.ts';
import { fileSize } from '../../ui/numbers.ts';
import css from './MessageFiles.module.css';

const words: Record<MessageFile['kind'], string> = {
  image: 'Picture',
  animation: 'GIF',
  video: 'Video',
  audio: 'Recording',
  document: 'Document',
  sticker: 'Sticker',
};
const nameOf = (file: MessageFile) =>
  file.voice ? 'Voice message' : file.kind === 'document' ? (file.file_name ?? 'Document') : words[file.kind];

export function MessageFiles({ files }: { files: MessageFile[] }) {
  if (files.length === 0) return null;
  return (
    <div className={css.files}>
      {files.map((file, index) => (
        <OneFile key={`${file.url}${String(index)}`} file={file} />
      ))}
    </div>
  );
}

function OneFile({ file }: { file: MessageFile }) {
  const [broken, setBroken] = useState(false);
  if (file.state !== 'ready' || file.url === null) return <NotThere file={file} />;
  const fails = { onError: () => setBroken(true) };
  if (broken || file.kind === 'document') return <Line file={file} url={file.url} />;
  if (file.kind === 'video')
    return (
      <video className={css.video} src={file.url} controls preload="metadata" aria-label="Video" {...fails} />
    );
  if (file.kind === 'audio')
    return (
      <audio
        className={css.audio}
        src={file.url}
        controls
        preload="metadata"
        aria-label={nameOf(file)}
        {...fails}
      />
    );
  const size = file.width && file.height ? { width: file.width, height: file.height } : {};
  const image = (
    <img
      className={css[file.kind === 'sticker' ? 'sticker' : 'picture']}
      src={file.url}
      alt={nameOf(file)}
      loading="lazy"
      {...size}
      {...fails}
    />
  );
  if (file.kind === 'sticker') return image;
  return (
    <a href={file.url} target="_blank" rel="noreferrer" title="Open the picture in a tab of its own">
      {image}
    </a>
  );
}

/** What the browser cannot play, and documents. */
function Line({ file, url }: { file: MessageFile; url: string }) {
  const { size_bytes: size } = file;
  return (
    <a className={css.line} href={url} download={file.file_name ?? true}>
      <IconFileText size={20} stroke={1.75} aria-hidden />
      <span className={css.name}>
        <span className="ellipsis">
          {file.kind === 'document' ? nameOf(file) : (file.file_name ?? nameOf(file))}
        </span>
        {size !== null && <small className="t3">{fileSize(size)}</small>}
      </span>
      <IconDownload size={16} stroke={1.75} aria-hidden />
      <span className="sr-only">Save</span>
    </a>
  );
}

function NotThere({ file }: { file: MessageFile }) {
  const isComing = file.state === 'fetching';
  const Icon = isComing ? IconLoader2 : IconAlertTriangle;
  return (
    <div className={css.line} data-coming={isComing || undefined}>
      <Icon size={20} stroke={1.75} aria-hidden />
      <span className={css.name}>
        <span className="ellipsis">{nameOf(file)}</span>
        <small className={isComing ? 't3' : 'bad'}>
          {file.problem ?? (isComing ? 'Being fetched' : 'Not there')}
        </small>
      </span>
    </div>
  );
}
