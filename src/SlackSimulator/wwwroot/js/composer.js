/** The field for messages and slash commands. */
import { announce } from './announce.js';
import { api, ApiError } from './api.js';
import { attachCompletion } from './completion.js';
import { el, newId } from './dom.js';
import { icon } from './icons.js';
import { shortcutsButton } from './reactions.js';
import { conversation, state, titleHere } from './state.js';

/** @param {{ id: string, inThread: boolean }} options */
export function createComposer({ id, inThread }) {
  const note = el('p', { class: 'composer-note', role: 'alert' });
  const field = el('textarea', { id, rows: 1, class: 'composer-field' });
  const send = el('button', { type: 'submit', class: 'composer-send', 'aria-label': 'Send', title: 'Send (Enter)' }, icon('send'));
  const shortcuts = inThread ? null : shortcutsButton();
  const completion = attachCompletion(field, { commands: !inThread });
  const alsoId = newId('also');
  const also = el('input', { type: 'checkbox', id: alsoId });
  const alsoLabel = el('label', { for: alsoId });
  const drafts = new Map();
  let place = '';
  const form = el('form', {
    class: 'composer',
    onsubmit: (event) => {
      event.preventDefault();
      submit();
    },
  }, completion.list, el('div', { class: 'composer-box' }, shortcuts?.node, field, send), inThread && el('div', { class: 'composer-also' }, also, alsoLabel), note);

  async function submit() {
    const text = field.value.trim();
    if (!text || form.classList.contains('busy')) return;
    const from = place;
    setBusy(true);
    try {
      if (text.startsWith('/')) await runCommand(text);
      else await api.post(state.me, { channel: state.channel, text, ...(inThread && { thread_ts: state.thread, reply_broadcast: also.checked }) });
      also.checked = false;
      if (from === place) setText('');
      drafts.delete(from);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      note.textContent = error.message;
    } finally {
      setBusy(false);
    }
  }

  async function runCommand(text) {
    if (inThread) throw new ApiError('in_thread', 'Slash commands do not work in threads. Use the composer of the channel.', 400);
    const [, command, rest] = /^(\S+)\s*([\s\S]*)$/.exec(text);
    announce(`Running ${command}`);
    // The simulator reports a failed command in an ephemeral message.
    await api.command(state.me, state.channel, command, rest);
  }

  function setBusy(busy) {
    form.classList.toggle('busy', busy);
    form.setAttribute('aria-busy', String(busy));
    field.readOnly = busy;
    if (busy) note.textContent = '';
  }

  function setText(text) {
    field.value = text;
    completion.close();
    grow();
  }

  function grow() {
    field.style.height = '';
    if (field.value) field.style.height = `${Math.min(field.scrollHeight, 180)}px`;
    send.classList.toggle('ready', field.value.trim().length > 0);
  }

  field.addEventListener('input', () => {
    note.textContent = '';
    grow();
  });
  field.addEventListener('keydown', (event) => {
    if (completion.onKey(event)) return;
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });

  /** Updates the composer after the person or the conversation changed. Each conversation keeps its draft. */
  function renew() {
    shortcuts?.renew();
    const channel = conversation() ?? state.channels.find((one) => one.id === state.channel);
    const name = titleHere();
    const label = inThread ? 'Reply in the thread' : `Message ${name}`;
    field.placeholder = channel?.is_archived ? `${name} is archived` : label;
    field.setAttribute('aria-label', label);
    field.disabled = channel?.is_archived === true;
    alsoLabel.textContent = `Also send to ${name}`;
    const now = `${state.me} ${state.channel} ${inThread ? state.thread : ''}`;
    if (now === place) return;
    drafts.set(place, field.value);
    place = now;
    note.textContent = '';
    setText(drafts.get(now) ?? '');
  }

  renew();
  return { node: form, renew, focus: () => field.focus() };
}
