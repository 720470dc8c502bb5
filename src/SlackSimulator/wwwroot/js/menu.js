/** A menu below a button: arrow keys move, Enter chooses, Escape closes. */
import { el } from './dom.js';

/** @param {{ label: string, description?: string, value: string, run: () => void }[]} items */
export function openMenu(button, items) {
  if (button.getAttribute('aria-expanded') === 'true') return;
  const menu = el('div', { class: 'menu', role: 'menu', 'aria-label': button.getAttribute('aria-label') }, items.map((item) => el('button', {
    type: 'button', class: 'menu-item', role: 'menuitem', tabindex: -1, data: { value: item.value, menuOf: button.dataset.actionId },
    onclick: () => {
      close(true);
      item.run();
    },
  }, item.label, item.description && el('small', {}, item.description))));
  const entries = [...menu.children];

  function close(withFocus) {
    menu.remove();
    button.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', onOutside);
    if (withFocus) button.focus();
  }

  function onOutside(event) {
    if (!menu.contains(event.target)) close(false);
  }

  menu.addEventListener('keydown', (event) => {
    const at = entries.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key];
    if (to !== undefined) entries[to % entries.length].focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close(true);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  });
  const anchor = el('span', { class: 'menu-anchor' });
  anchor.append(menu);
  button.after(anchor);
  button.setAttribute('aria-expanded', 'true');
  document.addEventListener('pointerdown', onOutside);
  entries[0]?.focus();
  const observer = new MutationObserver(() => {
    if (menu.isConnected) return;
    anchor.remove();
    observer.disconnect();
  });
  observer.observe(anchor, { childList: true });
}
