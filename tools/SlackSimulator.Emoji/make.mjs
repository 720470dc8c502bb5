// Writes the page's table of emoji from the data that Slack's own names come from (https://github.com/iamcal/emoji-data, MIT).
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const data = createRequire(import.meta.url)('emoji-datasource/emoji.json');
const character = (unified) => String.fromCodePoint(...unified.split('-').map((code) => parseInt(code, 16)));
const lines = new Map();
for (const { category, unified, short_names: names, sort_order: order } of data.filter((one) => one.category !== 'Component').sort((a, b) => a.sort_order - b.sort_order)) {
  if (!lines.has(category)) lines.set(category, []);
  lines.get(category).push({ order, text: `${names.join(' ')} ${character(unified)}` });
}

const width = 160;
function wrapped(entries) {
  const rows = [''];
  for (const { text } of entries) {
    const last = rows.at(-1);
    if (last && last.length + text.length + 1 > width) rows.push(text);
    else rows[rows.length - 1] = last ? `${last}|${text}` : text;
  }
  return rows.join('\n');
}

const tables = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([category, entries]) => `// ${category}\n\`\n${wrapped(entries)}\n\``);
writeFileSync(new URL('../../src/SlackSimulator/wwwroot/js/emoji-table.js', import.meta.url), `/**
 * Emoji by Slack's short names: the names of one, then the character. Made by tools/SlackSimulator.Emoji from emoji-datasource 16.0.0
 * (https://github.com/iamcal/emoji-data, MIT licence, Copyright (c) 2013 Cal Henderson); not edited by hand.
 */
export const table = [
${tables.join(',\n')},
].join('\\n');
`);
