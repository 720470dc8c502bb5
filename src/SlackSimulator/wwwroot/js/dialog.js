/** Dialogs above the workspace. They keep the focus inside, close with Escape, and then return the focus. */
import { el, newId } from './dom.js';
import { icon } from './icons.js';
import { plain, textOf } from './mrkdwn.js';

const focusable = 'button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), a[href], [tabindex]:not([tabindex="-1"])';
const open = [];

/**
 * Shows a dialog. The workspace below is inert. The developer drawer and the demo bar are not, so that faults and the clock can be
 * changed while a modal is open.
 * @param {HTMLElement} dialog must have a role and an accessible name
 * @param {() => void} onEscape
 */
export function showDialog(dialog, onEscape) {
  const layer = el('div', { class: 'layer' }, dialog);
  dialog.tabIndex = -1;
  const before = document.activeElement;
  const entry = { layer, dialog, onEscape };
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onEscape();
    }
    if (event.key === 'Tab') keepInside(event, dialog);
  });
  // A click beside the dialog would move the focus to the page, where Escape and Tab would not reach the dialog.
  layer.addEventListener('pointerdown', (event) => {
    if (dialog.contains(event.target)) return;
    event.preventDefault();
    dialog.focus();
  });
  open.push(entry);
  document.getElementById('layers').append(layer);
  renew();

  return function hide() {
    const at = open.indexOf(entry);
    if (at < 0) return;
    open.splice(at, 1);
    layer.remove();
    renew();
    const wasInside = document.activeElement === document.body || document.activeElement === null;
    if (wasInside) (before?.isConnected ? before : document.getElementById('composer'))?.focus();
  };
}

/** Focuses the wanted element, else the first input, else the first control. */
export function focusFirst(dialog, wanted) {
  const target = wanted ?? dialog.querySelector('[data-input] :is(input, select, textarea)') ?? dialog.querySelector('.dialog-body .button') ?? dialog.querySelector(focusable);
  target?.focus();
}

/**
 * Asks a question, given as a Block Kit confirmation dialog object.
 * @returns {Promise<boolean>}
 */
export function confirm(question) {
  const ids = { title: newId('title'), text: newId('text') };
  return new Promise((resolve) => {
    const answer = (agreed) => {
      hide();
      resolve(agreed);
    };
    const yes = el('button', { type: 'button', class: `button button-${question.style ?? 'primary'}`, data: { testid: 'confirm-yes' }, onclick: () => answer(true) }, plain(question.confirm));
    const dialog = el('div', { class: 'dialog dialog-small', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': ids.title, 'aria-describedby': ids.text },
      el('header', { class: 'dialog-header' }, el('h2', { id: ids.title }, plain(question.title)),
        el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => answer(false) }, icon('close'))),
      el('div', { class: 'dialog-text', id: ids.text }, textOf(question.text)),
      el('footer', { class: 'dialog-footer' },
        el('button', { type: 'button', class: 'button', data: { testid: 'confirm-no' }, onclick: () => answer(false) }, plain(question.deny)), yes));
    const hide = showDialog(dialog, () => answer(false));
    yes.focus();
  });
}

/** When no element has the focus, Escape and Tab apply to the top dialog. */
document.addEventListener('keydown', (event) => {
  const top = open.at(-1);
  if (!top || event.target !== document.body) return;
  if (event.key === 'Escape') top.onEscape();
  if (event.key !== 'Tab') return;
  event.preventDefault();
  reachable(top.dialog)[0]?.focus();
});

function renew() {
  document.getElementById('workspace').inert = open.length > 0;
  open.forEach((entry, index) => { entry.layer.inert = index < open.length - 1; });
}

const reachable = (dialog) => [...dialog.querySelectorAll(focusable)].filter((node) => node.offsetParent !== null);

function keepInside(event, dialog) {
  const all = reachable(dialog);
  const [first, last] = [all[0], all.at(-1)];
  const leaves = event.shiftKey ? [first, dialog].includes(document.activeElement) : document.activeElement === last;
  if (!leaves) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
