// The time zone that a phone number speaks for: of its country; in a country with several, of its area code where those lie
// in one place, else where most people live. A guess: people move and keep their numbers. No database here.
import ct from 'countries-and-timezones';
import parsePhone, { type CountryCode, getCountries, getCountryCallingCode } from 'libphonenumber-js/max';

/** Of countries with several zones, or whose zone goes by another name in the libraries: where most of their people live. */
const mainZones: Partial<Record<CountryCode, string>> = {
  AC: 'Atlantic/St_Helena',
  AS: 'Pacific/Pago_Pago',
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BE: 'Europe/Brussels',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  CY: 'Asia/Nicosia',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  FM: 'Pacific/Chuuk',
  GB: 'Europe/London',
  GL: 'America/Nuuk',
  ID: 'Asia/Jakarta',
  KI: 'Pacific/Tarawa',
  KZ: 'Asia/Almaty',
  MH: 'Pacific/Majuro',
  MM: 'Asia/Yangon',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PF: 'Pacific/Tahiti',
  PG: 'Pacific/Port_Moresby',
  PS: 'Asia/Hebron',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  TA: 'Atlantic/St_Helena',
  UA: 'Europe/Kyiv',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
  VN: 'Asia/Ho_Chi_Minh',
  XK: 'Europe/Belgrade',
};

/** Calling code → zone → first digits of the numbers there. What is not named is in the country's main zone. */
const areas: Record<string, Record<string, string>> = {
  '1': {
    'America/Chicago': `205 210 214 217 218 219 224 225 228 235 251 254 256 262 270 274 281 308 309 312 314 316 318 319 320
      325 327 331 334 337 346 353 361 364 402 405 409 414 417 430 432 447 448 464 469 471 479 501 504 507 512 515 531 534
      539 557 563 572 573 580 601 605 608 612 615 618 620 621 629 630 636 641 651 659 660 662 682 701 708 712 713 715 726
      730 731 737 763 769 773 779 785 806 815 816 817 830 832 847 850 861 870 872 901 903 913 918 920 924 931 936 938 940
      945 952 956 972 975 979 985`,
    'America/Denver': '303 307 385 406 435 505 575 719 720 748 801 915 970 983',
    'America/Boise': '208 986',
    'America/Phoenix': '480 520 602 623 928',
    'America/Los_Angeles': `206 209 213 253 279 310 323 341 350 357 360 369 408 415 424 425 442 458 503 509 510 530 541
      559 562 564 619 626 628 650 657 661 669 702 707 714 725 738 747 760 775 805 818 820 831 837 840 858 909 916 925 949
      951 971`,
    'America/Anchorage': '907',
    'Pacific/Honolulu': '808',
    'America/Vancouver': '236 250 257 604 672 778',
    'America/Edmonton': '368 403 587 780 825 867',
    'America/Regina': '306 474 639',
    'America/Winnipeg': '204 431 584',
    'America/Halifax': '428 506 782 902',
    'America/St_Johns': '709 879',
  },
  '34': { 'Atlantic/Canary': '822 828 922 928' },
  '351': { 'Atlantic/Madeira': '291', 'Atlantic/Azores': '292 295 296' },
  '52': {
    'America/Tijuana': '646 661 663 664 665 686',
    'America/Ciudad_Juarez': '656',
    'America/Hermosillo': '622 623 631 632 633 634 637 638 641 642 643 644 645 647 651 653 662',
    'America/Mazatlan':
      '311 319 323 324 325 327 389 612 613 615 624 667 668 669 672 673 687 694 695 696 697 698',
    'America/Cancun': '983 984 987 998',
  },
  '55': {
    'America/Manaus': '92 97',
    'America/Boa_Vista': '95',
    'America/Porto_Velho': '69',
    'America/Rio_Branco': '68',
    'America/Cuiaba': '65 66',
    'America/Campo_Grande': '67',
  },
  '61': { 'Australia/Brisbane': '7', 'Australia/Perth': '86 89', 'Australia/Adelaide': '87 88' },
};

const zoneOfArea = new Map(
  Object.entries(areas).flatMap(([code, zones]) =>
    Object.entries(zones).flatMap(([zone, prefixes]) =>
      prefixes.split(/\s+/).map((prefix) => [`${code} ${prefix}`, zone] as const),
    ),
  ),
);
/** Whose each calling code is; of several, `mainCountry` stands for numbers that tell no more. */
const countries = Map.groupBy(getCountries(), (country) => String(getCountryCallingCode(country)));
const mainCountry: Record<string, CountryCode> = {
  '1': 'US',
  '7': 'RU',
  '44': 'GB',
  '61': 'AU',
  '212': 'MA',
  '262': 'RE',
  '358': 'FI',
  '590': 'GP',
  '599': 'CW',
};
/** Calling codes of several countries in one and the same zone: not worth a closer look. */
const alike = new Set(['39', '44', '47', '212', '290', '358', '590', '599']);

/** Of a calling code without plus: its country, of several the one that most numbers are of; null: there is no such code. */
export const mainCountryOf = (callingCode: string): string | null =>
  mainCountry[callingCode] ?? countries.get(callingCode)?.[0] ?? null;

/** `phone` as contacts have it, "+442079460018". Null where it names no country: without its code, or of no country at all. */
export function zoneOfPhone(phone: string | null): string | null {
  const digits = /^(?:\+|00)(\d{5,})$/.exec(phone ?? '')?.[1];
  if (!digits) return null;
  const code = [1, 2, 3].map((length) => digits.slice(0, length)).find((start) => countries.has(start));
  if (!code) return null;
  const shared = countries.get(code)!;
  const main = mainCountry[code] ?? shared[0]!;
  if (areas[code] === undefined && (shared.length === 1 || alike.has(code))) return zoneOfCountry(main);
  const parsed = parsePhone(`+${digits}`);
  const national = parsed?.nationalNumber ?? digits.slice(code.length);
  for (const length of [3, 2, 1]) {
    const zone = zoneOfArea.get(`${code} ${national.slice(0, length)}`);
    if (zone) return zone;
  }
  return zoneOfCountry(parsed?.country ?? main);
}

const zonesByCountry = new Map<CountryCode, string | null>();
function zoneOfCountry(country: CountryCode): string | null {
  let zone = zonesByCountry.get(country);
  if (zone === undefined) {
    zone = mainZones[country] ?? nameOfOnlyZone(country);
    zonesByCountry.set(country, zone);
  }
  return zone;
}

/** By the name that people there know: "Europe/Oslo", which libraries fold into "Europe/Berlin". */
function nameOfOnlyZone(country: CountryCode): string | null {
  const names = ct.getTimezonesForCountry(country, { deprecated: true }) ?? [];
  const ownNames = names.filter(({ countries, name }) => countries.length === 1 && name.includes('/'));
  const present = ownNames.find(({ aliasOf }) => aliasOf === null) ?? ownNames[0] ?? names[0];
  return present?.name ?? null;
}
