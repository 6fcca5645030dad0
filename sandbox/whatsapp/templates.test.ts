// Templates: what the review refuses by form, how verdicts are told, and what a send must bring. No peer covers the rules:
// they stand on Meta's documents of 2026-11-20 alone.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aWhatsApp, type Loose, ofTemplate, ofText, type WaFixture } from './whatsapp-fixture.ts';

let fixture: WaFixture;
beforeEach(async () => {
  fixture = await aWhatsApp();
});
afterEach(() => fixture.close());

const body = (text: string, examples: string[] = []) => ({
  type: 'BODY',
  text,
  ...(examples.length > 0 ? { example: { body_text: [examples] } } : {}),
});
const good = {
  name: 'seasonal_promo',
  language: 'en_US',
  category: 'MARKETING',
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Our {{1}} is on!', example: { header_text: ['Spring Sale'] } },
    body('Hi {{1}}, use the code {{2}} until the end of Friday.', ['Ann', '25OFF']),
    { type: 'FOOTER', text: 'Reply STOP to unsubscribe' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'URL', text: 'Shop', url: 'https://x.example/{{1}}', example: ['https://x.example/a'] },
        { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550001111' },
        { type: 'QUICK_REPLY', text: 'Unsubscribe' },
      ],
    },
  ],
};
const create = (given: object) => fixture.graph(`${fixture.number.waba}/message_templates`, given);
const events = () =>
  fixture.hooks.filter(({ field }) => field === 'message_template_status_update').map(({ value }) => value);

describe('creating (no peer covers the rules)', () => {
  it('takes a full template, refuses its double, reviews it and tells', async () => {
    const made = await create(good);
    expect(made.body).toMatchObject({ status: 'PENDING', category: 'MARKETING' });
    expect((await create(good)).body.error).toMatchObject({ code: 100, error_subcode: 2388024 });
    await fixture.until(({ field }) => field === 'message_template_status_update');
    expect(events()[0]).toEqual({
      event: 'APPROVED',
      message_template_id: Number(made.body.id),
      message_template_name: 'seasonal_promo',
      message_template_language: 'en_US',
      message_template_category: 'MARKETING',
      reason: 'NONE',
    });
  });

  it.each([
    ['a body that is too long', [body('x'.repeat(1025))], 2388040],
    [
      'a button label that is too long',
      [body('x'), { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'x'.repeat(26) }] }],
      2388040,
    ],
    ['a header with an emoji', [{ type: 'HEADER', format: 'TEXT', text: 'Sale 🔥' }, body('x')], 2388047],
    ['a body without examples', [body('Hi {{1}}, our sale is on now.')], 2388072],
    ['variables side by side', [body('Dear {{1}} {{2}} we have news for you today', ['a', 'b'])], 2388072],
    [
      'gaps between variables',
      [body('Dear {{1}} and {{3}}, we have news for you today', ['a', 'b'])],
      2388072,
    ],
    ['a variable in the footer', [body('x'), { type: 'FOOTER', text: 'Yours {{1}}' }], 2388073],
    ['too many variables', [body('Hi {{1}} and {{2}} or {{3}} bye', ['a', 'b', 'c'])], 2388293],
    ['a variable at the end', [body('We are glad to see you, {{1}}', ['Ann'])], 2388299],
    ['a variable at the start', [body('{{1}}, we are glad to see you', ['Ann'])], 2388299],
  ])('refuses %s', async (_words, components, subcode) => {
    const { status, body: answer } = await create({ ...good, components });
    expect([status, answer.error?.code, answer.error?.error_subcode]).toEqual([400, 100, subcode]);
  });

  it('rejects a text with a word of the list, and tells the reason', async () => {
    await fixture.control('moderation', { reject_words: ['lottery'], reason: 'SCAM' });
    await create({ ...good, components: [body('You won the lottery today.')] });
    await fixture.until(({ field }) => field === 'message_template_status_update');
    expect(events()[0]).toMatchObject({ event: 'REJECTED', reason: 'SCAM' });
    expect(events()[0]!.rejection_info.reason).toContain('SCAM');
  });

  it('needs a sample for a media header, uploaded in parts', async () => {
    const components = [{ type: 'HEADER', format: 'IMAGE' }, body('Look at this.')];
    expect((await create({ ...good, components })).body.error.error_subcode).toBe(2388273);
    const bytes = Buffer.from('not quite a picture');
    const session = await fixture.graph(
      `${fixture.number.app_id}/uploads?file_length=${bytes.length}&file_type=image/jpeg&file_name=a.jpg`,
      {},
    );
    const part = async (offset: number, piece: Buffer) => {
      const response = await fetch(`${fixture.sandbox.url}/v25.0/${session.body.id}`, {
        method: 'POST',
        headers: { Authorization: `OAuth ${fixture.number.token}`, file_offset: String(offset) },
        body: new Uint8Array(piece),
      });
      return (await response.json()) as Loose;
    };
    expect(await part(0, bytes.subarray(0, 5))).toMatchObject({ file_offset: 5 });
    const { h } = await part(5, bytes.subarray(5));
    expect(h).toMatch(/^4::a/);
    components[0] = {
      type: 'HEADER',
      format: 'IMAGE',
      example: { header_handle: [h] },
    } as (typeof components)[0];
    expect((await create({ ...good, components })).body.status).toBe('PENDING');
  });
});

