// Draws the characters of the chart's font from Inter (https://rsms.me/inter, SIL Open Font License 1.1), in two sizes, as grey values.
// The worker has no fonts installed and needs none: see ChartFont.cs, which reads the file.
import { createRequire } from 'node:module';
import { copyFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';

const inter = dirname(createRequire(import.meta.url).resolve('@expo-google-fonts/inter/package.json'));
const target = join(import.meta.dirname, '../../src/CoffeeBuddy.Functions/Notifications/Statistics');
const styles = [
  { file: '400Regular/Inter_400Regular.ttf', name: 'Regular', size: 22 },
  { file: '600SemiBold/Inter_600SemiBold.ttf', name: 'SemiBold', size: 34 },
];

// ASCII, the letters of Western and Central Europe, and what texts in these languages need besides.
const codes = [];
for (let code = 0x20; code < 0x180; code++) if (code < 0x7f || code > 0x9f) codes.push(code);
for (const character of '‐–—‘’‚“”„…•€≤≥−') codes.push(character.codePointAt(0));

const parts = [];
for (const { file, name, size } of styles) {
  GlobalFonts.registerFromPath(join(inter, file), name);
  const context = createCanvas(4 * size, 4 * size).getContext('2d');
  context.font = `${size}px "${name}"`;
  const head = Buffer.alloc(4);
  head.writeUInt16LE(size, 0);
  head.writeUInt16LE(codes.length, 2);
  parts.push(head);
  for (const code of codes) parts.push(glyph(context, size, code));
}
writeFileSync(join(target, 'inter.font'), deflateSync(Buffer.concat(parts), { level: 9 }));
copyFileSync(join(inter, 'LICENSE_FONT'), join(target, 'inter.LICENSE.txt'));

// Code, advance, left and top of the box from the start of the line and its base line, width, height, then the grey values.
function glyph(context, size, code) {
  const [text, origin, side] = [String.fromCodePoint(code), size, 4 * size];
  context.clearRect(0, 0, side, side);
  context.fillText(text, origin, 2 * size);
  const { data } = context.getImageData(0, 0, side, side);
  const alpha = (x, y) => data[4 * (y * side + x) + 3];
  let [left, top, right, bottom] = [side, side, -1, -1];
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      if (alpha(x, y) > 0) [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  const [width, height] = right < 0 ? [0, 0] : [right - left + 1, bottom - top + 1];
  const box = Buffer.alloc(7 + width * height);
  box.writeUInt16LE(code, 0);
  box.writeUInt8(Math.round(context.measureText(text).width), 2);
  box.writeInt8(width ? left - origin : 0, 3);
  box.writeInt8(height ? top - 2 * size : 0, 4);
  box.writeUInt8(width, 5);
  box.writeUInt8(height, 6);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) box[7 + y * width + x] = alpha(left + x, top + y);
  return box;
}
