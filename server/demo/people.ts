// The 156 customers of the demo shop: invented people with names, languages and time zones that go together. No part of
// it is random, so every demo looks the same and a second start finds the same people.

export interface DemoPerson {
  /** Telegram's id of the person, which is also the chat's. */
  userId: number;
  /** The shop's own customer number. */
  externalId: string;
  firstName: string;
  lastName: string;
  username: string | null;
  /** Some are on WhatsApp as well, with numbers that the German regulator keeps for films and examples. */
  phone: string | null;
  language: string;
  timeZone: string;
  city: string;
  orders: number;
  tags: string[];
}

interface Place {
  language: string;
  timeZone: string;
  cities: string[];
  names: string;
}

const places: Place[] = [
  {
    language: 'en-GB',
    timeZone: 'Europe/London',
    cities: ['Marlow', 'Bristol', 'Leeds', 'Norwich', 'Edinburgh', 'Cardiff', 'Hexham'],
    names: `Imogen Fairley, Tom Ashdown, Priya Nandakumar, Callum Reddick, Bethan Prosser, Oliver Stannard, Hannah Wetherby,
      Kwame Ofori, Lucy Thornbury, Gareth Penhale, Aisha Rahmani, Edmund Larkhill, Rosie Cattermole, Danny Holroyd,
      Freya Linklater, Marcus Bellweather, Niamh Carrow, Simon Haddock, Zara Qureshi, Philip Muncaster, Esme Dallimore,
      Jack Rowntree, Tamsin Trevaskis, Hugh Ormsby, Megan Pryce, Desmond Achebe-Lowe, Clara Whitlock, Ravi Sandhu,
      Poppy Garside, Neil Cranfield, Joan Eddowes, Isla Macrae, Stuart Kinnear, Beatrice Holloway, Leo Sandiford,
      Maya Chaudhry, Fergus Dunbar, Alice Peverell, George Tindall, Winnie Osei, Harriet Blythe, Rhys Llewelyn,
      Nell Sutcliffe, Adam Gorringe, Sunita Varma, Peter Loxley`,
  },
  {
    language: 'en-IE',
    timeZone: 'Europe/Dublin',
    cities: ['Dublin', 'Galway', 'Cork'],
    names: 'Aoife Brannigan, Cian Mulcahy, Orla Feeney, Declan Roache, Sinead Kilbride, Eoin Garrity',
  },
  {
    language: 'de',
    timeZone: 'Europe/Berlin',
    cities: ['Hamburg', 'Leipzig', 'Freiburg', 'Köln', 'Berlin'],
    names: `Annika Brandhorst, Jonas Weidlich, Miriam Kestner, Lukas Hohmeyer, Katharina Dressel, Felix Ostermann, Leonie Harms,
      Matthias Ruppert, Svenja Kolbe, Emre Yildirim, Greta Lindow, Tobias Feldkamp, Paula Siebert, Henrik Mahlstedt,
      Ines Albrecht-Noll, Moritz Kreutzer, Dilara Aksoy, Wiebke Thomsen`,
  },
  {
    language: 'de-AT',
    timeZone: 'Europe/Vienna',
    cities: ['Wien', 'Graz'],
    names: 'Theresa Hofstetter, Florian Puchner, Magdalena Eibl, Stefan Wurzer',
  },
  {
    language: 'de-CH',
    timeZone: 'Europe/Zurich',
    cities: ['Zürich', 'Basel'],
    names: 'Selina Amstutz, Reto Bürgisser, Livia Zgraggen',
  },
  {
    language: 'fr',
    timeZone: 'Europe/Paris',
    cities: ['Lyon', 'Nantes', 'Lille', 'Paris'],
    names: `Camille Vasseur, Hugo Tessier, Manon Delcourt, Antoine Brisset, Inès Belkacem, Mathilde Rocher, Paul-Henri Gaudin,
      Chloé Marchetti, Bastien Lemoine, Solène Carpentier, Yanis Haddad, Élodie Pruvost, Romain Castaing, Agathe Morvan`,
  },
  {
    language: 'nl',
    timeZone: 'Europe/Amsterdam',
    cities: ['Utrecht', 'Delft', 'Groningen'],
    names: `Sanne Hoekstra, Bram Verkade, Lotte Dijkgraaf, Joris van Wezel, Fleur Oosterhuis, Daan Terpstra, Noor Bouali,
      Maarten Schipper, Iris Kamperman, Thijs Roelofs`,
  },
  {
    language: 'nl-BE',
    timeZone: 'Europe/Brussels',
    cities: ['Gent', 'Leuven'],
    names: 'Ellen Goossens, Wout Claeskens, Lien Verstappen-Maes, Pieter Daelemans',
  },
  {
    language: 'es',
    timeZone: 'Europe/Madrid',
    cities: ['Valencia', 'Bilbao', 'Sevilla'],
    names: `Lucía Barrientos, Álvaro Montiel, Carmen Echeverri, Javier Pozuelo, Marta Quiroga, Iker Zubeldia, Nuria Casals,
      Sergio Villalba, Elena Cifuentes, Pablo Arriaga`,
  },
  {
    language: 'pt',
    timeZone: 'Europe/Lisbon',
    cities: ['Porto', 'Coimbra'],
    names: 'Inês Carvalhal, Duarte Figueira, Matilde Lobato, Rui Pedrosa, Beatriz Sequeira',
  },
  {
    language: 'it',
    timeZone: 'Europe/Rome',
    cities: ['Torino', 'Bologna', 'Lecce'],
    names: `Giulia Ferrandi, Matteo Bolzoni, Chiara Santangelo, Davide Morosi, Elisa Travaglini, Lorenzo Pacetti,
      Federica Donadel, Nicola Zanotti, Ginevra Salvi`,
  },
  {
    language: 'pl',
    timeZone: 'Europe/Warsaw',
    cities: ['Kraków', 'Gdańsk'],
    names: 'Zofia Wilczek, Marek Jagodziński, Agnieszka Borowska, Kacper Sroka, Hanna Lisiecka',
  },
  {
    language: 'sv',
    timeZone: 'Europe/Stockholm',
    cities: ['Malmö', 'Uppsala'],
    names: 'Elsa Hedlund, Viktor Sandell, Maja Lindroth, Oskar Berggren',
  },
  {
    language: 'da',
    timeZone: 'Europe/Copenhagen',
    cities: ['Aarhus', 'København'],
    names: 'Freja Bundgaard, Mikkel Storm, Astrid Kjeldsen, Rasmus Toft',
  },
  {
    language: 'en-US',
    timeZone: 'America/New_York',
    cities: ['Asheville', 'Burlington', 'Philadelphia'],
    names: 'Naomi Castellano, Derek Winslow, Paige Hutchins, Luis Alvarado, Tanya Breckenridge, Owen Pruitt',
  },
  {
    language: 'en-US',
    timeZone: 'America/Los_Angeles',
    cities: ['Portland', 'Oakland'],
    names: 'Kira Delmonte, Jasper Nguyen, Wendy Okafor, Ethan Sorrell',
  },
  {
    language: 'ja',
    timeZone: 'Asia/Tokyo',
    cities: ['京都', '東京'],
    names: '美咲 坂上, 健太 野沢, 由紀 水谷',
  },
  {
    language: 'en-AU',
    timeZone: 'Australia/Melbourne',
    cities: ['Melbourne'],
    names: 'Bronte Kavanagh',
  },
];

