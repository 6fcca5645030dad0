// Currencies to choose from, by code and name, and which one a shop here probably sells in.
const names = new Intl.DisplayNames('en', { type: 'currency' });
export const currencies = Intl.supportedValuesOf('currency').map((value) => ({
  value,
  label: `${value} · ${names.of(value) ?? value}`,
}));

const byRegion: Record<string, string> = {
  AE: 'AED', AU: 'AUD', BR: 'BRL', CA: 'CAD', CH: 'CHF', CN: 'CNY', CZ: 'CZK', DK: 'DKK', GB: 'GBP', HK: 'HKD',
  HU: 'HUF', ID: 'IDR', IL: 'ILS', IN: 'INR', JP: 'JPY', KR: 'KRW', KZ: 'KZT', MX: 'MXN', MY: 'MYR', NG: 'NGN',
  NO: 'NOK', NZ: 'NZD', PH: 'PHP', PL: 'PLN', RO: 'RON', SA: 'SAR', SE: 'SEK', SG: 'SGD', TH: 'THB', TR: 'TRY',
  UA: 'UAH', US: 'USD', ZA: 'ZAR',
}; // biome-ignore format: dense

/** By the country that the browser's language names; else the euro. */
export function browserCurrency(language = navigator.language): string {
  return byRegion[new Intl.Locale(language).region ?? ''] ?? 'EUR';
}
