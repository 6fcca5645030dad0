// Uploaded files. Only what a platform can show is accepted, judged by content, never by name.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';

/** Telegram takes photos up to 10 MB, width + height ≤ 10,000, ratio ≤ 20 (Bot API 10.1, sendPhoto, 2026-06-11). */
export const imageLimits = { sizeBytes: 10 * 1024 * 1024, sidesSum: 10_000, ratio: 20 } as const;
/** Telegram fetches and plays more; 16 MB is what WhatsApp takes, and what the product promises for every channel. */
export const videoLimits = { sizeBytes: 16 * 1024 * 1024, sidesSum: 8192 } as const;
export const documentLimits = { sizeBytes: 16 * 1024 * 1024 } as const;
/** Kinds of files that people send us, and the most that is kept of one. */
export const receivedKinds = ['image', 'video', 'audio', 'document', 'sticker'] as const;
export type ReceivedKind = (typeof receivedKinds)[number];
export const maxReceivedBytes = 16 * 1024 * 1024;
export const maxUploadBytes = 16 * 1024 * 1024;
export const imageMimes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

/** An animation is a moving GIF: Telegram plays it without sound, in a loop. */
export const mediaKinds = ['image', 'animation', 'video', 'document'] as const;
export type MediaKind = (typeof mediaKinds)[number];

export const media = z
  .object({
    id: wireId('med'),
    kind: z.enum(mediaKinds),
    mime: z.string(),
    file_name: z.string(),
    size_bytes: z.number().int(),
    width: z.number().int().nullable(),
    height: z.number().int().nullable(),
    /** Of a video; null for everything that stands still or is not known. */
    duration_seconds: z.number().nullable(),
    url: z.string(),
    created_at: timestamp,
  })
  .meta({ id: 'Media' });
export type Media = z.infer<typeof media>;
