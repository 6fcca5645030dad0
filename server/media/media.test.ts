// Uploads: good pictures, hostile files, and how files are served.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
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

const used = new Set<string>();
const { app, ctx } = await testApp({}, { isMediaInUse: async (_ctx, mediaId) => used.has(mediaId) });
const owner = await anOwner(app);

let shade = 0;
/** Each call makes another picture, so that none is taken for an earlier one. */
function aPicture(width = 40, height = 30) {
  shade++;
  const background = { r: shade % 256, g: Math.floor(shade / 256), b: 120 };
  return sharp({ create: { width, height, channels: 3, background } });
}

function multipart(bytes: Buffer, fileName = 'photo.jpg', type = 'image/jpeg', field = 'file') {
  const head = `--cut\r\nContent-Disposition: form-data; name="${field}"; filename="${fileName}"\r\nContent-Type: ${type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--cut--\r\n')]);
}
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

describe('a hostile file', () => {
  const html = '<!doctype html><script>alert(document.cookie)</script>';
  const files: [string, () => Promise<Buffer> | Buffer][] = [
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['an HTML page', () => Buffer.from(html)],
    ['a page behind the first bytes of a GIF', () => Buffer.from(`GIF89a${html}`)],
    ['a page behind the first bytes of a PNG', () => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(html)])],
    ['a PDF', () => Buffer.from('%PDF-1.7\n1 0 obj\n')],
    ['a program', () => Buffer.from(`\x7fELF${'\0'.repeat(100)}`, 'latin1')],
    ['a TIFF', () => aPicture().tiff().toBuffer()],
    ['an AVIF', () => aPicture().avif().toBuffer()],
    ['half a JPEG', async () => (await aPicture(800, 600).jpeg().toBuffer()).subarray(0, 1500)],
    ['half a PNG', async () => {
      const png = await aPicture(800, 600).png().toBuffer();
      return png.subarray(0, png.length / 2);
    }],
    ['a PNG whose head claims 60,000 × 60,000', async () => bombHead(await aPicture().png().toBuffer(), 60_000)],
    ['a PNG whose head claims 4,999 × 4,999', async () => bombHead(await aPicture().png().toBuffer(), 4999)],
    ['a picture with sides of 10,001 together', () => aPicture(9901, 1000).png().toBuffer()],
    ['a picture 21 times as wide as high', () => aPicture(210, 10).png().toBuffer()],
    ['random bytes', () => Buffer.from(Array.from({ length: 5000 }, () => Math.floor(Math.random() * 256)))],
    ['an animation of 200 frames of a million pixels', () => longAnimation()],
  ]; // biome-ignore format: one per line

  test.each(files)('is refused: %s called photo.jpg', async (_name, make) => {
    const answer = await upload(owner, await make());
    expect(codeOf(answer)).toBe('422 MEDIA_UNSUPPORTED');
    const reason = /1,?000|× |frames|damaged|not a picture|This is a (XML|PDF|ELF|TIF|AVIF) file/;
    expect(answer.json().detail).toMatch(reason);
  });

  test('is told apart: a damaged one, a huge one and an endless one', async () => {
    const reason = async (bytes: Buffer) => (await upload(owner, bytes)).json().detail;
    expect(await reason(await longAnimation())).toContain('too many frames');
    const png = await aPicture().png().toBuffer();
    expect(await reason(bombHead(png, 60_000))).toContain('60000 × 60000');
    expect(await reason(bombHead(png, 4999))).toContain('damaged');
  });

  test('glued behind a picture is cut off', async () => {
    for (const format of ['jpeg', 'png', 'gif', 'webp'] as const) {
      const glued = Buffer.concat([
        await aPicture().toFormat(format).toBuffer(),
        Buffer.from(`PK\u0003\u0004${html}`),
      ]);
      const answer = await upload(owner, glued);
      if (answer.statusCode === 201)
        expect((await fileOf(answer.json())).rawPayload.includes('script')).toBe(false);
      else expect(codeOf(answer)).toBe('422 MEDIA_UNSUPPORTED');
    }
  });

  test('hidden in the comments of a picture is dropped', async () => {
    const jpeg = await aPicture().jpeg().toBuffer();
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, html.length + 2]), Buffer.from(html)]);
    const media = await stored(Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]));
    expect((await fileOf(media)).rawPayload.includes('script')).toBe(false);
  });

  test('over 10 MB is cut off with its own answer', async () => {
    const jpeg = await aPicture().jpeg().toBuffer();
    const answer = await upload(owner, Buffer.concat([jpeg, Buffer.alloc(10 * 1024 * 1024)]));
    expect(codeOf(answer)).toBe('413 MEDIA_TOO_LARGE');
  });

  test.each([
    ['../../../etc/passwd', 'passwd.png'],
    ['C:\\\\temp\\\\evil.php', 'evil.png'],
    ['\u202egnp.exe', 'gnp.png'],
    ['<img src=x onerror=alert(1)>.svg', 'img src=x onerror=alert(1).png'],
    ['...', 'picture.png'],
    ['😀'.repeat(300), `${'😀'.repeat(100)}.png`],
  ])('name %j is shown as %j', async (given, shown) => {
    expect((await stored(await aPicture().png().toBuffer(), given)).file_name).toBe(shown);
  });
});

describe('a strange request', () => {
  const type = { 'content-type': 'multipart/form-data; boundary=cut' };
  test('is refused with what to do', async () => {
    const png = await aPicture().png().toBuffer();
    const post = async (payload: unknown, headers: Record<string, string>) =>
      codeOf(await owner.call('POST', '/media', payload, headers));
    expect(await post({ file: 'x' }, {})).toBe('415 UNSUPPORTED_MEDIA_TYPE');
    expect(await post(multipart(png, 'a.png', 'image/png', 'picture'), type)).toBe('422 VALIDATION_FAILED');
    expect(await post(multipart(Buffer.alloc(0)), type)).toBe('422 VALIDATION_FAILED');
    expect(await post(Buffer.from('--cut--\r\n'), type)).toBe('422 VALIDATION_FAILED');
    expect(await post(multipart(png).subarray(0, 120), type)).toBe('400 BAD_REQUEST');
    expect(await post(multipart(png), { 'content-type': 'multipart/form-data' })).toBe('400 BAD_REQUEST');
    expect(await post(Buffer.from('nonsense'), type)).toMatch(/^4/);
  });

  test('with two files takes none of them silently', async () => {
    const png = await aPicture().png().toBuffer();
    const second = await aPicture().png().toBuffer();
    const both = Buffer.concat([multipart(png).subarray(0, -9), Buffer.from('\r\n'), multipart(second)]);
    expect((await owner.call('POST', '/media', both, type)).statusCode).toBeLessThan(500);
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

/** The head of a PNG with other measures and the right checksum. */
function bombHead(png: Buffer, side: number): Buffer {
  const bomb = Buffer.from(png);
  bomb.writeUInt32BE(side, 16);
  bomb.writeUInt32BE(side, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  return bomb;
}

async function longAnimation(): Promise<Buffer> {
  const frame = await aPicture(1000, 1000).gif().toBuffer();
  // header, colours and one frame; repeating the frame's blocks makes an animation of any length
  const start = frame.indexOf(Buffer.from([0x21, 0xf9]));
  const body = frame.subarray(start, frame.length - 1);
  return Buffer.concat([frame.subarray(0, start), ...Array(200).fill(body), Buffer.of(0x3b)]);
}
