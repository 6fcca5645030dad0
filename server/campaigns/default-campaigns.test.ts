// The texts that a workspace starts with can be sent as they are: to people of whom nothing is known, about any cart.
import { expect, test } from 'vitest';
import { channel } from '../../contract/connections.ts';
import { content } from '../../contract/message.ts';
import { nowhere, sendableMessage } from '../templates/compile.ts';
import type { TemplateContact } from '../templates/contact.ts';
import { sampleEvent } from '../templates/shop-scope.ts';
import { defaultCampaigns } from './campaign.ts';

test.each(defaultCampaigns)('$name', ({ kind, text, picture, button }) => {
  const media = picture ? [{ url: picture }] : [];
  const given = content.parse({ text, media, buttons: button ? [button] : [] });
  for (const on of channel.options) {
    const message = sendableMessage(given, on, nowhere, kind);
    const nobody = {} as TemplateContact;
    expect(message.render(nobody, sampleEvent).plain).toMatch(/^(Hi|Good news,) there[,:] /);
    expect(message.render(nobody, sampleEvent).buttons).toHaveLength(button ? 1 : 0);
    // of a cart without address and pictures, of an order without a number
    const bare = {
      ...sampleEvent,
      cart: { ...sampleEvent.cart!, url: null },
      order: { ...sampleEvent.order!, external_id: null },
      products: sampleEvent.products!.map((product) => ({ ...product, url: null })),
    };
    const { plain, buttons, attachments, left_out } = message.render(nobody, bare);
    expect([buttons, attachments, left_out]).toEqual([[], [], undefined]);
    expect(plain).not.toMatch(/ [.,]| {2}/);
  }
});

test('a cart with everything in it still has its picture, on every channel', () => {
  const { text, picture, button, kind } = defaultCampaigns[0]!;
  const given = content.parse({ text, media: [{ url: picture }], buttons: [button] });
  const items = Array.from({ length: 200 }, (_, i) => ({
    product_id: `p-${i}`,
    name: '*'.repeat(300),
    quantity: 999,
    price: '1234567.89',
    image_url: `https://shop.example/${i}.jpg`,
  }));
  const event = { ...sampleEvent, cart: { ...sampleEvent.cart!, items, total: null } };
  for (const on of channel.options) {
    const message = sendableMessage(given, on, nowhere, kind).render({} as TemplateContact, event);
    expect(message.image?.url).toBe('https://shop.example/0.jpg');
    expect(message.plain).toMatch(/and \d+ more\nTotal £/);
  }
});
