/** The header: title and members of the conversation, and the button of the developer drawer. */
import { api } from './api.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { conversation, on, state, titleOf } from './state.js';

export function mountHeader(root, { openSidebar, toggleDrawer }) {
  const badge = el('span', { class: 'count', hidden: true });
  const developer = el('button', { type: 'button', id: 'developer', class: 'button button-quiet', 'aria-expanded': 'false', 'aria-controls': 'drawer', onclick: toggleDrawer },
    icon('code'), el('span', { class: 'developer-label' }, 'Developer'), badge);
  const menu = el('button', { type: 'button', id: 'open-sidebar', class: 'icon-button menu-button', 'aria-label': 'Open the sidebar', 'aria-expanded': 'false', 'aria-controls': 'sidebar', onclick: openSidebar }, icon('menu'));
  const title = el('h2', { class: 'channel-title' });
  const about = el('div', { class: 'channel-about' });
  fill(root, menu, title, about, developer);

  function renew() {
    const one = conversation() ?? state.channels.find((channel) => channel.id === state.channel);
    const isChannel = state.channel !== 'dm';
    title.replaceChildren(...(isChannel ? one && !one.name ? [icon('people'), titleOf(one)] : [one?.is_private ? icon('lock') : '# ', one?.name ?? ''] : [state.app.name, el('span', { class: 'badge' }, 'APP')]));
    about.replaceChildren();
    if (!isChannel || !one) return;
    about.append(el('span', { class: 'members', title: 'Members' }, icon('people'), String(one.members.length), el('span', { class: 'visually-hidden' }, ' members')));
    if (!one.members.includes(state.app.bot_user_id)) {
      about.append(el('button', { type: 'button', class: 'button button-quiet', onclick: () => api.addMember(one.id, 'bot') }, `Add ${state.app.name}`));
    }
  }

  for (const topic of ['workspace', 'conversations', 'place', 'person']) on(topic, renew);
  on('violations', (count) => {
    badge.hidden = count === 0;
    badge.replaceChildren(String(count), el('span', { class: 'visually-hidden' }, ' broken rules'));
  });
}
