/** The app's home tab. */
import { act } from './actions.js';
import { api } from './api.js';
import { renderBlock } from './blocks.js';
import { el, fill, KeyedList } from './dom.js';
import { Draft } from './draft.js';
import { go } from './place.js';
import { coalesced, on, state } from './state.js';
import { createTabs } from './tabs.js';

export function mountHome(root, tabsRoot, conversationRoot) {
  const items = el('div', { class: 'home-blocks' });
  const empty = el('p', { class: 'home-empty', hidden: true });
  const list = new KeyedList(items, (block) => block.block_id, (block) => renderBlock(block, surface));
  const draft = new Draft((values) => api.fillHome(state.me, values));
  const tabs = createTabs('App', [{ key: 'home', label: 'Home', panel: root }, { key: 'messages', label: 'Messages', panel: conversationRoot }], (tab) => {
    if (tab !== state.tab) go({ tab });
  });
  fill(tabsRoot, tabs.node);
  fill(root, empty, items);
  let shown = '';

  const surface = {
    where: 'home',
    valueOf: (block, element) => draft.valueOf(block, element),
    keep: (block, element, value) => draft.keep(block, element, value),
    act: async (block, element, value, control) => {
      await draft.flush();
      return act({ home: true }, block, element, value, control);
    },
  };

  const refresh = coalesced(async () => {
    if (state.channel !== 'dm' || state.tab !== 'home') return;
    const person = state.me;
    const home = await api.home(person);
    if (person !== state.me) return;
    empty.hidden = home !== null;
    empty.textContent = `${state.app.name} has not published a home for you.`;
    if (person !== shown) list.clear();
    shown = person;
    draft.take(home);
    list.update(home?.blocks ?? []);
  });

  /** Tells the app that its home, or its messages, were opened. */
  function renew() {
    const isApp = state.channel === 'dm';
    tabsRoot.hidden = !isApp;
    if (isApp) {
      tabs.select(state.tab);
      api.openHome(state.me, state.tab);
      refresh();
    } else {
      root.hidden = true;
      conversationRoot.hidden = false;
      conversationRoot.removeAttribute('role');
      conversationRoot.setAttribute('aria-label', 'Conversation');
    }
    if (isApp) conversationRoot.setAttribute('role', 'tabpanel');
  }

  on('place', renew);
  on('home', refresh);
  on('clock', () => {
    shown = '';
    refresh();
  });
  return { renew, refresh };
}
