/** Replaces Slack's short names of emoji. Unknown names remain as text. */
import { table } from './emoji-table.js';

// Text fonts contain monochrome versions of older emoji. The variation selector requests the coloured one.
const inColour = (character) => (/^[\u2300-\u2bff]$/.test(character) ? `${character}\ufe0f` : character);

const emoji = new Map(table.trim().split(/[|\n]+/).flatMap((entry) => {
  const names = entry.split(' ');
  const character = inColour(names.pop());
  return names.map((name) => [name, character]);
}));

/** @returns {string | null} */
export const emojiOf = (name) => emoji.get(name.replace(/::skin-tone-\d$/, '')) ?? null;

/** Replaces every known `:name:` with its character. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):(?::skin-tone-\d:)?/g, (whole, name) => emojiOf(name) ?? whole);
