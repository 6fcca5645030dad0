// What columns are taken for, and what becomes of their values: in the words and spellings of several languages.
import parsePhone, { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { attributeNameOf } from '../../../contract/attribute-names.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { ColumnTarget, contactColumns } from '../../../contract/imports.ts';
import { newId } from '../../platform/db/ids.ts';
import { isSurelyAssigned } from './assigned-numbers.ts';
import { contactReader, namesOf } from './contact-row.ts';
import { spelling, suggestMapping } from './mapping.ts';
import { readBoolean, readDate, readList, readNumber, readPhone } from './values.ts';

const field = (name: (typeof contactColumns)[number]): ColumnTarget => ({ kind: 'field', field: name });
const short = (targets: ColumnTarget[]) =>
  targets.map((target) =>
    target.kind === 'field'
      ? target.field
      : target.kind === 'attribute'
        ? `${target.name}:${target.type}`
        : target.kind,
  );

it('a number that is taken without asking the library is what the library would make of it', () => {
  let sure = 0;
  // each country's own example, and its neighbours: the same length, other digits
  for (const country of getCountries())
    for (let n = 0; n < 60; n++) {
      const example = getExampleNumber(country, examples)!.number;
      const keep = 3 + (n % (example.length - 3));
      const number =
        example.slice(0, keep) + String(7919 * (n + 1) * 104_729).slice(0, example.length - keep);
      if (!isSurelyAssigned(number)) continue;
      sure++;
      const parsed = parsePhone(number)!;
      expect([number, parsed.isValid(), parsed.number]).toEqual([number, true, number]);
    }
  expect(sure).toBeGreaterThan(5000);
});

describe('columns are known by their names', () => {
  it.each([
    ['English', 'Customer ID|First Name|Last Name|E-mail address|Mobile Number|Language|Time zone|Tags'],
    ['German', 'Kundennummer|Vorname|Nachname|E-Mail-Adresse|Handy|Sprache|Zeitzone|Schlagworte'],
    [
      'French',
      'N° client|Prénom|Nom de famille|Adresse e-mail|Téléphone portable|Langue|Fuseau horaire|Étiquettes',
    ],
    [
      'Spanish',
      'ID cliente|Nombre|Apellidos|Correo electrónico|Teléfono móvil|Idioma|Zona horaria|Etiquetas',
    ],
    ['Portuguese', 'Código cliente|Primeiro nome|Sobrenome|E-mail|Celular|Idioma|Fuso horário|Etiqueta'],
    ['Italian', 'Codice cliente|Nome|Cognome|Indirizzo e-mail|Cellulare|Lingua|Fuso orario|Etichette'],
    ['Russian', 'Номер клиента|Имя|Фамилия|Электронная почта|Мобильный телефон|Язык|Часовой пояс|Метки'],
    ['Polish', 'Numer klienta|Imię|Nazwisko|Email|Telefon komórkowy|Język|Strefa czasowa|Etykiety'],
    ['Turkish', 'Müşteri No|Adı|Soyadı|E-posta|Cep telefonu|Dil|Saat dilimi|Etiketler'],
    ['Dutch', 'Klantnummer|Voornaam|Achternaam|E-mailadres|Telefoonnummer|Taal|Tijdzone|Labels'],
    ['Chinese', '客户编号|名|姓|电子邮箱|手机号码|语言|时区|标签'],
    ['Japanese', '顧客番号|名|姓|メールアドレス|電話番号|言語|タイムゾーン|タグ'],
  ])('%s', (_, header) => {
    expect(short(suggestMapping(header.split('|'), []))).toEqual([
      'external_id',
      'first_name',
      'last_name',
      'email',
      'phone',
      'language',
      'time_zone',
      'tags',
    ]);
  });

  it('whatever their accents, blanks and signs', () => {
    for (const name of ['E-Mail', 'e_mail', ' E MAIL * ', 'ＥＭＡＩＬ']) expect(spelling(name)).toBe('email');
  });

  it('a column "Name" is the whole name, unless its parts have columns of their own', () => {
    expect(short(suggestMapping(['Name', 'Email'], []))).toEqual(['full_name', 'email']);
    expect(short(suggestMapping(['Vorname', 'Name'], []))).toEqual(['first_name', 'last_name']);
    expect(short(suggestMapping(['Name', 'First name', 'Last name'], []))).toEqual([
      'full_name:text',
      'first_name',
      'last_name',
    ]);
  });

  it('no field twice: the second becomes an attribute', () => {
    expect(short(suggestMapping(['Phone', 'Mobile', 'Mobile'], [['1', '2', '3']]))).toEqual([
      'phone',
      'mobile:number',
      'mobile_2:number',
    ]);
  });
});

describe('columns are known by their values', () => {
  const one = (name: string, values: string[], options = {}) =>
    suggestMapping(
      [name],
      values.map((value) => [value]),
      options,
    )[0];
  it.each<[string, string[], Partial<ColumnTarget>]>([
    ['Contact', ['ann@example.com', 'bo@example.org'], field('email')],
    ['Number', ['+44 20 7946 0018', '020 7946 0019'], field('phone')],
    ['Orders', ['1', '20', '1,234'], { kind: 'attribute', name: 'orders', type: 'number', decimal: '.' }],
    ['Umsatz', ['1.234,50', '7'], { kind: 'attribute', name: 'umsatz', type: 'number', decimal: ',' }],
    ['Article', ['00123', '55'], { kind: 'attribute', name: 'article', type: 'text' }],
    ['VIP', ['ja', 'nein', ''], { kind: 'attribute', name: 'vip', type: 'boolean' }],
    [
      'Geburtstag',
      ['21.11.2026', '1.2.99'],
      { kind: 'attribute', name: 'geburtstag', type: 'date', order: 'dmy' },
    ],
    [
      'Birthday',
      ['11/21/2026', '01/02/1999'],
      { kind: 'attribute', name: 'birthday', type: 'date', order: 'mdy' },
    ],
    ['Born', ['2026-11-21'], { kind: 'attribute', name: 'born', type: 'date', order: 'ymd' }],
    ['City', ['Leeds', '7'], { kind: 'attribute', name: 'city', type: 'text' }],
    ['Empty', ['', ''], { kind: 'ignore' }],
    ['城市', ['北京'], { kind: 'attribute', name: 'column_1', type: 'text' }],
  ])('%s: %j', (name, values, target) => expect(one(name, values)).toEqual(target));

  it('a date that may be read in two ways goes by the country', () => {
    expect(one('Born', ['03/04/2020'], { country: 'US' })).toMatchObject({ order: 'mdy' });
    expect(one('Born', ['03/04/2020'], { country: 'GB' })).toMatchObject({ order: 'dmy' });
  });

  it('Telegram ids are addresses on the connection that was named, else an attribute', () => {
    const connectionId = toWireId('con', newId());
    expect(one('Telegram ID', ['5501', '-7'], { connectionId })).toEqual({
      kind: 'identity',
      connection_id: connectionId,
    });
    expect(one('Telegram ID', ['5501'])).toMatchObject({ kind: 'attribute', name: 'telegram_id' });
  });

  it('names of attributes are always such', () => {
    for (const name of ['Größe (cm)', '2nd order', '___', '城市', 'x'.repeat(100), 'Ünïcödé — dash'])
      expect(attributeNameOf(name, 0)).toMatch(/^[a-z][a-z0-9_]{0,62}$/);
  });
});

describe('phones', () => {
  it.each([
    ['+44 20 7946 0018', undefined, '+442079460018'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['0044 (0)20 7946 0018', 'DE', '+442079460018'],
    ["'+442079460018", undefined, '+442079460018'],
    ['tel:+44-20-7946-0018', undefined, '+442079460018'],
    ['\u202a+44 20 7946 0018\u202c', undefined, '+442079460018'],
    ['٠٢٠٧٩٤٦٠٠١٨', 'GB', '+442079460018'],
    ['8 (912) 345-67-89', 'RU', '+79123456789'],
    ['(11) 96123-4567', 'BR', '+5511961234567'],
    ['0176 12345678', 'DE', '+4917612345678'],
    ['442079460018', undefined, '+442079460018'],
    ['4917612345678', 'GB', '+4917612345678'],
  ])('%s of %s is %s', (text, country, phone) => expect(readPhone(text, country)).toMatchObject({ phone }));

  it('that are possible and not known to be assigned are kept, with doubt', () => {
    expect(readPhone('+44 10 0000 0000')).toMatchObject({
      phone: '+441000000000',
      doubt: expect.stringContaining('kept'),
    });
  });

  it('that are good in two ways are taken as of the country that was chosen, with doubt', () => {
    expect(readPhone('442079460018', 'DE')).toMatchObject({
      phone: '+49442079460018',
      doubt: expect.stringContaining('another country'),
    });
    expect(readPhone('020 7946 0018', 'GB')).toMatchObject({ doubt: null });
  });

  it.each([
    ['020 7946 0018', undefined, 'country code is missing'],
    ['12', 'GB', 'not a phone'],
    ['call me', 'GB', 'not a phone'],
    ['+44 20 7946', 'GB', 'too few or too many'],
    ['0664 1234567 89 012', 'GB', 'Choose the country of the phone numbers'],
    ['4.4208E+11', 'GB', 'powers of ten'],
    ['020 7946 0018, 020 7946 0019', 'GB', 'longer'],
  ])('%s of %s is refused in words', (text, country, words) => {
    expect(readPhone(text, country)).toMatchObject({ phone: null, reason: expect.stringContaining(words) });
  });
});

it.each([
  'Customer No',
  'customernr',
  'ClientNo',
  'client number',
  'No',
  'Nr.',
  'Account number',
  'Member no.',
])('a column "%s" is the shop’s id', (name) =>
  expect(suggestMapping([name], [['17'], ['18']])).toEqual([field('external_id')]),
);

describe('values', () => {
  it.each([
    ['1,234.5', '.', 1234.5],
    ['1.234,5', ',', 1234.5],
    ['1 234 567', '.', 1_234_567],
    ["1'234.50", '.', 1234.5],
    ['-7', '.', -7],
    ['\u22127,5', ',', -7.5],
    ['0,5', ',', 0.5],
    ['.5', '.', 0.5],
    ['1.5E3', '.', 1500],
  ] as const)('number %s with %s', (text, decimal, number) => expect(readNumber(text, decimal)).toBe(number));
  it.each([
    '',
    '-',
    '1,2,3',
    '12,34.5',
    '1.2.3',
    '€5',
    '5 %',
    '0x10',
    'Infinity',
    'NaN',
    '1e999',
    '٣',
    '1 2',
  ])('%j is no number', (text) => expect(readNumber(text, '.')).toBeNull());
  it.each([
    ['21.11.2026', 'dmy', '2026-11-21'],
    ['11/21/2026', 'mdy', '2026-11-21'],
    ['1/2/99', 'dmy', '1999-02-01'],
    ['2026-11-21T10:00:00Z', 'dmy', '2026-11-21T10:00:00Z'],
    ['2026-11-21T10:00:00.5+05:30', 'mdy', '2026-11-21T10:00:00.5+05:30'],
    ['2026-11-21 10:00', 'ymd', '2026-11-21'],
    ['11/21/2026, 9:30 PM', 'mdy', '2026-11-21'],
    ['29.02.2024', 'dmy', '2024-02-29'],
    ['21.11.2026 10:30', 'dmy', '2026-11-21'],
  ] as const)('date %s as %s', (text, order, date) => expect(readDate(text, order)).toBe(date));
  it.each([
    '29.02.2025',
    '31/04/2026',
    '2026-13-01',
    '0000-01-01',
    '1.2',
    '21-11/2026',
    'soon',
    '',
    '2026-12-01 99:99 rubbish',
    '2026-12-01 10:30 rubbish',
    '2026-12-01T25:00:00Z',
    '2026-02-30T10:00:00Z',
    '01.12.2026 99:99',
    '2026-12-01T10:00:00+25:00',
  ])('%j is no date', (text) => expect(readDate(text, 'dmy')).toBeNull());
  it('yes and no in many languages', () => {
    expect(['Yes', 'JA', 'oui', 'sí', 'да', 'evet', 'はい', '1'].map(readBoolean)).toEqual(
      Array(8).fill(true),
    );
    expect(['No', 'nein', 'нет', 'não', 'hayır', '否', '0'].map(readBoolean)).toEqual(Array(7).fill(false));
    expect(readBoolean('maybe')).toBeNull();
  });
  it('lists are divided, each part once', () =>
    expect([readList(' vip, new ;vip| summer 2026 ,'), readList('["a, b","c"]'), readList('["a')]).toEqual([
      ['vip', 'new', 'summer 2026'], ['a, b', 'c'], ['["a'],
    ])); // biome-ignore format: dense
  it.each([
    ['Ann Lee', 'Ann', 'Lee'],
    ['Lee, Ann', 'Ann', 'Lee'],
    ['Ann', 'Ann', undefined],
    ['Ann de la Cruz', 'Ann', 'de la Cruz'],
  ])('name %s', (text, first_name, last_name) =>
    expect(namesOf(text)).toMatchObject({ first_name, ...(last_name && { last_name }) }),
  );
});

describe('a row', () => {
  const header = ['Id', 'Name', 'Email', 'Phone', 'Orders', 'VIP', 'Born', 'Tags', 'Language'];
  const mapping: ColumnTarget[] = [
    field('external_id'), field('full_name'), field('email'), field('phone'),
    { kind: 'attribute', name: 'orders', type: 'number', decimal: '.' },
    { kind: 'attribute', name: 'vip', type: 'boolean' },
    { kind: 'attribute', name: 'born', type: 'date', order: 'dmy' },
    { kind: 'tags' }, field('language'),
  ]; // biome-ignore format: one per column
  const read = contactReader(header, mapping, { defaultCountry: 'GB' });
  const row = (...cells: string[]) => read({ line: 7, cells });

  it('becomes a contact as the API takes it', () => {
    expect(
      row(
        'c1',
        'Ann Lee',
        ' ANN@Example.com',
        '020 7946 0018',
        '1,234',
        'yes',
        '1.2.1990',
        'vip; new',
        'en_GB',
      ),
    ).toEqual({
      contact: {
        external_id: 'c1', first_name: 'Ann', last_name: 'Lee', email: 'ann@example.com', phone: '+442079460018', language: 'en_GB',
        attributes: { orders: 1234, vip: true, born: '1990-02-01' }, tags: ['vip', 'new'],
      }, // biome-ignore format: dense
      proof: null,
      doubts: [],
    });
  });

  it('says nothing where its cells are empty or missing', () => {
    expect(row('c1', '', ' ')).toEqual({ contact: { external_id: 'c1' }, proof: null, doubts: [] });
  });

  it('is refused with column and reason, all reasons at once, without the values themselves', () => {
    const answer = row('c1', 'Ann', 'x', '12', 'many', 'perhaps', '31.02.2020');
    expect(answer.contact === null && answer.problems.map(({ column }) => column)).toEqual([
      'Phone', 'Orders', 'VIP', 'Born', 'Email',
    ]); // biome-ignore format: one line
    expect(JSON.stringify(answer)).not.toMatch(/many|perhaps|31\.02/);
    expect(JSON.stringify(answer)).toContain('Write it like 21.11.2026 (day first)');
    expect(row('c1', 'Ann', 'not an address')).toEqual({
      contact: null,
      problems: [{ column: 'Email', reason: 'Write an email address like ann@example.com.' }],
    });
    expect(row('c1', 'Ann', '', '', '', '', '', 'x'.repeat(61))).toMatchObject({
      problems: [{ column: 'Tags' }],
    });
    expect(row('c1', 'A'.repeat(121))).toMatchObject({ problems: [{ column: 'Name' }] });
  });

  it('with nobody in it, or more cells than columns, is refused as a whole', () => {
    expect(row('', '', '', '', '5')).toMatchObject({
      problems: [{ column: null, reason: expect.stringContaining('who this is') }],
    });
    expect(row('c1', 'Ann', '', '', '', '', '', '', 'en', 'more')).toMatchObject({
      problems: [{ column: null, reason: expect.stringContaining('10 cells') }],
    });
    expect(row('c1', 'Ann', '', '', '', '', '', '', 'en', '', ' ')).toMatchObject({
      contact: { external_id: 'c1' },
    });
  });

  it('with what cannot be stored is refused, not thrown', () => {
    expect(row('c1', 'Ann\u0000')).toMatchObject({ contact: null });
    expect(row('c1', 'Ann\ud800')).toMatchObject({ contact: null });
  });

  it('that our own export guarded against formulas is what it was', () => {
    expect(row("'=1+1", "'+Ann", '', "'+442079460018")).toMatchObject({
      contact: { external_id: '=1+1', first_name: '+Ann', phone: '+442079460018' },
    });
  });
});
