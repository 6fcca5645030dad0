// Pictures whose address is filled in for each person: what is fetched, what is not, and that the message goes all the same.
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it, test } from 'vitest';
import { type ContentInput, content, contentInput } from '../../contract/message.ts';
import { AppError } from '../platform/errors.ts';
import { compileMessage, nowhere, type Place } from './compile.ts';
import { sampleContact } from './contact.ts';
import { withoutInsertMarks } from './inserted.ts';
import { pictureAt } from './pictures.ts';
import { type EventCart, sampleCart } from './shop-scope.ts';

const ofCart = (cart: Partial<EventCart> = {}) => ({
  kind: 'abandoned_cart',
  cart: { ...sampleCart, ...cart },
});
const withPhotos = (...photos: (string | null)[]) =>
  ofCart({
    items: photos.map((image_url, index) => ({
      product_id: `p-${index}`,
      name: 'Mug',
      quantity: 1,
      image_url,
    })),
  });
function render(given: ContentInput, event = ofCart(), place: Partial<Place> = {}) {
  const written = content.parse(given);
  const attachments = written.media.flatMap((item) => ('url' in item ? pictureAt(item.url) : []));
  return compileMessage(written, 'telegram', { ...nowhere, attachments, ...place }).render(
    sampleContact,
    event,
  );
}
const photo = (url: string, more: ContentInput = {}) => ({ text: 'Hi', media: [{ url }], ...more });

describe('a picture by a variable', () => {
  it('is the person’s own, as the platform is told and as the thread shows it', () => {
    const { image, attachments, media, left_out } = render(
      photo('{{ cart.photo }}'),
      withPhotos(null, 'https://shop.example/a b.jpg'),
    );
    const url = 'https://shop.example/a%20b.jpg';
    expect([image?.url, attachments?.[0]?.url, media, left_out]).toEqual([url, url, [{ url }], undefined]);
  });

  it('is left out without a word where there is none, and only then may an empty message be', () => {
    expect(render(photo('{{ cart.photo }}'))).toMatchObject({ image: null, attachments: [], media: [] });
    expect(render(photo('https://cdn.example/{{ cart.photo }}.jpg')).left_out).toBeUndefined();
    expect(() => render({ media: [{ url: '{{ cart.photo }}' }] })).toThrow(AppError);
    const fallback = '{{ cart.photo | default: "https://shop.example/logo.png" }}';
    expect(render(photo(fallback)).image?.url).toBe('https://shop.example/logo.png');
  });

  it.each([
    ['/mug.jpg', /not complete/],
    ['file:///etc/passwd', /not complete/],
    ['javascript:alert(1)', /not complete/],
    ['https://me:secret@shop.example/a.jpg', /user name or password/],
    ['http://127.0.0.1/a.jpg', /not on the public internet/],
    ['http://0x7f.1/a.jpg', /not on the public internet/],
    ['http://[::ffff:169.254.169.254]/latest', /not on the public internet/],
    ['http://localhost:3000/a.jpg', /not on the public internet/],
    ['http://nas.local/a.jpg', /not on the public internet/],
    [`https://shop.example/${'a'.repeat(2048)}`, /more than 2,048/],
  ])('is left out with the reason where it is %s', (url, words) => {
    const message = render(photo('{{ cart.photo }}'), withPhotos(url));
    expect(message).toMatchObject({ plain: 'Hi', image: null, attachments: [], media: [] });
    expect(message.left_out).toEqual([
      { pointer: '/content/media/0/url', detail: expect.stringMatching(words) },
    ]);
  });

  it('may lie on this machine where the platform is the sandbox, and may lack the protocol', () => {
    const event = withPhotos('http://127.0.0.1:9/a.jpg');
    expect(render(photo('{{ cart.photo }}'), event, { allowLoopback: true }).image).not.toBeNull();
    expect(render(photo('{{ cart.photo }}'), withPhotos('//cdn.example/a.jpg')).image?.url).toBe(
      'https://cdn.example/a.jpg',
    );
  });

  it('stands in an album beside others, each once', () => {
    const given = {
      text: 'Hi',
      media: [{ url: '{{ cart.items[0].image_url }}' }, { url: '{{ cart.items[1].image_url }}' }],
    };
    const urls = (...photos: (string | null)[]) =>
      render(given, withPhotos(...photos)).attachments?.map(({ url }) => url);
    expect(urls('https://a.b/1.jpg', 'https://a.b/2.jpg')).toEqual([
      'https://a.b/1.jpg',
      'https://a.b/2.jpg',
    ]);
    expect(urls('https://a.b/1.jpg', 'https://a.b/1.jpg')).toEqual(['https://a.b/1.jpg']);
    expect(urls(null, 'https://a.b/2.jpg')).toEqual(['https://a.b/2.jpg']);
  });

  it('that the platform refused is left out with what it said; others only where the message is about an event', () => {
    const compiled = (url: string) => {
      const written = content.parse(photo(url));
      return compileMessage(written, 'telegram', { ...nowhere, attachments: [pictureAt(url)] });
    };
    const own = compiled('{{ cart.photo }}').render(
      sampleContact,
      withPhotos('https://a.b/1.jpg'),
      'Refused',
    );
    expect(own).toMatchObject({ image: null, media: [], left_out: [{ detail: 'Refused' }] });
    const fixed = compiled('https://a.b/1.jpg');
    expect(fixed.render(sampleContact, ofCart(), 'Refused')).toMatchObject({ image: null, media: [] });
    expect(fixed.render(sampleContact, null, 'Refused').image?.url).toBe('https://a.b/1.jpg');
  });
});

