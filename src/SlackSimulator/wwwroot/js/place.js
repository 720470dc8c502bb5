/** The current person and conversation. They are stored in the URL, so that each window has its own and a reload keeps them. */
import { emit, state } from './state.js';

/** Reads person and conversation from the URL, as ids or names. */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  const as = query.get('as')?.toLowerCase();
  const person = state.people.find((one) => one.id.toLowerCase() === as || one.name === as) ?? state.people.find((one) => !one.deleted);
  state.me = person?.id ?? '';
  const wanted = query.get('channel')?.replace(/^#/, '');
  const found = state.channels.find((one) => one.id === wanted || (one.name && one.name === wanted));
  state.channel = wanted === 'dm' || wanted === 'home' ? 'dm' : isOpen(found) ? found.id : firstChannel();
  state.tab = wanted === 'home' || query.get('tab') === 'home' ? 'home' : 'messages';
  state.thread = query.get('thread');
}

/**
 * Changes the person or the conversation.
 * @param {{ me?: string, channel?: string, tab?: 'messages' | 'home', thread?: string | null }} to
 */
export function go(to) {
  const before = { me: state.me, channel: state.channel };
  if (to.channel !== undefined && to.channel !== state.channel) to = { thread: null, tab: 'messages', ...to };
  Object.assign(state, to);
  if (state.me !== before.me) {
    state.thread = null;
    if (state.channel !== 'dm' && !isOpen(state.channels.find((one) => one.id === state.channel))) state.channel = firstChannel();
  }
  history.pushState(null, '', addressOf(state));
  if (state.me !== before.me) emit('person');
  emit('place');
}

/** The URL of a person and conversation, for links. */
export function addressOf({ me, channel, tab, thread }) {
  const query = new URLSearchParams({ as: me, channel });
  if (channel === 'dm' && tab === 'home') query.set('tab', 'home');
  if (thread) query.set('thread', thread);
  return `/?${query}`;
}

addEventListener('popstate', () => {
  const before = state.me;
  readAddress();
  if (state.me !== before) emit('person');
  emit('place');
});

/** Channel links open the channel in this window. In a modal they open a new window, because the modal would cover the channel. */
document.addEventListener('click', (event) => {
  const to = event.target.closest('a[data-channel-link]');
  if (!to || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (to.closest('.layer')) window.open(to.href, '_blank', 'noopener');
  else go({ channel: to.dataset.channelLink });
});

const isOpen = (channel) => channel?.members.includes(state.me) ?? false;

/** The channel to open first: one with the app, and not #general if possible. */
function firstChannel() {
  const own = state.channels.filter((channel) => channel.name && isOpen(channel) && !channel.is_archived);
  return (own.find((channel) => channel.is_member && !channel.is_general) ?? own[0])?.id ?? 'dm';
}
