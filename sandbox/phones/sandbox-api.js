// @ts-check
// The only door to the sandbox. Addresses are relative: the page also lives below /sandbox/ of the product.

const ROOT = new URL('../control/', location.href.split(/[?#]/)[0]);

/**
 * @param {string} path
 * @param {unknown} [body]
 * @param {string} [method]
 * @returns {Promise<any>}
 */
export async function ask(path, body, method) {
  const response = await fetch(new URL(path, ROOT), {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}`);
  return answer;
}

/** @param {string} uniqueId */
export const fileAddress = (uniqueId) => new URL(`files/${encodeURIComponent(uniqueId)}`, ROOT).href;

/** A path of the control API as the sandbox writes it: `/control/…`. @param {string} path */
export const controlAddress = (path) => new URL(path.replace(/^\/control\//, ''), ROOT).href;

/**
 * Listens for changes; the browser connects again by itself.
 * @param {string} path
 * @param {(chats: (number | string)[] | null) => void} onChange null = anything may have changed
 */
export function listen(path, onChange) {
  const source = new EventSource(new URL(path, ROOT));
  let isFirst = true;
  source.addEventListener('hello', () => {
    // After a lost connection everything may be different.
    if (!isFirst) onChange(null);
    isFirst = false;
  });
  source.addEventListener('changed', (event) => onChange(JSON.parse(event.data).chats));
  return () => source.close();
}
