/** What people add to a message: reactions and pins; its files; and the menus for these and for shortcuts. */
import { explain } from './actions.js';
import { announce } from './announce.js';
import { api } from './api.js';
import { el } from './dom.js';
import { emojiOf } from './emoji.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';
import { nameOf, state } from './state.js';

/** The emoji in the menu. Others can be added through the HTTP API. */
const offered = ['+1', 'heart', 'tada', 'eyes', 'white_check_mark', 'thinking_face'];

const shown = (name) => emojiOf(name) ?? `:${name}:`;

/** The reactions of a message as buttons that add or remove one's own. */
export function reactionsOf(message) {
  if (!message.reactions) return null;
  return el('div', { class: 'reactions' }, message.reactions.map(({ name, users, count }) => {
    const isOwn = users.includes(state.me);
    const change = isOwn ? api.unreact : api.react;
    return el('button', {
      type: 'button', class: 'reaction', 'aria-pressed': String(isOwn), title: users.map(nameOf).join(', '),
      'aria-label': `${name}, ${count}`, onclick: () => change(state.me, state.channel, message.ts, name),
    }, shown(name), el('span', {}, String(count)));
  }));
}

export const pinOf = (message) => message.pinned_info
  && el('p', { class: 'only-you' }, icon('pin'), `Pinned by ${nameOf(message.pinned_info.pinned_by)}`);

/** The files of a message: images, and links to the others. */
export function filesOf(message) {
  if (!message.files) return null;
  return el('ul', { class: 'files' }, message.files.map((file) => {
    if (file.mode === 'tombstone') return el('li', { class: 'deleted' }, 'This file was deleted.');
    const address = `/sim/files/${encodeURIComponent(file.id)}`;
    const picture = file.mimetype.startsWith('image/') && el('img', { class: 'image', src: address, alt: file.alt_txt ?? file.title });
    return el('li', {}, picture, el('a', { href: address, download: file.name }, file.title));
  }));
}

/** The menu with emoji. */
export function reactButton(message) {
  return menuButton('smile', 'Add a reaction', offered.map((name) => ({
    label: `${shown(name)} ${name}`,
    value: name,
    run: () => {
      if (!message.reactions?.some((one) => one.name === name && one.users.includes(state.me))) api.react(state.me, state.channel, message.ts, name);
    },
  })));
}

/** The menu to pin a message, and with the app's shortcuts. */
export function moreButton(message) {
  const pin = message.pinned_info
    ? { label: 'Unpin from the channel', value: 'unpin', run: () => api.unpin(state.me, state.channel, message.ts) }
    : { label: 'Pin to the channel', value: 'pin', run: () => api.pin(state.me, state.channel, message.ts) };
  return menuButton('more', 'Message actions', [pin, ...shortcuts('message', { channel: state.channel, ts: message.ts })]);
}

/** The menu with the app's global shortcuts; hidden when it has none. */
export function shortcutsButton() {
  const node = menuButton('bolt', 'Shortcuts', () => shortcuts('global', {}));
  const renew = () => { node.hidden = shortcuts('global', {}).length === 0; };
  renew();
  return { node, renew };
}

const shortcuts = (type, place) => (state.app.shortcuts ?? []).filter((each) => each.type === type).map((each) => ({
  label: each.name,
  description: each.description || null,
  value: each.callback_id,
  run: async () => {
    const result = await api.shortcut(state.me, { ...place, callback_id: each.callback_id });
    announce(result.ok ? `${each.name} was sent to ${state.app.name}` : explain(result.error, result.status));
  },
}));

function menuButton(name, label, items) {
  const node = el('button', {
    type: 'button', class: 'icon-button', 'aria-label': label, title: label, 'aria-haspopup': 'menu', 'aria-expanded': 'false',
    onclick: () => openMenu(node, typeof items === 'function' ? items() : items),
  }, icon(name));
  return node;
}