/** Tags as a shop would set them: by what people bought and how they came. */
function tagsOf(index: number, orders: number): string[] {
  const tags = [];
  if (index % 3 === 0) tags.push('tableware');
  if (index % 5 === 1) tags.push('workshop');
  if (index % 11 === 4) tags.push('wholesale');
  if (orders >= 5) tags.push('regular');
  return tags;
}

/** Letters of the name without accents; people whose script leaves fewer than five have none. */
function usernameOf(firstName: string, lastName: string, index: number): string | null {
  if (index % 4 === 2) return null;
  const letters = `${firstName}_${lastName}`
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z_]/g, '');
  return letters.length >= 6 ? letters.slice(0, 30) : null;
}

export const people: DemoPerson[] = places
  .flatMap((place) =>
    place.names
      .split(',')
      .map((name) => name.trim())
      .map((name, n) => ({
        place,
        name,
        city: place.cities[n % place.cities.length] ?? '',
        phone: place.language === 'de' ? `+4917139200${n + 10}` : null,
      })),
  )
  .map(({ place, name, city, phone }, index) => {
    const [firstName = '', ...rest] = name.split(' ');
    const lastName = rest.join(' ');
    const orders = (index * 7 + 3) % 9;
    return {
      userId: 412_803_117 + index * 3_571_903 + (index % 7) * 611,
      externalId: `MC-${2041 + index * 3}`,
      firstName,
      lastName,
      username: usernameOf(firstName, lastName, index),
      phone,
      language: place.language,
      timeZone: place.timeZone,
      city,
      orders,
      tags: tagsOf(index, orders),
    };
  });

