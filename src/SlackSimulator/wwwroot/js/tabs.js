/** A tab list: arrow keys move between the tabs. */
import { el, newId } from './dom.js';

/**
 * @param {string} label
 * @param {{ key: string, label: string, panel: HTMLElement }[]} tabs
 * @param {(key: string) => void} onChoose
 */
export function createTabs(label, tabs, onChoose) {
  const buttons = tabs.map((tab) => {
    tab.panel.id ||= newId('panel');
    tab.panel.setAttribute('role', 'tabpanel');
    const button = el('button', { type: 'button', role: 'tab', class: 'tab', id: newId('tab'), 'aria-controls': tab.panel.id, data: { tab: tab.key }, onclick: () => onChoose(tab.key) }, tab.label);
    tab.panel.setAttribute('aria-labelledby', button.id);
    return button;
  });
  const node = el('div', {
    class: 'tabs', role: 'tablist', 'aria-label': label,
    onkeydown: (event) => {
      const at = buttons.indexOf(event.target.closest('[role=tab]'));
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = buttons[to % buttons.length];
      next.focus();
      onChoose(next.dataset.tab);
    },
  }, buttons);

  function select(key) {
    tabs.forEach((tab, index) => {
      const isSelected = tab.key === key;
      buttons[index].setAttribute('aria-selected', String(isSelected));
      buttons[index].tabIndex = isSelected ? 0 : -1;
      tab.panel.hidden = !isSelected;
    });
  }

  return { node, select, button: (key) => buttons[tabs.findIndex((tab) => tab.key === key)] };
}