describe('the life of a template (no peer covers it)', () => {
  it('is paused twice, disabled the third time, and sends say so', async () => {
    await fixture.template('news');
    const send = async () =>
      (await fixture.graph(`${fixture.number.id}/messages`, ofTemplate('news'))).body.error?.code;
    const judge = (event: string) => fixture.control('judge', { template: 'news', event });
    expect(await send()).toBeUndefined();
    await judge('PAUSED');
    expect(await send()).toBe(132015);
    await judge('APPROVED');
    await judge('PAUSED');
    await judge('PAUSED');
    expect(await send()).toBe(132016);
    await fixture.until(({ field }) => field === 'message_template_status_update', 4);
    expect(events().map(({ event, other_info }) => [event, other_info?.title])).toEqual([
      ['PAUSED', 'FIRST_PAUSE'],
      ['APPROVED', undefined],
      ['PAUSED', 'SECOND_PAUSE'],
      ['DISABLED', 'DISABLED'],
    ]);
  });

  it('tells of quality and of a category that Meta changed', async () => {
    await fixture.template('news');
    await fixture.control('judge', { template: 'news', quality: 'YELLOW', category: 'MARKETING' });
    const [quality] = await fixture.until(({ field }) => field === 'message_template_quality_update');
    expect(quality!.value).toMatchObject({ previous_quality_score: 'UNKNOWN', new_quality_score: 'YELLOW' });
    const [category] = await fixture.until(({ field }) => field === 'template_category_update');
    expect(category!.value).toMatchObject({ new_category: 'MARKETING' });
  });

  it('is edited once a day when approved, and its name rests 30 days after deletion', async () => {
    const { id } = (await create(good)).body;
    await fixture.until(({ field }) => field === 'message_template_status_update');
    const edit = () => fixture.graph(id, { components: [body('A new text for this template.')] });
    expect((await edit()).body).toEqual({ success: true });
    await fixture.until(({ field }) => field === 'message_template_status_update', 2);
    expect((await edit()).body.error.error_subcode).toBe(2388093);
    const path = `${fixture.number.waba}/message_templates?name=seasonal_promo`;
    expect((await fixture.graph(path, undefined, 'DELETE')).body).toEqual({ success: true });
    expect((await create(good)).body.error.error_subcode).toBe(2388023);
  });
});

