/** The open thread, in the panel beside the conversation. */
import { announce } from './announce.js';
import { api, ApiError } from './api.js';
import { createComposer } from './composer.js';
import { el, fill, KeyedList } from './dom.js';
import { icon } from './icons.js';
import { isGrouped } from './messages.js';
import { renderMessage, wordsOf } from './message.js';
import { go } from './place.js';
import { coalesced, nameOf, on, state, titleHere } from './state.js';

export function mountThread(root) {
  let shown = '';
  let newest = '';
  const where = el('span', { class: 'thread-where' });
  const close = el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close the thread', onclick: () => go({ thread: null }) }, icon('close'));
  const items = el('ol', { class: 'message-list', 'aria-label': 'Thread messages' });
  const scroller = el('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Thread messages' }, items);
  const composer = createComposer({ id: 'thread-composer', inThread: true });
  const list = new KeyedList(items, (entry) => entry.key, renderEntry);
  fill(root, el('header', { class: 'thread-header' }, el('h2', {}, 'Thread'), where, close), scroller, composer.node);
  root.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !event.defaultPrevented) go({ thread: null }); });

  const refresh = coalesced(async () => {
    const place = `${state.me} ${state.channel} ${state.thread}`;
    root.hidden = !state.thread;
    if (!state.thread) return;
    const found = await read();
    if (place !== `${state.me} ${state.channel} ${state.thread}` || !found) return;
    const isNewPlace = place !== shown;
    const wasAtEnd = isNewPlace || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
    if (isNewPlace) list.clear();
    shown = place;
    where.textContent = titleHere();
    list.update(arrange(found.messages));
    if (isNewPlace) newest = found.messages.at(-1)?.ts ?? '';
    else tellOfNew(found.messages);
    if (wasAtEnd) scroller.scrollTop = scroller.scrollHeight;
  });

  function tellOfNew(messages) {
    const fresh = messages.filter((message) => message.ts > newest);
    newest = messages.at(-1)?.ts ?? newest;
    // A reply that was also sent to the channel is announced there.
    const others = fresh.filter((message) => message.user !== state.me && message.subtype !== 'thread_broadcast');
    if (others.length > 0) announce(others.map((message) => `${nameOf(message.user)} in the thread: ${wordsOf(message)}`).join('. '));
  }

  async function read() {
    try {
      return await api.thread(state.me, state.channel, state.thread);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      go({ thread: null });
      return null;
    }
  }

  let opened = state.thread;
  on('place', async () => {
    const before = opened;
    opened = state.thread;
    // Checked before the panel is hidden, because hiding it removes the focus.
    const hadFocus = root.contains(document.activeElement);
    composer.renew();
    await refresh();
    if (opened && opened !== before) composer.focus();
    if (state.thread) return;
    shown = '';
    if (before && hadFocus) giveBackFocus(before);
  });
  on('clock', () => {
    shown = '';
    refresh();
  });
  on('messages', refresh);
  return { refresh };
}

/** Returns the focus to the message whose thread was open, else to the composer. */
function giveBackFocus(ts) {
  const message = document.querySelector(`#messages [data-ts="${CSS.escape(ts)}"]`);
  (message?.querySelector('.thread-summary') ?? message?.querySelector('article') ?? document.getElementById('composer')).focus();
}

function arrange(messages) {
  const [parent, ...replies] = messages;
  if (!parent) return [];
  const entries = [{ key: parent.ts, message: parent, grouped: false }];
  if (replies.length > 0) entries.push({ key: 'count', count: replies.filter((reply) => !reply.is_ephemeral).length });
  let before = null;
  for (const reply of replies) {
    entries.push({ key: reply.ts, message: reply, grouped: isGrouped(before, { ...reply, subtype: null }) });
    before = { ...reply, subtype: null };
  }
  return entries;
}

function renderEntry(entry, before) {
  if (entry.count !== undefined) return el('li', { class: 'thread-count' }, el('span', {}, entry.count === 1 ? '1 reply' : `${entry.count} replies`));
  return renderMessage(entry.message, { grouped: entry.grouped, inThread: true }, before);
}
