// @ts-check
// Makes DOM nodes. Text always goes in as text: nothing here reads HTML.

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on…` are listeners, null and false are left out
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}

/** Tabler outline icons, 24 × 24. */
const PATHS = {
  flask: ['M9 3h6', 'M10 9h4', 'M10 3v6l-4 11a.7.7 0 0 0 .5 1h11a.7.7 0 0 0 .5-1l-4-11v-6'],
  plane: ['M10 14l11-11', 'M21 3l-6.5 18a.55.55 0 0 1-1 0l-3.5-7-7-3.5a.55.55 0 0 1 0-1z'],
  telegram: ['M15 10l-4 4 6 6 4-16-18 7 4 2 2 6 3-4'],
  refresh: ['M20 11a8.1 8.1 0 0 0-15.5-2m-.5-4v4h4', 'M4 13a8.1 8.1 0 0 0 15.5 2m.5 4v-4h-4'],
  phone: ['M6 5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2z', 'M11 4h2', 'M12 17v.01'],
  pointer: [
    'M3 12h3',
    'M12 3v3',
    'M7.8 7.8l-2.2-2.2',
    'M16.2 7.8l2.2-2.2',
    'M7.8 16.2l-2.2 2.2',
    'M12 12l9 3-4 2-2 4z',
  ],
  message: [
    'M8 9h8',
    'M8 13h6',
    'M18 4a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-5l-5 3v-3h-2a3 3 0 0 1-3-3v-8a3 3 0 0 1 3-3z',
  ],
  ban: ['M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0', 'M5.7 5.7l12.6 12.6'],
  check: ['M5 12l5 5 10-10'],
  clock: ['M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0', 'M12 7v5l3 3'],
  ghost: ['M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0', 'M9 10h.01', 'M15 10h.01', 'M9.5 15.25a3.5 3.5 0 0 1 5 0'],
  external: ['M7 17l10-10', 'M8 7h9v9'],
  file: ['M14 3v4a1 1 0 0 0 1 1h4', 'M17 21h-10a2 2 0 0 1-2-2v-14a2 2 0 0 1 2-2h7l5 5v11a2 2 0 0 1-2 2z'],
  users: [
    'M5 7a4 4 0 1 0 8 0a4 4 0 1 0-8 0',
    'M3 21v-2a4 4 0 0 1 4-4h4a4 4 0 0 1 4 4v2',
    'M16 3.13a4 4 0 0 1 0 7.75',
    'M21 21v-2a4 4 0 0 0-3-3.85',
  ],
  pin: [
    'M9 11a3 3 0 1 0 6 0a3 3 0 0 0-6 0',
    'M17.7 16.7l-4.3 4.2a2 2 0 0 1-2.8 0l-4.3-4.2a8 8 0 1 1 11.4 0z',
  ],
  tick: ['M5 12l5 5 10-10'],
  ticks: ['M7 12l5 5 10-10', 'M2 12l5 5m5-5l5-5'],
  alert: ['M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0', 'M12 8v4', 'M12 16h.01'],
  reply: ['M9 14l-4-4 4-4', 'M5 10h11a4 4 0 1 1 0 8h-1'],
  call: ['M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5l1.5-2.5 5 2v4a2 2 0 0 1-2 2a16 16 0 0 1-15-15a2 2 0 0 1 2-2'],
  list: ['M9 6h11', 'M9 12h11', 'M9 18h11', 'M5 6v.01', 'M5 12v.01', 'M5 18v.01'],
  chevron: ['M6 9l6 6 6-6'],
  camera: [
    'M5 7h1a2 2 0 0 0 2-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1a2 2 0 0 0 2 2h1a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-14a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2',
    'M9 13a3 3 0 1 0 6 0a3 3 0 0 0-6 0',
  ],
  dots: ['M12 5v.01', 'M12 12v.01', 'M12 19v.01'],
  close: ['M18 6l-12 12', 'M6 6l12 12'],
  whatsapp: [
    'M3 21l1.65-3.8a9 9 0 1 1 3.4 2.9l-5.05.9',
    'M9 10a.5.5 0 0 0 1 0v-1a.5.5 0 0 0-1 0v1a5 5 0 0 0 5 5h1a.5.5 0 0 0 0-1h-1a.5.5 0 0 0 0 1',
  ],
  twice: [
    'M4 12v-3c0-1.3.9-2.5 2.1-2.9m3.9-.1h10m-3-3l3 3-3 3',
    'M20 12v3a3 3 0 0 1-.1.9m-2 2a3 3 0 0 1-.9.1h-13m3 3l-3-3 3-3',
    'M3 3l18 18',
  ],
};

/** @param {keyof typeof PATHS} name */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of PATHS[name]) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
