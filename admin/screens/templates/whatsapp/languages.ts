// The languages that WhatsApp takes templates in (Cloud API, template languages, 2026-11-20), named by the browser.
const codes = (
  'af ar ar_AE ar_EG ar_LB ar_MA ar_QA az be_BY bg bn bn_IN ca cs da de de_AT de_CH el en en_AE en_AU en_CA en_GB en_GH en_IE en_IN ' +
  'en_JM en_MY en_NZ en_QA en_SG en_UG en_US en_ZA es es_AR es_CL es_CO es_CR es_DO es_EC es_ES es_HN es_MX es_PA es_PE es_UY et fa fi ' +
  'fil fr fr_BE fr_CA fr_CH fr_CI fr_MA ga gu ha he hi hr hu id it ja ka kk kn ko ky_KG lo lt lv mk ml mr ms nb nl nl_BE pa pl prs_AF ' +
  'ps_AF pt_BR pt_PT ro ru rw_RW si_LK sk sl sq sr sv sw ta te th tr uk ur uz vi zh_CN zh_HK zh_TW zu'
).split(' ');

/** "en_US" → "English (United States)". */
export function languageName(code: string): string {
  try {
    return (
      new Intl.DisplayNames('en', { type: 'language', languageDisplay: 'standard' }).of(
        code.replace('_', '-'),
      ) ?? code
    );
  } catch {
    return code;
  }
}

export const languageChoices = codes
  .map((value) => ({ value, label: `${languageName(value)}, ${value}` }))
  .sort((a, b) => a.label.localeCompare(b.label, 'en'));

/** What a new template most likely is in: what most of the others are in, else the reader's own language. */
export function likelyLanguage(others: { language: string }[], own: string): string {
  const counts = new Map<string, number>();
  for (const { language } of others) counts.set(language, (counts.get(language) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  if (most) return most[0];
  const written = own.replace('-', '_');
  return [written, written.split('_')[0] ?? ''].find((code) => codes.includes(code)) ?? 'en_US';
}
