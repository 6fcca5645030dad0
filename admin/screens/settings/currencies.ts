// Currencies to choose from, by code and name.
const names = new Intl.DisplayNames('en', { type: 'currency' });
export const currencies = Intl.supportedValuesOf('currency').map((value) => ({
  value,
  label: `${value} · ${names.of(value) ?? value}`,
}));
