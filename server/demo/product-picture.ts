// Pictures of what the demo shop sells, drawn as its offer's is. The node with the simulated phones serves them itself: phones that
// are simulated fetch nothing from other machines.
import type { FastifyInstance } from 'fastify';
import sharp from 'sharp';
import { notFound } from '../platform/errors.ts';
import { products } from './catalogue.ts';
import { bowl, clay, mug, vase } from './picture.ts';

const side = 600;
const cream = '#f4ead9';
const teal = '#3f6f76';
const sage = '#7d9a83';

const speckles = Array.from(
  { length: 40 },
  (_, n) =>
    `<circle cx="${240 + ((n * 47) % 118)}" cy="${335 + ((n * 31) % 125)}" r="${2 + (n % 3)}" fill="#8a5a3c"/>`,
).join('');
const plate = (y: number, width: number) =>
  `<ellipse cx="300" cy="${y}" rx="${width}" ry="${width / 5}" fill="${sage}"/><ellipse cx="300" cy="${y - 6}" rx="${width * 0.7}" ry="${width / 8}" fill="${cream}"/>`;
const teapot = `<g transform="translate(300 470)">
  <path d="M-110 -70 C-190 -90 -190 -190 -104 -186" fill="none" stroke="${teal}" stroke-width="20" stroke-linecap="round"/>
  <path d="M100 -60 C160 -80 150 -150 196 -176 L176 -194 C120 -176 128 -130 84 -124 Z" fill="${teal}"/>
  <path d="M-60 0 C-140 -40 -130 -190 0 -196 C130 -190 140 -40 60 0 Z" fill="${teal}"/>
  <path d="M-70 -180 Q0 -226 70 -180 Z" fill="${cream}"/><circle cy="-222" r="16" fill="${clay}"/></g>`;

const drawings: Record<string, string> = {
  'mug-speckled': mug(300, cream, '#e9dcc6') + speckles,
  'mug-tall': `<g transform="translate(0 -180) scale(1 1.38)">${mug(300, clay, cream)}</g>`,
  'bowl-large': bowl(300, '#f8eee0', sage),
  'bowl-gold-rim': bowl(300, teal, '#d9a441'),
  'vase-tall': vase(300, teal, '#e9dcc6'),
  'teapot-blue': teapot,
  'dinner-set': `${plate(440, 190)}${plate(400, 160)}<g transform="translate(0 -84)">${bowl(300, cream, clay)}</g>`,
  'plate-side': plate(430, 180),
};

const drawn = new Map<string, Promise<Buffer>>();

function draw(id: string): Promise<Buffer> {
  const known = drawn.get(id);
  if (known) return known;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 ${side} ${side}">
    <rect width="${side}" height="${side}" fill="#f3e4d0"/><circle cx="300" cy="290" r="230" fill="#ecd5b8"/>
    <rect y="470" width="${side}" height="22" fill="#8a5a3c"/><rect y="492" width="${side}" height="108" fill="#dfc7a6"/>${drawings[id]}</svg>`;
  const made = sharp(Buffer.from(svg)).png({ compressionLevel: 9, palette: true }).toBuffer();
  drawn.set(id, made);
  return made;
}

const path = '/demo/pictures/';

/** Undefined on a node that answers nobody. */
export function pictureOf({ config }: { config: { ownUrl: string | null } }, id: string): string | undefined {
  return config.ownUrl ? `${config.ownUrl}${path}${id}.png` : undefined;
}

/** No part of the API: the simulated phones fetch them, as a platform fetches a shop's pictures. */
export function productPictures(app: FastifyInstance): void {
  app.get<{ Params: { name: string } }>(
    `${path}:name`,
    { schema: { hide: true }, config: { access: 'public' } },
    async (request, reply) => {
      const id = request.params.name.replace(/\.png$/, '');
      if (!app.base.config.sandboxUrl || !products.some((product) => product.id === id))
        throw notFound('picture');
      // as a shop's own server answers: the panel may be open under another name of this machine
      reply.header('cross-origin-resource-policy', 'cross-origin');
      return reply
        .header('cache-control', 'public, max-age=86400')
        .type('image/png')
        .send(await draw(id));
    },
  );
}
