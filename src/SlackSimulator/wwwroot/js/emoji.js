/** Emoji by Slack's short names. Unknown ones stay as they are written. */
import { table } from './emoji-table.js';

// Text fonts have a plain picture of some of the older ones, and come first: the variation selector asks for the colourful one.
const inColour = (character) => (/^[\u2300-\u2bff]$/.test(character) ? `${character}\ufe0f` : character);

const emoji = new Map(table.trim().split(/[|\n]+/).flatMap((entry) => {
  const names = entry.split(' ');
  const character = inColour(names.pop());
  return names.map((name) => [name, character]);
}));

/** @returns {string | null} */
export const emojiOf = (name) => emoji.get(name.replace(/::skin-tone-\d$/, '')) ?? null;

/** Text with every known `:name:` as its character. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):(?::skin-tone-\d:)?/g, (whole, name) => emojiOf(name) ?? whole);
