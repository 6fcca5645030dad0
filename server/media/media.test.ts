// Uploads: good pictures, hostile files, and how files are served.
import { rmSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Media } from '../../contract/media.ts';
import {
  aMember,
  anOwner,
  codeOf,
  testApp,
  uuid,
  type Visitor,
  visitor,
} from '../workspaces/testing-visitor.ts';
import { mediaFile } from './media.ts';
import { aPicture, multipart } from './testing-picture.ts';

const used = new Set<string>();
const { app, ctx } = await testApp({}, { isMediaInUse: async (_ctx, mediaId) => used.has(mediaId) });
const owner = await anOwner(app);

const upload = (who: Visitor, bytes: Buffer, fileName?: string, type?: string, field?: string) =>
  who.call('POST', '/media', multipart(bytes, fileName, type, field), {
    'content-type': 'multipart/form-data; boundary=cut',
  });
async function stored(bytes: Buffer, fileName?: string): Promise<Media> {
  const answer = await upload(owner, bytes, fileName);
  expect(codeOf(answer), answer.body).toBe('201');
  return answer.json();
}
const fileOf = (media: Media, who: Visitor = owner) => who.call('GET', `/media/${media.id}/file`);

describe('a picture', () => {
  test.each(['jpeg', 'png', 'webp', 'gif'] as const)(
    'in %s is stored and served as what it is',
    async (format) => {
      const media = await stored(await aPicture().toFormat(format).toBuffer(), 'My café.exe');
      const extension = format === 'jpeg' ? 'jpg' : format;
      expect(media).toMatchObject({
        kind: 'image',
        mime: `image/${format}`,
        width: 40,
        height: 30,
        file_name: `My café.${extension}`,
        url: `/api/v1/media/${media.id}/file`,
      });
      expect((await owner.call('GET', `/media/${media.id}`)).json()).toEqual(media);
      const file = await fileOf(media);
      expect(file.headers).toMatchObject({
        'content-type': `image/${format}`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'content-disposition': `inline; filename="My caf_.${extension}"; filename*=UTF-8''My%20caf%C3%A9.${extension}`,
      });
      expect(file.headers['cache-control']).toMatch(/^private/);
      expect(file.rawPayload.length).toBe(media.size_bytes);
      expect(await sharp(file.rawPayload).metadata()).toMatchObject({ format, width: 40, height: 30 });
    },
  );

  test('larger than a JSON body may be is taken', async () => {
    const noise = Buffer.from(Array.from({ length: 900 * 900 * 3 }, () => Math.floor(Math.random() * 256)));
    const png = await sharp(noise, { raw: { width: 900, height: 900, channels: 3 } })
      .png()
      .toBuffer();
    expect(png.length).toBeGreaterThan(2_000_000);
    expect((await stored(png)).width).toBe(900);
  });

  test('loses the place where it was taken, and stands upright', async () => {
    const photo = await aPicture(40, 30)
      .withExif({ IFD0: { Make: 'SpyCam' }, IFD3: { GPSLatitude: '51/1 30/1 0/1', GPSLatitudeRef: 'N' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect((await sharp(photo).metadata()).exif).toBeDefined();
    const media = await stored(photo);
    expect(media).toMatchObject({ width: 30, height: 40 });
    const metadata = await sharp((await fileOf(media)).rawPayload).metadata();
    expect(metadata).toMatchObject({ width: 30, height: 40 });
    expect([metadata.exif, metadata.xmp, metadata.iptc]).toEqual([undefined, undefined, undefined]);
  });

  test('that moves keeps moving', async () => {
    const colours = [
      { r: 255, g: 0, b: 0 },
      { r: 0, g: 255, b: 0 },
      { r: 0, g: 0, b: 255 },
    ];
    const frames = await Promise.all(
      colours.map((background) =>
        sharp({ create: { width: 20, height: 20, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100, 100] })
      .toBuffer();
    const media = await stored(gif);
    expect(media).toMatchObject({ width: 20, height: 20 });
    expect((await sharp((await fileOf(media)).rawPayload).metadata()).pages).toBe(3);
  });

  test('uploaded twice, also at once, is one file per workspace', async () => {
    const bytes = await aPicture().png().toBuffer();
    const answers = await Promise.all([1, 2, 3, 4].map(() => upload(owner, bytes)));
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1);
    const other = await anOwner(app);
    expect((await upload(other, bytes)).json().id).not.toBe(answers[0]?.json().id);
  });

  test('is not sent again to who has it', async () => {
    const media = await stored(await aPicture().png().toBuffer());
    const { etag } = (await fileOf(media)).headers;
    const again = await owner.call('GET', `/media/${media.id}/file`, undefined, {
      'if-none-match': String(etag),
    });
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
  });
});

describe('a file', () => {
  test('of another workspace does not exist, and nobody sees one without signing in', async () => {
    const media = await stored(await aPicture().png().toBuffer());
    const foreign = await anOwner(app);
    expect(codeOf(await fileOf(media, foreign))).toBe('404 NOT_FOUND');
    expect(codeOf(await foreign.call('DELETE', `/media/${media.id}`))).toBe('404 NOT_FOUND');
    expect(codeOf(await fileOf(media, visitor(app)))).toBe('401 UNAUTHENTICATED');
    const operator = await aMember(app, owner.workspaceId, 'operator');
    expect((await fileOf(media, operator)).statusCode).toBe(200);
  });

  test('is deleted with its bytes, unless something shows it', async () => {
    const media = await stored(await aPicture().png().toBuffer());
    const id = uuid('med', media.id);
    used.add(id);
    expect(codeOf(await owner.call('DELETE', `/media/${media.id}`))).toBe('409 ILLEGAL_MOVE');
    expect((await fileOf(media)).statusCode).toBe(200);
    used.clear();
    expect((await owner.call('DELETE', `/media/${media.id}`)).statusCode).toBe(204);
    expect(codeOf(await fileOf(media))).toBe('404 NOT_FOUND');
    await expect(ctx.storage.read(`${owner.workspaceId}/${id}`)).rejects.toThrow('ENOENT');
  });

  test('that is gone from the disk is reported, and its absence is not cached', async () => {
    const media = await stored(await aPicture().png().toBuffer());
    rmSync(path.join(ctx.config.dataDir, owner.workspaceId, uuid('med', media.id)));
    const answer = await fileOf(media);
    expect(codeOf(answer)).toBe('404 NOT_FOUND');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('is handed to an adapter with its bytes and a name that fits them', async () => {
    const media = await stored(await aPicture().webp().toBuffer(), 'sale.jpg');
    const inShop = {
      ...ctx,
      actor: { kind: 'system' as const, workspaceId: owner.workspaceId, name: 'Test' },
    };
    const file = await mediaFile(inShop, uuid('med', media.id));
    expect(file).toMatchObject({ mime: 'image/webp', fileName: 'sale.webp', width: 40, height: 30 });
    expect((await file.bytes()).length).toBe(media.size_bytes);
  });
});