test('whatever the value, what is fetched is a public web address, or the message goes without', () => {
  const hosts = fc.constantFrom(
    'shop.example',
    '10.0.0.1',
    '[::1]',
    'localhost',
    '2130706433',
    '127.1',
    'a@c.d',
    '',
  );
  const nearly = fc
    .tuple(
      fc.constantFrom('https://', 'http://', '//', 'ftp://', 'HTTP://', ' ', 'http:'),
      hosts,
      fc.string(),
    )
    .map((parts) => parts.join(''));
  const written = content.parse(photo('{{ cart.photo }}'));
  const compiled = compileMessage(written, 'telegram');
  const holds = (value: string) => {
    const { attachments, media, left_out, plain } = compiled.render(sampleContact, withPhotos(value));
    expect(plain).toBe('Hi');
    expect(media).toHaveLength(attachments!.length);
    const [file] = attachments!;
    if (file) {
      const url = new URL(file.url);
      expect([url.href, /^https?:$/.test(url.protocol)]).toEqual([file.url, true]);
      const host = url.hostname.replace(/^\[|\]$/g, '');
      expect(ipaddr.isValid(host) ? ipaddr.process(host).range() : host).not.toMatch(
        /^(loopback|private|localhost)$/,
      );
    } else expect(left_out?.length === 1 || isNothing(value)).toBe(true);
  };
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearly), holds), { numRuns: 100 });
});
const isNothing = (value: string) => withoutInsertMarks(value).trim() === '';

test('what may be typed as the address of a picture', () => {
  const takes = (url: string) => contentInput.safeParse({ media: [{ url }] }).success;
  for (const url of [
    '{{ cart.photo }}',
    ' {% if cart.photo %}{{ cart.photo }}{% endif %}',
    'https://a.b/{{ cart.count }}.png',
  ])
    expect(takes(url)).toBe(true);
  for (const url of ['cart.photo', 'ftp://{{ cart.photo }}', '', `{{ ${'x'.repeat(2048)} }}`, '{{ \ud800 }}'])
    expect(takes(url)).toBe(false);
  expect(() => render(photo('{{ cart.foto }}'))).toThrow(/cart\.foto is not a variable/);
});

test('a text too long to stand under the picture: a shorter list first, then no picture', () => {
  const items = Array.from({ length: 20 }, (_, index) => ({
    product_id: `p-${index}`,
    name: `Mug ${index} ${'x'.repeat(50)}`,
    quantity: 1,
    price: '19.00',
    image_url: 'https://a.b/1.jpg',
  }));
  const of = (text: string) => render(photo('{{ cart.photo }}', { text }), ofCart({ items, total: null }));
  const lines = ({ plain }: { plain: string }) =>
    plain.split('\n').filter((line) => line.startsWith('1 ×')).length;
  const short = of('{{ cart_items }}');
  expect([lines(short), short.image !== null]).toEqual([8, true]);
  const longer = of(`${'a'.repeat(600)}\n{{ cart_items }}`);
  expect([lines(longer), longer.image !== null, longer.plain.includes('and 15 more')]).toEqual([
    5,
    true,
    true,
  ]);
  const long = of(`${'a'.repeat(1000)}\n{{ cart_items }}`);
  expect([lines(long), long.image]).toEqual([8, null]);
  expect(long.left_out).toEqual([
    { pointer: '/content/media/0/url', detail: 'The text is too long to stand under a picture.' },
  ]);
  expect(() => of(`${'a'.repeat(4200)}{{ cart_items }}`)).toThrow(/of 1,024 characters/);
});
