// The texts that a workspace starts with can be sent as they are: to people of whom nothing is known, about any cart.
import { expect, test } from 'vitest';
import { channel } from '../../contract/connections.ts';
import { content } from '../../contract/message.ts';
import { nowhere, sendableMessage } from '../templates/compile.ts';
import type { TemplateContact } from '../templates/contact.ts';
import { sampleEvent } from '../templates/shop-scope.ts';
import { defaultCampaigns } from './campaign.ts';

test.each(defaultCampaigns)('$name', ({ kind, text, button }) => {
  const given = content.parse({ text, buttons: button ? [button] : [] });
  for (const on of channel.options) {
    const message = sendableMessage(given, on, nowhere, kind);
    const nobody = {} as TemplateContact;
    expect(message.render(nobody, sampleEvent).plain).toMatch(/there/);
    expect(message.render(nobody, sampleEvent).buttons).toHaveLength(button ? 1 : 0);
    const cart = { ...sampleEvent.cart!, url: null };
    expect(message.render(nobody, { ...sampleEvent, cart }).buttons).toEqual([]);
  }
});