describe('sending', () => {
  const text = (value: string) => ({ type: 'text', text: value });
  const full = [
    { type: 'header', parameters: [text('Autumn Sale')] },
    { type: 'body', parameters: [text('Ann'), text('A-17')] },
    { type: 'button', sub_type: 'url', index: '0', parameters: [text('A-17')] },
    {
      type: 'button',
      sub_type: 'quick_reply',
      index: '2',
      parameters: [{ type: 'payload', payload: 'STOP_PROMO' }],
    },
  ];
  const send = (components: unknown[]) => {
    const message = ofTemplate('seasonal_promo');
    return fixture.graph(`${fixture.number.id}/messages`, {
      ...message,
      template: { ...message.template, components },
    });
  };
  beforeEach(() => fixture.control('templates', good));

  it('shows what a person sees', async () => {
    const sent = await send(full);
    expect(sent.body.messages[0].message_status).toBe('accepted');
    const message = await fixture.control(`messages/${encodeURIComponent(sent.body.messages[0].id)}`);
    expect(message.shown).toEqual({
      header: { format: 'TEXT', text: 'Our Autumn Sale is on!' },
      body: 'Hi Ann, use the code A-17 until the end of Friday.',
      footer: 'Reply STOP to unsubscribe',
      buttons: [
        { type: 'URL', text: 'Shop', url: 'https://x.example/A-17' },
        { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550001111' },
        { type: 'QUICK_REPLY', text: 'Unsubscribe', payload: 'STOP_PROMO' },
      ],
    });
  });

  it('holds templates back without a word until they are let go or dropped (no peer covers it)', async () => {
    await fixture.control('ladder', { hold: true });
    const first = await send(full);
    expect(first.body.messages[0].message_status).toBe('held_for_quality_assessment');
    await fixture.graph(`${fixture.number.id}/messages`, ofText('Hello'));
    await fixture.until(({ value }) => value.statuses?.[0]?.status === 'delivered');
    const ofFirst = () => fixture.statuses().filter(({ id }) => id === first.body.messages[0].id);
    expect(ofFirst()).toEqual([]);
    expect(await fixture.control('release', { deliver: true })).toEqual({ released: 1 });
    await expect.poll(() => ofFirst().map(({ status }) => status)).toEqual(['sent', 'delivered']);
    await send(full);
    expect(await fixture.control('release', { deliver: false })).toEqual({ released: 1 });
    const [hook] = await fixture.until(({ value }) => value.statuses?.[0]?.status === 'failed');
    expect(hook?.value.statuses[0].errors[0].code).toBe(132015);
    expect(await fixture.control('release', { deliver: true })).toEqual({ released: 0 });
  });

  it.each([
    ['a body parameter too few', 1, { type: 'body', parameters: [text('Ann')] }, 132000],
    [
      'a header of another kind',
      0,
      { type: 'header', parameters: [{ type: 'image', image: { link: 'http://a' } }] },
      132012,
    ],
    ['a new line in a parameter', 1, { type: 'body', parameters: [text('Ann\nLee'), text('x')] }, 132018],
    ['an empty parameter', 1, { type: 'body', parameters: [text(''), text('x')] }, 131008],
    [
      'a text that gets too long',
      1,
      { type: 'body', parameters: [text('Ann'), text('x'.repeat(1024))] },
      132005,
    ],
    [
      'a button of another kind',
      2,
      { type: 'button', sub_type: 'url', index: '2', parameters: [text('a')] },
      132018,
    ],
  ])('refuses %s', async (_words, place, component, code) => {
    const { body: answer } = await send(full.with(place, component as (typeof full)[0]));
    expect(answer.error?.code).toBe(code);
  });

  it('wants the parameter of a link button', async () => {
    expect((await send(full.toSpliced(2, 1))).body.error.code).toBe(131008);
  });

  it('takes named parameters by their names', async () => {
    await fixture.template('named', {
      parameter_format: 'NAMED',
      components: [
        {
          type: 'BODY',
          text: 'Hi {{first_name}}, your order is on its way.',
          example: { body_text_named_params: [{ param_name: 'first_name', example: 'Ann' }] },
        },
      ],
    });
    const named = (parameter: object) => {
      const message = ofTemplate('named');
      const components = [{ type: 'body', parameters: [parameter] }];
      return fixture.graph(`${fixture.number.id}/messages`, {
        ...message,
        template: { ...message.template, components },
      });
    };
    expect((await named(text('Ann'))).body.error.code).toBe(132012);
    expect((await named({ ...text('Ann'), parameter_name: 'first_name' })).status).toBe(200);
  });
});
