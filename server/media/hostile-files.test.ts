// Files and requests that want something else than to be a picture.
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Media } from '../../contract/media.ts';
import { anOwner, codeOf, testApp, type Visitor } from '../workspaces/testing-visitor.ts';
import { aPicture, multipart } from './testing-picture.ts';

const { app } = await testApp();
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

describe('a hostile file', () => {
  const html = '<!doctype html><script>alert(document.cookie)</script>';
  const files: [string, () => Promise<Buffer> | Buffer][] = [
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['an HTML page', () => Buffer.from(html)],
    ['a page behind the first bytes of a GIF', () => Buffer.from(`GIF89a${html}`)],
    ['a page behind the first bytes of a PNG', () => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(html)])],
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
    const reason = /1,?000|× |frames|damaged|not a picture|This is a (XML|ELF|TIF|AVIF) file/;
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
