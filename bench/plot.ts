// A plot as an SVG by hand: one line over a logarithmic axis, readable on light and dark ground and without colour.
import type { Plot } from './figures.ts';

const width = 720;
const height = 320;
const frame = { left: 76, right: 44, top: 44, bottom: 52 };

export function drawPlot(plot: Plot): string {
  const all = [...plot.points, ...(plot.reference?.points ?? [])];
  const xs = all.map((point) => Math.log10(point.x));
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const step = niceStep(Math.max(...all.map((point) => point.y)) / 5);
  const top = Math.max(step, Math.ceil(Math.max(...all.map((point) => point.y)) / step) * step);
  const x = (value: number) =>
    frame.left + ((Math.log10(value) - low) / (high - low || 1)) * (width - frame.left - frame.right);
  const y = (value: number) => height - frame.bottom - (value / top) * (height - frame.top - frame.bottom);
  const path = (points: Plot['points']) =>
    points
      .map((point, n) => `${n === 0 ? 'M' : 'L'}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`)
      .join('');
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(plot.title)}</title>`,
    `<desc id="desc">${escaped(plot.points.map((point) => `${number(point.x)} ${plot.x}: ${number(point.y)} ${plot.y}`).join('; '))}</desc>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="${frame.left}" y="26">${escaped(plot.title)}</text>`,
  ];
  for (let value = 0; value <= top; value += step)
    parts.push(
      `<line class="grid" x1="${frame.left}" x2="${width - frame.right}" y1="${y(value)}" y2="${y(value)}"/>`,
      `<text class="tick" x="${frame.left - 8}" y="${y(value) + 4}" text-anchor="end">${number(value)}</text>`,
    );
  for (const point of plot.points)
    parts.push(
      `<text class="tick" x="${x(point.x)}" y="${height - frame.bottom + 18}" text-anchor="middle">${number(point.x)}</text>`,
    );
  if (plot.reference) parts.push(`<path class="reference" d="${path(plot.reference.points)}"/>`);
  parts.push(`<path class="line" d="${path(plot.points)}"/>`);
  for (const [n, point] of plot.points.entries()) {
    const isLast = n === plot.points.length - 1 && n > 0;
    parts.push(
      `<circle class="dot" cx="${x(point.x)}" cy="${y(point.y)}" r="4"/>`,
      `<text class="value" x="${x(point.x)}" y="${y(point.y) - 10}" text-anchor="${isLast ? 'end' : n === 0 ? 'start' : 'middle'}">${number(point.y)}</text>`,
    );
  }
  if (plot.reference)
    parts.push(
      `<text class="tick" x="${width - frame.right}" y="26" text-anchor="end">broken line: ${escaped(plot.reference.label)}</text>`,
    );
  parts.push(
    `<text class="axis" x="${(frame.left + width - frame.right) / 2}" y="${height - 12}" text-anchor="middle">${escaped(plot.x)}</text>`,
    `<text class="axis" transform="translate(18 ${(frame.top + height - frame.bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(plot.y)}</text>`,
    '</svg>',
  );
  return `${parts.join('\n')}\n`;
}

const style = `
text { font: 12px system-ui, sans-serif; fill: #4b5563 }
.title { font-size: 15px; font-weight: 600; fill: #111827 }
.value { font-weight: 600; fill: #111827 }
.ground { fill: #ffffff }
.grid { stroke: #e5e7eb }
.line { fill: none; stroke: #1d4ed8; stroke-width: 2.5 }
.dot { fill: #1d4ed8 }
.reference { fill: none; stroke: #6b7280; stroke-width: 1.5; stroke-dasharray: 5 4 }
@media (prefers-color-scheme: dark) {
  text { fill: #b6bfcb }
  .title, .value { fill: #f3f4f6 }
  .ground { fill: #15191f }
  .grid { stroke: #2e3540 }
  .line { stroke: #8fb4ff }
  .dot { fill: #8fb4ff }
  .reference { stroke: #9aa4b2 }
}
`;

/** 1, 2 or 5 times a power of ten, at least `raw`. */
function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(raw, 1)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
}

const number = (value: number): string => Math.round(value).toLocaleString('en');
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
