// The picture of the demo's campaign: three pots on a shelf under a "50%" that is drawn, not typed, because a server may
// have no fonts. Sharp turns it into the PNG that a person would have uploaded.
import sharp from 'sharp';

const width = 1200;
const height = 600;

export const clay = '#c4623f';
const ink = '#2f3a3f';
const shade = 'fill="#000" fill-opacity="0.10"';

/** A vase with a long neck, `x` its middle, standing on the shelf at y = 470. */
export function vase(x: number, glaze: string, band: string): string {
  return `<g transform="translate(${x} 470)">
    <path d="M-34 0 C-92 -40 -96 -150 -40 -196 C-26 -210 -22 -232 -26 -262 L26 -262 C22 -232 26 -210 40 -196 C96 -150 92 -40 34 0 Z" fill="${glaze}"/>
    <path d="M-80 -120 C-78 -92 -70 -62 -56 -34 L56 -34 C70 -62 78 -92 80 -120 Z" fill="${band}"/>
    <path d="M10 0 L34 0 C92 -40 96 -150 40 -196 C26 -210 22 -232 26 -262 L6 -262 C10 -190 52 -120 10 0 Z" ${shade}/>
    <rect x="-34" y="-272" width="68" height="14" rx="7" fill="${glaze}"/>
  </g>`;
}

export function bowl(x: number, glaze: string, rim: string): string {
  return `<g transform="translate(${x} 470)">
    <path d="M-112 -104 C-106 -38 -64 -14 -44 -12 L-44 0 L44 0 L44 -12 C64 -14 106 -38 112 -104 Z" fill="${glaze}"/>
    <path d="M20 0 L44 0 L44 -12 C64 -14 106 -38 112 -104 L70 -104 C66 -50 44 -24 20 -12 Z" ${shade}/>
    <rect x="-118" y="-116" width="236" height="18" rx="9" fill="${rim}"/>
  </g>`;
}

export function mug(x: number, glaze: string, dip: string): string {
  return `<g transform="translate(${x} 470)">
    <path d="M58 -122 C118 -128 118 -34 54 -38" fill="none" stroke="${glaze}" stroke-width="18" stroke-linecap="round"/>
    <path d="M-66 -148 L66 -148 L60 -14 Q59 0 45 0 L-45 0 Q-59 0 -60 -14 Z" fill="${glaze}"/>
    <path d="M-63 -84 Q-30 -66 0 -82 T63 -84 L60 -14 Q59 0 45 0 L-45 0 Q-59 0 -60 -14 Z" fill="${dip}"/>
    <path d="M34 -148 L66 -148 L60 -14 Q59 0 45 0 L22 0 Q38 -40 34 -148 Z" ${shade}/>
  </g>`;
}

const fifty = `<g fill="none" stroke="#fff8ee" stroke-width="30" stroke-linecap="round" stroke-linejoin="round">
    <path d="M96 0 L14 0 L8 70 C30 54 98 54 98 108 C98 166 26 172 2 138"/>
    <path d="M196 0 C132 0 132 152 196 152 C260 152 260 0 196 0 Z"/>
    <path d="M418 0 L310 152" stroke-width="24"/>
    <circle cx="322" cy="26" r="25" stroke-width="22"/>
    <circle cx="406" cy="126" r="25" stroke-width="22"/>
  </g>`;

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
  <rect width="${width}" height="${height}" fill="#f3e4d0"/>
  <circle cx="300" cy="300" r="250" fill="#ecd5b8"/>
  <rect x="0" y="470" width="${width}" height="26" fill="#8a5a3c"/>
  <rect x="0" y="496" width="${width}" height="104" fill="#dfc7a6"/>
  ${vase(170, '#3f6f76', '#e9dcc6')}
  ${bowl(386, '#f8eee0', '#7d9a83')}
  ${mug(580, clay, '#f4ead9')}
  <g transform="translate(946 268)">
    <circle r="236" fill="${ink}"/>
    <circle r="214" fill="none" stroke="#fff8ee" stroke-opacity="0.35" stroke-width="3" stroke-dasharray="2 12" stroke-linecap="round"/>
    <g transform="translate(-170 -62) scale(0.79)">${fifty}</g>
    <path d="M-90 118 H90" stroke="${clay}" stroke-width="10" stroke-linecap="round"/>
  </g>
</svg>`;

export function drawPicture(): Promise<Buffer> {
  return sharp(Buffer.from(svg)).png({ compressionLevel: 9, palette: true }).toBuffer();
}
