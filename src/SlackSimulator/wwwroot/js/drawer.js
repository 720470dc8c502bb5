/** The developer drawer: traffic, violations of Slack's rules, faults and the clock. */
import { createClock } from './clock.js';
import { el, fill } from './dom.js';
import { createFaults } from './faults.js';
import { icon } from './icons.js';
import { on } from './state.js';
import { createTabs } from './tabs.js';
import { createRules, createTraffic } from './traffic.js';

export function mountDrawer(root) {
  const traffic = createTraffic();
  const rules = createRules();
  const faults = createFaults();
  const clock = createClock();
  const tabs = createTabs('Developer', [
    { key: 'traffic', label: 'Traffic', panel: traffic.node },
    { key: 'rules', label: 'Broken rules', panel: rules.node },
    { key: 'faults', label: 'Faults', panel: faults.node },
    { key: 'clock', label: 'Clock', panel: clock.node },
  ], (key) => tabs.select(key));
  const close = el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close the developer drawer', onclick: toggle }, icon('close'));
  fill(root, el('header', { class: 'drawer-header' }, tabs.node, close), traffic.node, rules.node, faults.node, clock.node);
  tabs.select('traffic');
  root.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !event.defaultPrevented) toggle(); });

  function toggle() {
    const opens = root.hidden;
    root.hidden = !opens;
    const button = document.getElementById('developer');
    button.setAttribute('aria-expanded', String(opens));
    if (!opens) {
      button.focus();
      return;
    }
    root.querySelector('[role=tab][aria-selected=true]').focus();
    traffic.refresh();
  }

  on('violations', (count) => { tabs.button('rules').textContent = count > 0 ? `Broken rules (${count})` : 'Broken rules'; });
  on('faults', (list) => { tabs.button('faults').textContent = list.length > 0 ? `Faults (${list.length})` : 'Faults'; });
  on('traffic', ({ violations }) => {
    traffic.refresh();
    if (violations > 0) rules.refresh();
  });
  return { toggle, refresh: () => Promise.all([traffic.refresh(), rules.refresh(), faults.refresh()]) };
}
