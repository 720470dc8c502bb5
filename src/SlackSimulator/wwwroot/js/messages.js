/** The messages of the open conversation. */
import { announce } from './announce.js';
import { api } from './api.js';
import { createComposer } from './composer.js';
import { el, fill, KeyedList } from './dom.js';
import { guide } from './guide.js';
import { renderMessage, wordsOf } from './message.js';
import { coalesced, conversation, nameOf, on, state, takeConversations } from './state.js';
import { dayOf, millis, sameDay } from './time.js';

const pageSize = 200;
const groupedWithin = 5 * 60;

export function mountMessages(root) {
  let limit = pageSize;
  let readBefore = '0';
  let shownPlace = '';
  let newest = '';

  const earlier = el('button', { type: 'button', class: 'button earlier', hidden: true, onclick: showEarlier }, 'Show earlier messages');
  const empty = el('p', { class: 'conversation-empty', hidden: true });
  const items = el('ol', { class: 'message-list', id: 'messages', 'aria-label': 'Messages' });
  const scroller = el('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Messages' }, earlier, empty, items);
  const jump = el('button', { type: 'button', class: 'jump', hidden: true, onclick: toEnd }, 'New messages ↓');
  const composer = createComposer({ id: 'composer', inThread: false });
  const list = new KeyedList(items, (entry) => entry.key, render);
  fill(root, scroller, jump, guide(), composer.node);

  const refresh = coalesced(async () => {
    const place = placeNow();
    if (place !== shownPlace) limit = pageSize;
    const isNewPlace = place !== shownPlace;
    const [{ messages, has_more: hasMore }] = await Promise.all([
      api.messages(state.me, state.channel, limit), isNewPlace && takeConversations(api.conversations(state.me))]);
    if (place !== placeNow()) return;
    shownPlace = place;
    show(messages, hasMore, isNewPlace);
    items.ariaBusy = 'false';
  });

  function show(messages, hasMore, isNewPlace) {
    const wasAtEnd = isNewPlace || isAtEnd();
    const last = messages.at(-1);
    if (isNewPlace) {
      list.clear();
      readBefore = conversation()?.last_read ?? '0';
      newest = last?.ts ?? '';
    }
    earlier.hidden = !hasMore;
    empty.hidden = messages.length > 0;
    empty.textContent = state.channel === 'dm' ? `These are your direct messages with ${state.app.name}.` : 'Nothing has been written here yet.';
    list.update(arrange(messages, readBefore));
    tellOfNew(messages, wasAtEnd);
    if (wasAtEnd) toEnd();
    markRead(last);
  }

  function tellOfNew(messages, wasAtEnd) {
    const fresh = messages.filter((message) => message.ts > newest);
    if (fresh.length === 0) return;
    newest = fresh.at(-1).ts;
    const others = fresh.filter((message) => message.user !== state.me);
    if (others.length > 0) announce(others.map((message) => `${nameOf(message.user)}: ${wordsOf(message)}`).join('. '));
    jump.hidden = wasAtEnd || others.length === 0;
  }

  /** Marks the shown messages as read. */
  function markRead(last) {
    const open = conversation();
    if (last && open && !document.hidden && state.tab === 'messages' && last.ts > open.last_read) api.read(state.me, state.channel, last.ts);
  }

  async function showEarlier() {
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    limit += pageSize;
    await refresh();
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
  }

  const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;

  function toEnd() {
    scroller.scrollTop = scroller.scrollHeight;
    jump.hidden = true;
  }

  scroller.addEventListener('scroll', () => { if (isAtEnd()) jump.hidden = true; });
  let follows = true;
  scroller.addEventListener('scroll', () => { follows = isAtEnd(); });
  const keepAtEnd = new ResizeObserver(() => { if (follows) toEnd(); });
  keepAtEnd.observe(items);
  keepAtEnd.observe(scroller);
  const rerender = () => {
    shownPlace = '';
    refresh();
  };
  on('place', () => {
    composer.renew();
    items.ariaBusy = String(placeNow() !== shownPlace);
    refresh();
  });
  on('person', rerender);
  on('clock', rerender);
  on('workspace', () => composer.renew());
  on('messages', refresh);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
  return { refresh };
}

const placeNow = () => `${state.me} ${state.channel}`;

/** Adds day dividers and the divider before unread messages, and groups consecutive messages of a sender. */
function arrange(messages, readBefore) {
  const entries = [];
  let before = null;
  let isMarked = readBefore === '0';
  for (const message of messages) {
    if (!before || !sameDay(millis(before.ts), millis(message.ts))) {
      entries.push({ key: `day ${dayKey(message)}`, day: dayOf(millis(message.ts)) });
      before = null;
    }
    if (!isMarked && message.ts > readBefore && message.user !== state.me) {
      entries.push({ key: 'new', isNew: true });
      isMarked = true;
      before = null;
    }
    entries.push({ key: message.ts, message, grouped: isGrouped(before, message) });
    before = message;
  }
  return entries;
}

const dayKey = (message) => Math.floor(millis(message.ts) / 3_600_000);

/** Whether a message follows another of the same sender within 5 minutes, so that the name is not repeated. */
export const isGrouped = (before, message) => before !== null && before.user === message.user && !message.subtype && !before.subtype
  && before.is_ephemeral === message.is_ephemeral && Number(message.ts) - Number(before.ts) < groupedWithin;

function render(entry, before) {
  if (entry.day) return el('li', { class: 'day', data: { testid: 'day' } }, el('span', {}, entry.day));
  if (entry.isNew) return el('li', { class: 'new-mark' }, el('span', {}, 'New'));
  return renderMessage(entry.message, { grouped: entry.grouped, inThread: false }, before);
}

