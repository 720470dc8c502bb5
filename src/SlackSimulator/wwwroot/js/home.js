/** The Home tab of the app. */
import { act, suggest } from './actions.js';
import { api } from './api.js';
import { renderBlock } from './blocks.js';
import { el, fill, keepFocus, KeyedList } from './dom.js';
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
  root.tabIndex = -1;
  fill(root, empty, items);
  let shown = '';

  const surface = {
    get place() { return `home ${state.me}`; },
    valueOf: (block, element) => draft.valueOf(block, element),
    entered: (block, element) => draft.entered(block, element),
    keep: (block, element, value) => draft.keep(block, element, value),
    suggest: (block, element, value) => suggest({ home: true }, block, element, value),
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
    keepFocus(root, () => list.update(home?.blocks ?? []));
    items.ariaBusy = 'false';
  });

  const tellOpened = coalesced(() => api.openHome(state.me, state.tab));
  let opened = '';

  /** Shows the app's tabs, and reports to the simulator when one of them is opened. */
  function renew() {
    const isApp = state.channel === 'dm';
    tabsRoot.hidden = !isApp;
    name(conversationRoot, isApp);
    items.ariaBusy = String(isApp && state.tab === 'home' && state.me !== shown);
    const now = isApp ? `${state.me} ${state.tab}` : '';
    if (isApp) tabs.select(state.tab);
    else [root.hidden, conversationRoot.hidden] = [true, false];
    if (now && now !== opened) {
      tellOpened();
      refresh();
    }
    opened = now;
  }

  on('place', renew);
  on('home', refresh);
  on('clock', () => {
    shown = '';
    refresh();
  });
  return { renew, refresh };
}

/** The conversation is a tab panel in the app's direct messages, and a region in a channel. */
function name(conversation, isApp) {
  const tab = document.querySelector('#tabs [data-tab=messages]');
  if (isApp) {
    conversation.setAttribute('role', 'tabpanel');
    conversation.setAttribute('aria-labelledby', tab.id);
  } else {
    conversation.removeAttribute('role');
    conversation.removeAttribute('aria-labelledby');
  }
}
