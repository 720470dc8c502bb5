/** Avatars: coloured initials. */
import { el } from './dom.js';
import { nameOf, state } from './state.js';

const colours = 8;

/** @param {string} [className] */
export function avatar(id, className = '') {
  const isApp = id === state.app.bot_user_id;
  const colour = isApp ? 'app' : hash(id) % colours;
  return el('span', { class: `avatar avatar-${colour} ${className}`, 'aria-hidden': 'true' }, initials(nameOf(id)));
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0].toUpperCase()).join('');
}

function hash(text) {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) >>> 0;
  return sum;
}
