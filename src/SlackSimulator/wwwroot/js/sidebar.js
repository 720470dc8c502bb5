/** The sidebar: channels, the app, and the people to act as. */
import { api } from './api.js';
import { avatar } from './avatar.js';
import { playDemo } from './demo.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { addressOf, go } from './place.js';
import { me, nameOf, now, on, state, titleHere, titleOf } from './state.js';
import { switchTheme } from './theme.js';
import { timeIn, timeOf } from './time.js';

export function mountSidebar(root, shade) {
  const setOpen = (open) => {
    root.classList.toggle('open', open);
    shade.hidden = !open;
    document.getElementById('main').inert = open;
    document.getElementById('open-sidebar')?.setAttribute('aria-expanded', String(open));
  };
  shade.addEventListener('click', () => setOpen(false));
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || shade.hidden) return;
    setOpen(false);
    document.getElementById('open-sidebar')?.focus();
  });

  /** An item is a link, so that it can be opened in a new window. A plain click stays in this window. */
  function place(to, attributes, ...content) {
    const isHere = attributes['aria-current'];
    return el('li', {}, el('a', {
      ...attributes, href: addressOf({ ...state, thread: null, ...to }),
      onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        setOpen(false);
        if (!isHere) go(to);
      },
    }, ...content));
  }

  function channel(one) {
    const isHere = one.id === state.channel;
    const unread = !isHere && one.unread > 0;
    return place({ channel: one.id, tab: 'messages', thread: null }, {
      class: `nav-item ${unread ? 'unread' : ''}`, 'aria-current': isHere ? 'page' : null, data: { channel: one.name || one.id },
    },
    el('span', { class: 'nav-mark', 'aria-hidden': 'true' }, markOf(one)), el('span', { class: 'nav-name' }, one.name || titleOf(one), unread && el('span', { class: 'visually-hidden' }, ` (${one.unread} unread)`)),
    unread && toMe(one) > 0 && el('span', { class: 'count', 'aria-hidden': 'true' }, String(toMe(one))));
  }

  function app() {
    const messages = state.conversations.find((one) => one.with_app);
    const isHere = state.channel === 'dm';
    const count = isHere && state.tab === 'messages' ? 0 : messages?.unread ?? 0;
    return place({ channel: 'dm', tab: count > 0 ? 'messages' : 'home', thread: null }, {
      class: `nav-item ${count > 0 ? 'unread' : ''}`, 'aria-current': isHere && count === 0 ? 'page' : null, data: { channel: 'dm' },
    },
    avatar(state.app.bot_user_id, 'avatar-small'), el('span', { class: 'nav-name' }, state.app.name, count > 0 && el('span', { class: 'visually-hidden' }, ` (${count} unread)`)),
    count > 0 && el('span', { class: 'count', 'aria-hidden': 'true' }, String(count)));
  }

  function person(one) {
    const isMe = one.id === state.me;
    return place({ me: one.id }, {
      class: 'nav-item person', 'aria-current': isMe ? 'true' : null,
      title: isMe ? `You are ${nameOf(one.id)}` : `Be ${nameOf(one.id)}. Ctrl-click for a window of their own`, data: { person: one.name },
    },
    avatar(one.id, 'avatar-small'), el('span', { class: 'nav-name' }, el('span', { class: 'visually-hidden' }, isMe ? 'You are ' : 'Be '), nameOf(one.id)),
    isMe ? el('span', { class: 'you', 'aria-hidden': 'true' }, 'you') : el('span', { class: 'nav-time' }, timeIn(one.tz ?? 'UTC')),
    isPaused(one) && el('span', { class: 'paused', title: 'Notifications are paused', data: { paused: one.name } }, el('span', { 'aria-hidden': 'true' }, '💤'), el('span', { class: 'visually-hidden' }, ' (notifications paused)')));
  }

  /** Do not disturb: pauses the current person's notifications for an hour, or resumes them. */
  const pause = (self) => el('button', {
    type: 'button', class: 'button button-quiet', data: { testid: 'pause' }, title: isPaused(self) ? `Paused until ${timeOf(self.dnd_until)}` : 'For 1 hour',
    onclick: () => api.pauseNotifications(self.id, isPaused(self) ? 0 : 60),
  }, icon(isPaused(self) ? 'play' : 'pause'), isPaused(self) ? 'Resume notifications' : 'Pause notifications');

  const section = (title, items) => el('section', { class: 'nav-section' }, el('h2', {}, title), el('ul', {}, items));

  function renew() {
    const focused = document.activeElement?.closest?.('#sidebar :is(a, button)');
    const at = root.querySelector('.nav-scroll')?.scrollTop ?? 0;
    const self = me();
    document.title = pageTitle();
    fill(root,
      el('div', { class: 'workspace-name' }, el('h1', { title: state.team.name }, state.team.name),
        el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Switch between light and dark', title: 'Light or dark', onclick: switchTheme }, icon('theme'))),
      el('div', { class: 'nav-scroll' },
        section('Channels', state.conversations.filter((one) => one.name).map(channel)),
        section('Direct messages', [app(), ...state.conversations.filter((one) => one.kind === 'mpim').map(channel)]),
        section('Be someone', state.people.filter((one) => !one.deleted).map(person))),
      el('div', { class: 'sidebar-foot' },
        state.demo && el('button', { type: 'button', class: 'button button-quiet', title: state.demo.title, onclick: playDemo }, icon('play'), 'Demo run'),
        self && pause(self),
        self && el('p', { class: 'self', data: { testid: 'self' } }, avatar(self.id), el('span', {}, el('strong', {}, nameOf(self.id)), el('small', {}, self.tz)))));
    root.querySelector('.nav-scroll').scrollTop = at;
    if (focused) [...root.querySelectorAll('a, button')].find((one) => sameControl(one, focused))?.focus();
  }

  for (const topic of ['workspace', 'conversations', 'place', 'person', 'clock']) on(topic, renew);
  return { open: () => { setOpen(true); root.querySelector('[aria-current]')?.focus(); } };
}

const markOf = (one) => (one.kind === 'mpim' ? icon('people') : one.is_private ? icon('lock') : '#');

const isPaused = (one) => one.dnd_from <= now() && one.dnd_until > now();

/** The number in the badge: unread messages in direct messages, unread mentions elsewhere. */
const toMe = (one) => (one.name ? one.mentions : one.unread);

function pageTitle() {
  const unread = state.conversations.reduce((sum, one) => sum + toMe(one), 0);
  return `${unread > 0 ? `(${unread}) ` : ''}${titleHere()} · ${nameOf(state.me)} · ${state.team.name}`;
}

const sameControl = (a, b) => a.tagName === b.tagName && (a.tagName === 'A' || a.title === b.title) && a.dataset.person === b.dataset.person && a.dataset.channel === b.dataset.channel;
