// A figure as a picture: its title above, its foot below, on the colour of its card.
import { palette } from "./tokens.js";

const EDGE = 20;
const HEAD = 52;
const FOOT = 36;

export function svgText(chart, { title, foot, asOf }) {
  const token = palette();
  const width = chart.getWidth() + 2 * EDGE;
  const height = chart.getHeight() + HEAD + FOOT;
  const family = escaped(getComputedStyle(document.body).fontFamily);
  const inner = chart.renderToSVGString().replace(/<svg /, `<svg x="${EDGE}" y="${HEAD}" `);
  const most = Math.floor((width - 2 * EDGE) / 6.4);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="100%" height="100%" fill="${token("card")}"/>` +
    `<text x="${EDGE}" y="32" font-family="${family}" font-size="16" font-weight="600" fill="${token("ink")}">${escaped(title)}</text>` +
    `${inner}<text x="${EDGE}" y="${height - 14}" font-family="${family}" font-size="12" fill="${token("ink3")}">` +
    `${escaped(`${asOf} · ${foot}`.slice(0, most))}</text></svg>`
  );
}

export async function pngOf(svg) {
  const image = new Image();
  const loaded = new Promise((resolve, reject) => {
    image.onload = resolve;
    image.onerror = reject;
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await loaded;
  const canvas = document.createElement("canvas");
  canvas.width = image.width * 2;
  canvas.height = image.height * 2;
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  pen.drawImage(image, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