function named(...names: string[]): DemoPerson[] {
  return names.map((name) => {
    const person = people.find(({ firstName, lastName }) => `${firstName} ${lastName}` === name);
    if (!person) throw new Error(`The demo has no ${name}`);
    return person;
  });
}

/** Known to the shop's list, but they never opened the bot. */
export const neverStarted = named('Hugh Ormsby', 'Bastien Lemoine', 'Rasmus Toft');
export const blockedBefore = named('Danny Holroyd', 'Sergio Villalba');
export const optedOutBefore = named('Henrik Mahlstedt', 'Paige Hutchins');
/** Their accounts are gone, which only the send finds out. */
export const deactivated = named('Neil Cranfield', 'Joris van Wezel');

const [rosie, annika, camille, kwame, naomi] = named(
  'Rosie Cattermole',
  'Annika Brandhorst',
  'Camille Vasseur',
  'Kwame Ofori',
  'Naomi Castellano',
) as [DemoPerson, DemoPerson, DemoPerson, DemoPerson, DemoPerson];

/** What people asked before the campaign; the shop has answered the one with an `answer`. */
export const questions: { person: DemoPerson; text: string; answer?: string }[] = [
  {
    person: rosie,
    text: 'Hello! Are the speckled mugs dishwasher safe?',
    answer:
      'Hello Rosie, yes, all our stoneware is. The gold-rimmed bowls are the only ones to wash by hand.',
  },
  { person: annika, text: 'Liefert ihr auch nach Hamburg, und wie lange dauert das ungefähr?' },
  { person: kwame, text: 'Is there still a place in the Saturday throwing workshop?' },
  { person: camille, text: 'Bonjour, la théière bleue sera-t-elle de nouveau disponible ?' },
  { person: naomi, text: 'Could you pack order MC-2455 as a gift, please? It is for my sister.' },
];

/** What people write once the offer has arrived. */
export const answers: { person: DemoPerson; text: string }[] = [
  { person: named('Lucy Thornbury')[0]!, text: 'Just ordered two of the large bowls, thank you!' },
  { person: named('Marta Quiroga')[0]!, text: '¿La oferta vale también para los jarrones?' },
  { person: named('Tobias Feldkamp')[0]!, text: 'Super, gilt das auch für die Teekannen?' },
  { person: named('Isla Macrae')[0]!, text: 'Does this include the seconds shelf?' },
  { person: named('Sanne Hoekstra')[0]!, text: 'Mooi! Hoe lang geldt dit nog vandaag?' },
  { person: named('Owen Pruitt')[0]!, text: 'Do you ship the dinner set to Philadelphia?' },
];

/** What people write on WhatsApp before anything went out there. */
export const whatsappQuestions: { person: DemoPerson; text: string }[] = [
  { person: named('Greta Lindow')[0]!, text: 'Hallo! Ist die blaue Teekanne auch für Induktion geeignet?' },
  { person: named('Emre Yildirim')[0]!, text: 'Kann ich am Samstag im Laden in Marlow abholen?' },
];
/** Three days ago: what answers it now is an approved template. */
export const whatsappLongAgo: { person: DemoPerson; text: string } = {
  person: named('Wiebke Thomsen')[0]!,
  text: 'Moin, ist mein Gutschein vom letzten Jahr noch gültig?',
};

/** The number in the shop's list is nobody's on WhatsApp. */
export const notOnWhatsApp = named('Matthias Ruppert');
/** Got as much marketing lately as WhatsApp lets one person have. */
export const fedUpOnWhatsApp = named('Svenja Kolbe');
export const phoneOff = named('Paula Siebert');
/** Opened the offer there; nobody else has. */
export const readersOnWhatsApp = named(
  'Annika Brandhorst',
  'Jonas Weidlich',
  'Miriam Kestner',
  'Katharina Dressel',
  'Felix Ostermann',
  'Leonie Harms',
  'Ines Albrecht-Noll',
  'Moritz Kreutzer',
  'Dilara Aksoy',
);
/** What some of them answer; without a text they press the offer's button. */
export const whatsappAnswers: { person: DemoPerson; text?: string }[] = [
  { person: named('Jonas Weidlich')[0]! },
  { person: named('Katharina Dressel')[0]!, text: 'Schön! Gilt der halbe Preis auch im Laden?' },
  { person: named('Moritz Kreutzer')[0]!, text: 'Gerade zwei Becher bestellt, danke!' },
];
