// Videos and documents: taken by what they hold, refused with what to do, and handed out so that none runs on our origin.
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type Media, maxUploadBytes } from '../../contract/media.ts';
import { anOwner, codeOf, testApp } from '../workspaces/testing-visitor.ts';
import { aDoc, aDocx, aDocxWith, anMp4, aPdf, aZip } from './testing-files.ts';
import { aPicture, multipart } from './testing-picture.ts';

const { app } = await testApp();
const owner = await anOwner(app);
const upload = (bytes: Buffer, fileName = 'a.bin') =>
  owner.call('POST', '/media', multipart(bytes, fileName, 'application/octet-stream'), {
    'content-type': 'multipart/form-data; boundary=cut',
  });
async function stored(bytes: Buffer, fileName?: string): Promise<Media> {
  const answer = await upload(bytes, fileName);
  expect(codeOf(answer), answer.body).toBe('201');
  return answer.json();
}

describe('what it is, is found in the bytes, whatever it is called', () => {
  test('an MP4 has its shape and length, turned upright where the camera lay on its side', async () => {
    expect(await stored(anMp4(), 'summer.exe')).toMatchObject({
      kind: 'video',
      mime: 'video/mp4',
      file_name: 'summer.mp4',
      width: 640,
      height: 360,
      duration_seconds: 12.5,
    });
    expect(await stored(anMp4({ turned: true, seconds: 0 }))).toMatchObject({
      width: 360,
      height: 640,
      duration_seconds: null,
    });
  });

  test.each([
    ['PDF', aPdf, 'application/pdf', 'pdf'],
    ['DOC', () => aDoc('1Table', 'WordDocument', 'ObjectPool/_1/Workbook'), 'application/msword', 'doc'],
    [
      'DOCX',
      () => aDocx(),
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'docx',
    ],
  ])('a %s is a document', async (_kind, make, mime, extension) => {
    expect(await stored(make(), 'price list.jpg')).toMatchObject({
      kind: 'document',
      mime,
      file_name: `price list.${extension}`,
      width: null,
      duration_seconds: null,
    });
  });

  test('a GIF with frames is an animation, one without is a picture', async () => {
    const frame = (background: string) =>
      sharp({ create: { width: 40, height: 30, channels: 3, background } })
        .png()
        .toBuffer();
    const frames = [await frame('#ff0000'), await frame('#0000ff')];
    const moving = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await stored(moving)).kind).toBe('animation');
    expect((await stored(await aPicture().gif().toBuffer())).kind).toBe('image');
  });
});

describe('is refused with what to do', () => {
  const film = anMp4();
  const vbaProject = 'application/vnd.ms-office.vbaProject';
  const macroEnabled = 'application/vnd.ms-word.document.macroEnabled.main+xml';
  const utf16 = (xml: string) => Buffer.from(`\ufeff${xml}`, 'utf16le');
  /** The directory's only sector is followed by itself. */
  const circling = () => {
    const bytes = aDoc('WordDocument');
    bytes.writeUInt32LE(1, 512 + 4);
    return bytes;
  };
  test.each([
    ['a film cut off', () => film.subarray(0, film.length - 3), /damaged or was cut off/],
    [
      'a film without its index',
      () => Buffer.concat([film.subarray(0, 24), film.subarray(-14)]),
      /damaged|cut off/,
    ],
    ['H.265', () => anMp4({ codec: 'hvc1' }), /H\.265 \(HEVC\).*H\.264/],
    ['a codec with a name to show', () => anMp4({ codec: '<b>"' }), /coded as b, which/],
    ['sound only', () => anMp4({ handler: 'soun' }), /sound only/],
    ['a film of no width', () => anMp4({ width: 0 }), /damaged/],
    ['a film larger than phones play', () => anMp4({ width: 7680, height: 4320 }), /7680 × 4320/],
    ['something glued behind a film', () => Buffer.concat([film, Buffer.from('<script>')]), /damaged/],
    ['half a PDF', () => Buffer.from('%PDF-1.7\n1 0 obj\n'), /PDF is damaged/],
    ['a table in an old compound file', () => aDoc('Workbook'), /not a Word document/],
    ['an old document with macros', () => aDoc('WordDocument', 'Macros/VBA/_VBA_PROJECT'), /macros/],
    ['macros in other letters', () => aDoc('WordDocument', 'Macros/VBA/_vba_Project'), /macros/],
    ['a table beside a text', () => aDoc('Workbook', 'WordDocument'), /not a Word document/],
    ['a table with a text as its object', () => aDoc('Book', 'MBD1/WordDocument'), /not a Word document/],
    ['an old document cut off', () => aDoc('WordDocument').subarray(0, 1100), /document is damaged/],
    ['an old document that goes in a circle', () => circling(), /document is damaged/],
    ['a table of today', () => aZip('[Content_Types].xml', 'xl/workbook.xml'), /not a Word document/],
    ['a document with macros', () => aDocx('word/vbaProject.bin'), /macros/],
    ['macros under another name', () => aDocxWith('word/macros.bin', vbaProject), /macros/],
    [
      'a type written in numbers',
      () => aDocxWith('word/a.bin', vbaProject.replace('vba', '&#118;&#x62;a')),
      /macros/,
    ],
    ['types in UTF-16', () => aDocxWith('word/a.bin', vbaProject, utf16), /macros/],
    ['a document meant to run macros', () => aDocxWith('word/document2.xml', macroEnabled), /macros/],
    ['types without end', () => aDocxWith('word/a.bin', ' '.repeat(1_100_000)), /document is damaged/],
    ['a part that comes twice', () => aDocx('word/Document.xml'), /document is damaged/],
    ['half a document', () => aDocx().subarray(0, -30), /document is damaged/],
    ['an archive', () => aZip('a.txt'), /not a Word document/],
  ])('%s', async (_name, make, words) => {
    const answer = await upload(make());
    expect(codeOf(answer)).toBe('422 MEDIA_UNSUPPORTED');
    expect(answer.json().detail).toMatch(words);
  });

  test('a film of more than 16 MB', async () => {
    const answer = await upload(Buffer.concat([film, Buffer.alloc(maxUploadBytes)]));
    expect(codeOf(answer)).toBe('413 MEDIA_TOO_LARGE');
    expect(answer.json().detail).toContain('16 MB');
  });
});

test('a document is handed over as a download, a film is shown, in parts where a player asks for parts', async () => {
  const document = await stored(aPdf(), 'a.pdf');
  const video = await stored(anMp4());
  const fileOf = (media: Media, headers = {}) =>
    owner.call('GET', `/media/${media.id}/file`, undefined, headers);
  expect((await fileOf(document)).headers['content-disposition']).toMatch(/^attachment;/);
  const whole = await fileOf(video);
  expect(whole.headers['content-disposition']).toMatch(/^inline;/);
  const part = await fileOf(video, { range: 'bytes=4-7' });
  expect([part.statusCode, part.body, part.headers['content-range']]).toEqual([
    206,
    'ftyp',
    `bytes 4-7/${video.size_bytes}`,
  ]);
  const end = await fileOf(video, { range: 'bytes=-6' });
  expect(end.rawPayload.equals(whole.rawPayload.subarray(-6))).toBe(true);
  expect((await fileOf(video, { range: 'bytes=9999999-' })).statusCode).toBe(200);
});
