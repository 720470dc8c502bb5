/** Renders a message. */
import { act, suggest } from './actions.js';
import { api } from './api.js';
import { avatar } from './avatar.js';
import { renderBlock } from './blocks.js';
import { showDialog } from './dialog.js';
import { el, newId, safely } from './dom.js';
import { icon } from './icons.js';
import { mrkdwn } from './mrkdwn.js';
import { go } from './place.js';
import { filesOf, moreButton, pinOf, reactButton, reactionsOf } from './reactions.js';
import { nameOf, now, state } from './state.js';
import { dayOf, fullOf, millis, sameDay, timeOf } from './time.js';

/**
 * @param {any} message in the form of `GET /sim/people/{user}/messages`
 * @param {{ grouped: boolean, inThread: boolean }} how `grouped`: it follows a message of the same sender
 * @param {{ item: { message: any }, node: HTMLElement }} [before] the previous rendering. If the content is unchanged its node is
 *   reused, with any choice being sent or edit in progress
 * @returns {HTMLElement}
 */
export function renderMessage(message, { grouped, inThread }, before) {
  const at = millis(message.ts);
  const time = el('time', { class: 'message-time', title: fullOf(at), datetime: new Date(at).toISOString() }, timeOf(at));
  const isDeleted = message.subtype === 'tombstone';
  const kept = before && saysTheSame(before.item.message, message) ? before.node.querySelector('.message-content') : null;
  const content = kept ?? el('div', { class: 'message-content' });
  const article = el('article', { 'aria-label': `${nameOf(message.user)}, ${timeOf(at)}`, tabindex: -1 },
    el('div', { class: 'gutter' }, grouped ? time : avatar(message.user)),
    el('div', { class: 'message-body' },
      message.is_ephemeral && el('p', { class: 'only-you' }, icon('eye'), 'Only visible to you'),
      !grouped && el('div', { class: 'message-meta' },
        el('span', { class: 'message-name' }, nameOf(message.user)), message.bot_id && el('span', { class: 'badge' }, 'APP'), time),
      message.subtype === 'thread_broadcast' && !inThread && el('p', { class: 'broadcast' }, 'replied to a thread'),
      pinOf(message),
      content,
      reactionsOf(message),
      message.reply_count > 0 && !inThread && threadSummary(message)));
  if (!kept) show(content, message, isDeleted);
  if (!isDeleted) article.append(hoverActions(message, content, inThread));
  return el('li', {
    class: `message ${grouped ? 'grouped' : ''} ${message.is_ephemeral ? 'ephemeral' : ''}`,
    data: { testid: 'message', ts: message.ts, sender: message.user },
  }, article);
}

const contentOf = ({ text, blocks, edited, subtype, files }) => JSON.stringify([text, blocks, edited, subtype, files]);
const saysTheSame = (a, b) => contentOf(a) === contentOf(b);

/** The text of a message, for announcements. */
export function wordsOf(message) {
  const holder = safely(() => el('div', {}, mrkdwn(message.text || '')));
  return holder.textContent.trim() || 'a message';
}

function show(content, message, isDeleted) {
  content.replaceChildren();
  if (isDeleted) content.append(el('p', { class: 'deleted' }, message.text));
  // Messages from people are rendered from their text, because their rich_text blocks lack formatting.
  else if (message.blocks && message.bot_id) content.append(...message.blocks.map((block) => renderBlock(block, surfaceOf(message))));
  else content.append(safely(() => el('div', { class: `message-text ${message.subtype === 'me_message' ? 'message-me' : ''}` }, mrkdwn(message.text))));
  const files = isDeleted ? null : filesOf(message);
  if (files) content.append(files);
  if (message.edited && !isDeleted) content.append(el('span', { class: 'edited', title: fullOf(millis(message.edited.ts)) }, '(edited)'));
}

/** Values entered in messages, by person and message. They are sent with the next action in the message, as at Slack. */
const entered = new Map();

function surfaceOf(message) {
  const place = `${state.me} ${state.channel} ${message.ts}`;
  return {
    place,
    valueOf: (block, element) => message.state?.values[block.block_id]?.[element.action_id],
    entered: (block, element) => entered.get(place)?.[block.block_id]?.[element.action_id],
    keep: (block, element, value) => {
      const values = entered.get(place) ?? {};
      (values[block.block_id] ??= {})[element.action_id] = value;
      entered.set(place, values);
    },
    suggest: (block, element, value) => suggest({ channel: state.channel, ts: message.ts }, block, element, value),
    act: (block, element, value, control) => act({ channel: state.channel, ts: message.ts }, block, element, value, control, entered.get(place)),
  };
}

function threadSummary(message) {
  const last = millis(message.latest_reply);
  const when = sameDay(last, now()) ? `today at ${timeOf(last)}` : dayOf(last);
  return el('button', { type: 'button', class: 'thread-summary', onclick: () => go({ thread: message.ts }) },
    message.reply_users.slice(0, 4).map((id) => avatar(id, 'avatar-small')),
    el('span', { class: 'reply-count' }, message.reply_count === 1 ? '1 reply' : `${message.reply_count} replies`),
    el('span', { class: 'last-reply' }, `Last reply ${when}`));
}

function hoverActions(message, content, inThread) {
  const isOwn = message.user === state.me && !message.bot_id;
  const action = (name, label, run) => el('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick: run }, icon(name));
  return el('div', { class: 'hover-actions' },
    !inThread && !message.is_ephemeral && action('reply', 'Reply in thread', () => go({ thread: message.thread_ts ?? message.ts })),
    !message.is_ephemeral && reactButton(message),
    !message.is_ephemeral && moreButton(message),
    isOwn && action('edit', 'Edit message', () => edit(message, content)),
    isOwn && action('remove', 'Delete message', () => remove(message)));
}

function edit(message, content) {
  const field = el('textarea', { class: 'text-input', rows: 2, 'aria-label': 'Edit message' });
  field.value = typed(message.text);
  const done = () => {
    show(content, message, false);
    content.closest('article')?.focus();
  };
  const save = async () => {
    if (field.value.trim()) await api.edit(state.me, state.channel, message.ts, field.value);
    done();
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      // Escape ends the editing only; it must not close the thread.
      event.preventDefault();
      event.stopPropagation();
      done();
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    save();
  });
  content.replaceChildren(field, el('div', { class: 'edit-buttons' },
    el('button', { type: 'button', class: 'button', onclick: done }, 'Cancel'),
    el('button', { type: 'button', class: 'button button-primary', onclick: save }, 'Save')));
  field.focus();
}

/** Converts stored text back to the text that was typed. */
const typed = (text) => text
  .replace(/<@([UW]\w+)>/g, (_, id) => `@${id === state.app.bot_user_id ? state.app.bot_name : state.people.find((one) => one.id === id)?.name ?? id}`)
  .replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: '<', gt: '>', amp: '&' })[name]);

function remove(message) {
  const id = newId('title');
  const close = () => hide();
  const yes = el('button', {
    type: 'button', class: 'button button-danger',
    onclick: async () => {
      close();
      await api.remove(state.me, state.channel, message.ts);
    },
  }, 'Delete');
  const hide = showDialog(el('div', { class: 'dialog dialog-small', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': id },
    el('header', { class: 'dialog-header' }, el('h2', { id }, 'Delete this message?')),
    el('footer', { class: 'dialog-footer' }, el('button', { type: 'button', class: 'button', onclick: close }, 'Cancel'), yes)), close);
  yes.focus();
}
