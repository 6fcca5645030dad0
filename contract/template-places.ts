// The places of a template, {{ like_this }}: how one is written and what stands for it until it is filled, for the server that
// fills them and the panel that shows them.

/** Lower-case letters, digits and underscores, at most 40 characters. */
export const placeName = /[a-z][a-z0-9_]{0,39}/;
/** The one way to write a place; the name is group 1. */
export const placePattern = new RegExp(`\\{\\{ *(${placeName.source}) *\\}\\}`, 'g');
/** Roots of what Carillon fills in itself: no places, though they may look like some. */
export const ownRoots: readonly string[] = ['contact', 'workspace', 'connection'];
/** Ready texts of what an automation is about: filled in by Carillon as well. */
export const readyTexts: readonly string[] = ['cart_items', 'order_items', 'product_list'];
/** With names beneath ({{ cart.total }}) Carillon fills them in; bare ({{ product }}) they may be places. */
export const eventRoots: readonly string[] = ['cart', 'order', 'product', 'products'];

/** Each place once, in the order of the texts. */
export function placesIn(texts: string[]): string[] {
  const names = texts.flatMap((text) => [...text.matchAll(placePattern)].map(([, name]) => name as string));
  return [...new Set(names)].filter((name) => !ownRoots.includes(name) && !readyTexts.includes(name));
}

/** `write` gives what stands there instead; undefined: the place stays as it is. */
export function putPlaces(source: string, write: (name: string) => string | undefined): string {
  return source.replace(placePattern, (all, name: string) => write(name) ?? all);
}

/**
 * The same for the address of a button. At its start a value is the whole beginning of the address, `write` is told so; further
 * on it is a part of it.
 */
export function putPlacesInAddress(
  url: string,
  write: (name: string, atStart: boolean) => string | undefined,
): string {
  return url.replace(
    placePattern,
    (all, name: string, at: number) => write(name, url.slice(0, at).trim() === '') ?? all,
  );
}

/** The place that an address begins with. */
export function placeAtStart(url: string): string | null {
  let found: string | null = null;
  putPlacesInAddress(url, (name, atStart) => {
    if (atStart) found = name;
    return undefined;
  });
  return found;
}

/** Stands in a text for what nobody has filled in yet. */
export const labelInBrackets = ({ label }: { label: string }) => `[${label}]`;
/** Stands for an address that nobody has filled in yet. */
export const addressStandIn = 'https://example.com';
