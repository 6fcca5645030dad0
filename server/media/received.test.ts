import { expect, test } from 'vitest';
import type { ReceivedKind } from '../../contract/media.ts';
import { AppError } from '../platform/errors.ts';
import { judgeReceived } from './received.ts';
import { aDoc, aDocx, anMp4, aPdf, aVoiceNote, aZip } from './testing-files.ts';
import { aPicture } from './testing-picture.ts';

const judged = (bytes: Buffer, kind: ReceivedKind, told: { mime?: string; fileName?: string } = {}) =>
  judgeReceived(bytes, { kind, mime: told.mime ?? null, fileName: told.fileName ?? null });
async function refusal(bytes: Buffer, kind: ReceivedKind, mime?: string): Promise<string> {
  const error = await judged(bytes, kind, { mime: mime ?? '' }).catch((problem: unknown) => problem);
  return error instanceof AppError ? error.message : String(error);
}

test('a picture is drawn anew: nothing that was glued behind it is kept', async () => {
  const picture = await aPicture(300, 200).jpeg().toBuffer();
  const glued = Buffer.concat([picture, Buffer.from('<script>alert(1)</script>')]);
  const kept = await judged(glued, 'image', { mime: 'image/jpeg' });
  expect(kept).toMatchObject({
    kind: 'image',
    mime: 'image/jpeg',
    width: 300,
    height: 200,
    fileName: 'picture.jpg',
  });
  expect(kept.bytes.includes('script')).toBe(false);
  const sticker = await judged(await aPicture().webp().toBuffer(), 'sticker');
  expect(sticker).toMatchObject({ kind: 'sticker', mime: 'image/webp' });
});

test('recordings, videos and documents are what their bytes say', async () => {
  expect(await judged(aVoiceNote(), 'audio')).toMatchObject({ mime: 'audio/ogg', fileName: 'recording.ogg' });
  expect(await judged(anMp4(), 'video')).toMatchObject({ mime: 'video/mp4' });
  expect(await judged(aPdf(), 'document', { fileName: 'a.exe' })).toMatchObject({
    mime: 'application/pdf',
    fileName: 'a.pdf',
  });
  expect((await judged(aDocx(), 'document')).mime).toMatch(/wordprocessingml/);
  expect((await judged(aDoc('WordDocument'), 'document', { mime: 'application/msword' })).mime).toBe(
    'application/msword',
  );
  expect((await judged(Buffer.from('a;b\n1;2'), 'document', { mime: 'text/csv' })).fileName).toBe(
    'document.csv',
  );
  // a page is handed over as text, whatever it is called
  const page = await judged(Buffer.from('<html><script>1</script>'), 'document', {
    mime: 'text/html',
    fileName: 'a.html',
  });
  expect(page).toMatchObject({ mime: 'text/plain', fileName: 'a.txt' });
});

test('what is not kept says what to ask for', async () => {
  expect(await refusal(Buffer.alloc(0), 'image')).toMatch(/empty/);
  expect(await refusal(Buffer.from('no picture'), 'image')).toMatch(/Ask for it as JPEG or PNG/);
  expect(await refusal(Buffer.from('MZ\x90\0\x03'), 'document')).toMatch(/not kept/);
  expect(await refusal(aZip('a.exe'), 'document', 'application/zip')).toMatch(/not kept/);
  expect(await refusal(Buffer.from('no sound'), 'audio')).toMatch(/MP3 or a voice note/);
  expect(await refusal(aVoiceNote(), 'video')).toMatch(/MP4/);
  expect(await refusal(Buffer.alloc(16 * 1024 * 1024 + 1), 'document')).toMatch(/larger than 16 MB/);
});
