// Which files go together in one message of each channel, and which do not go at all.
import type { Channel } from '../../contract/connections.ts';
import type { FieldProblem } from '../../contract/errors.ts';
import type { RenderedAttachment } from '../../contract/message.ts';
import { albumProblems } from './album.ts';
import { fileProblems } from './whatsapp/free.ts';

/** `buttons`: how many stand under them. */
export const filesOn: Record<Channel, (files: RenderedAttachment[], buttons: number) => FieldProblem[]> = {
  telegram: albumProblems,
  whatsapp: fileProblems,
  website: () => [],
};
