// An approved template filled from a cart: values on one line, an address that may vary at its end alone, the picture of its header.
import { describe, expect, it } from 'vitest';
import type { CampaignKind } from '../../../contract/campaigns.ts';
import { content } from '../../../contract/message.ts';
import type { TemplateComponent } from '../../../contract/whatsapp-templates.ts';
import { AppError } from '../../platform/errors.ts';
import { compileMessage, nowhere } from '../compile.ts';
import { sampleContact } from '../contact.ts';
import { pictureAt } from '../pictures.ts';
import { type EventCart, sampleCart } from '../shop-scope.ts';

const body: TemplateComponent = { type: 'BODY', text: 'Hi {{1}}, you left: {{2}}' };
const words: TemplateComponent = { type: 'HEADER', format: 'TEXT', text: 'Still there: {{1}}' };
const header: TemplateComponent = { type: 'HEADER', format: 'IMAGE' };
const button: TemplateComponent = {
  type: 'BUTTONS',
  buttons: [{ type: 'URL', text: 'To the cart', url: 'https://shop.example/carts/{{1}}' }],
};
const filled = { body: { 1: 'Ann', 2: '{{ cart_items }}' }, buttons: { 0: '{{ cart.url }}' } };

function render(
  components: TemplateComponent[],
  cart: Partial<EventCart> = {},
  { kind = 'abandoned_cart', text = '', media = [] as string[], ...values }: Given = {},
) {
  const written = content.parse({
    text,
    media: media.map((url) => ({ url })),
    whatsapp: { template: { name: 'cart', language: 'en', ...filled, ...values } },
  });
  const place = {
    ...nowhere,
    attachments: media.map(pictureAt),
    template: { components, cannotSend: null },
  };
  const event = { kind, cart: { ...sampleCart, ...cart } };
  return compileMessage(written, 'whatsapp', place, kind).render(sampleContact, event);
}
interface Given {
  kind?: CampaignKind;
  text?: string;
  media?: string[];
  header?: Record<string, string>;
  buttons?: Record<string, string>;
}
function refusal(of: () => unknown): string[] {
  try {
    of();
  } catch (error) {
    if (error instanceof AppError) return error.errors.map(({ detail }) => detail);
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the address of a button', () => {
  const end = (url: string | null, value?: string) =>
    render([body, button], { url }, value === undefined ? {} : { buttons: { 0: value } }).whatsapp?.template
      ?.buttons[0]?.value;

  it('is told by its end where the cart’s begins as the template’s does', () => {
    expect(end('https://shop.example/carts/c-7?key=a%2Fb&x=ü')).toBe('c-7?key=a%2Fb&x=%C3%BC');
    expect(end('http://www.shop.example/carts/7')).toBe('7');
    expect(end('c-7')).toBe('c-7');
    expect(end('https://shop.example/carts')).toBe('?');
    expect(render([body, button], { url: 'https://shop.example/carts/7' }).buttons[0]?.url).toBe(
      'https://shop.example/carts/7',
    );
    expect(end(null, '{{ cart.url | default: "https://shop.example/carts/all" }}')).toBe('all');
  });

  it('of a cart elsewhere is refused with both places', () => {
    expect(refusal(() => end('https://other.example/carts/7'))[0]).toMatch(
      /leads to https:\/\/shop\.example\/carts\/, and the address of this person to another place: https:\/\/other\.example/,
    );
    expect(refusal(() => end('https://shop.example.evil.org/carts/7'))[0]).toMatch(/another place/);
    expect(refusal(() => end(null))[0]).toMatch(/empty for this person/);
  });
});

describe('what stands in its places', () => {
  it('is on one line, with bold where marks are read and none in a header', () => {
    const items = [{ product_id: '1', name: 'Blue\n\t    glaze', quantity: 1, price: '8.50' }];
    const { whatsapp } = render([words, body], { items, total: null }, { header: { 1: '{{ cart_items }}' } });
    expect(whatsapp?.template?.body[1]?.value).toBe('1 × Blue glaze, £8.50; *Total £8.50*');
    expect(whatsapp?.template?.header[0]?.value).toBe('1 × Blue glaze, £8.50; Total £8.50');
    for (const { value } of [...whatsapp!.template!.body, ...whatsapp!.template!.header])
      expect(value).not.toMatch(/[\n\t]| {4}/);
  });

  it('of a full cart is a shorter list rather than no message', () => {
    const items = Array.from({ length: 200 }, (_, index) => ({
      product_id: `p-${index}`,
      name: `Mug ${'x'.repeat(100)}`,
      quantity: 999,
      price: '1234567.89',
    }));
    const long = { type: 'BODY', text: `${'a'.repeat(500)}{{1}}{{2}}` };
    const footer = { type: 'FOOTER', text: 'Reply STOP to unsubscribe' };
    const value = render([long, footer], { items, total: null }).whatsapp?.template?.body[1]?.value;
    expect(value).toMatch(/; and 195 more; \*Total £/);
  });
});

describe('the picture', () => {
  const photo = ['{{ cart.photo }}'];
  const seen = [{ product_id: '1', quantity: 1, image_url: 'https://shop.example/1.jpg' }];

  it('of the header is the cart’s; without one nobody gets a message, which a default mends', () => {
    expect(render([header, body], { items: seen }, { media: photo }).media).toEqual([
      { url: 'https://shop.example/1.jpg' },
    ]);
    expect(refusal(() => render([header, body], {}, { media: photo }))[0]).toMatch(/Add one for all/);
    const media = ['{{ cart.photo | default: "https://shop.example/all.jpg" }}'];
    expect(render([header, body], {}, { media }).image?.url).toBe('https://shop.example/all.jpg');
  });

  it('of the text stays with the text where the template shows none and other people read the text', () => {
    const given = { media: photo, text: 'You left something behind' };
    expect(render([body], { items: seen }, given)).toMatchObject({ image: null, attachments: [], media: [] });
    expect(refusal(() => render([body], {}, { media: photo }))[0]).toMatch(/no picture in its header/);
    expect(refusal(() => render([body], {}, { ...given, kind: 'broadcast', ...bare }))[0]).toMatch(
      /no picture in its header/,
    );
  });
});
/** A broadcast reads no cart. */
const bare = { body: { 1: 'a', 2: 'b' }, buttons: {}, media: ['https://shop.example/1.jpg'] };
