/** Block Kit's layout blocks. */
import { el, newId, safely } from './dom.js';
import { control } from './elements.js';
import { mrkdwn, plain, textOf } from './mrkdwn.js';
import { richText } from './richtext.js';

/**
 * Where blocks are rendered, and how a person's input there is handled.
 * @typedef {object} Surface
 * @property {string} place identifies the message or view, and the person
 * @property {(block: any, element: any) => any} valueOf the simulator's state of an input, or undefined
 * @property {(block: any, element: any) => any} [entered] the entered value that is not sent to the simulator yet, or undefined
 * @property {(block: any, element: any, value: any) => void} keep stores an entered value
 * @property {(block: any, element: any, typed: string) => Promise<{ options: object[] }[]>} suggest asks the app for options
 * @property {(block: any, element: any, value: any, control: HTMLElement) => Promise<boolean>} act sends the action to the app; false when it was not sent
 */

/**
 * @param {any} block
 * @param {Surface} surface
 * @returns {HTMLElement}
 */
export function renderBlock(block, surface) {
  const node = safely(() => kinds[block.type]?.(block, surface) ?? el('div', { class: 'block-unknown' }, `(${block.type})`));
  node.classList.add('block');
  node.dataset.blockId = block.block_id;
  return node;
}

const kinds = {
  // Slack's levels 1 to 4 are below the headings of the page.
  header: (block) => el(`h${Math.min((block.level ?? 1) + 2, 6)}`, { class: 'block-header' }, plain(block.text)),
  divider: () => el('hr', { class: 'block-divider' }),
  rich_text: richText,
  markdown: (block) => el('div', { class: 'block-section' }, mrkdwn(block.text.replace(/\*\*(.+?)\*\*/g, '*$1*'))),
  section,
  context: (block) => el('div', { class: 'block-context' }, block.elements.map((element) => (element.type === 'image'
    ? picture(element, 'context-image')
    : el('span', { class: 'context-text' }, textOf(element))))),
  actions: (block, surface) => el('div', { class: 'block-actions' }, block.elements.map((element) => control(element, block, surface))),
  image: (block) => el('figure', { class: 'block-image' },
    block.title && el('figcaption', {}, plain(block.title)), picture(block, 'image')),
  input,
};

function section(block, surface) {
  return el('div', { class: 'block-section' },
    el('div', { class: 'section-body' },
      block.text && el('div', { class: 'section-text' }, textOf(block.text)),
      block.fields && el('div', { class: 'section-fields' }, block.fields.map((field) => el('div', { class: 'section-field' }, textOf(field))))),
    block.accessory && el('div', { class: 'section-accessory' },
      block.accessory.type === 'image' ? picture(block.accessory, 'accessory-image') : control(block.accessory, block, surface)));
}

/** An input block: label, element and hint. The modal adds error messages. */
function input(block, surface) {
  const ids = { label: newId('label'), hint: block.hint ? newId('hint') : null, error: newId('error') };
  const isGroup = ['checkboxes', 'radio_buttons', 'multi_static_select', 'multi_users_select', 'multi_channels_select', 'multi_conversations_select'].includes(block.element.type);
  const entry = control(block.element, block, surface, ids);
  const label = el(isGroup ? 'div' : 'label', { class: 'input-label', id: ids.label, for: isGroup ? null : entry.dataset.inputId },
    plain(block.label), block.optional && el('span', { class: 'optional' }, ' (optional)'));
  return el('div', { class: 'block-input', data: { input: block.block_id, errorId: ids.error } },
    label, entry, block.hint && el('p', { class: 'input-hint', id: ids.hint }, plain(block.hint)));
}

/** The address of an uploaded file, which is named by its id or by its private URL. */
function fileAddress(file) {
  const id = file.id ?? /\/files-pri\/\w+-(\w+)\//.exec(file.url)?.[1];
  return id ? `/sim/files/${encodeURIComponent(id)}` : file.url;
}

/** Only images on this machine are loaded; for others a symbol with the alt text is shown. */
function picture(image, className) {
  const address = image.image_url ?? fileAddress(image.slack_file);
  const isNear = /^(\/sim\/files\/|data:image\/|https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/)/.test(address);
  if (isNear) return el('img', { class: className, src: address, alt: image.alt_text });
  return el('span', { class: `${className} picture-away`, role: 'img', 'aria-label': image.alt_text, title: `Not loaded from ${address}` }, '🖼️');
}
