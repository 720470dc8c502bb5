/** Plays the demo run that whoever hosts the simulator has given it: what people do, before the eyes of the one who watches. */
import { api, ApiError } from './api.js';
import { announce } from './announce.js';
import { spanOf } from './clock.js';
import { el, fill } from './dom.js';
import { Hands, Stopped } from './hands.js';
import { icon } from './icons.js';
import { go } from './place.js';
import { nameOf, state } from './state.js';

let playing = false;

export async function playDemo() {
  if (playing || !state.demo) return;
  playing = true;
  const stop = new AbortController();
  const hands = new Hands(state.demo.pace ?? 1, stop.signal);
  const bar = showBar(state.demo.title, hands, () => stop.abort());
  try {
    await play(state.demo.steps, hands, bar);
    bar.end('That was the run. Everything here is the app’s own doing: go on where it stopped.');
  } catch (error) {
    if (error instanceof Stopped) bar.close();
    else bar.end(`The run stopped: ${error.message}`, true);
  } finally {
    hands.leave();
    playing = false;
  }
}

async function play(steps, hands, bar) {
  for (const [index, step] of steps.entries()) {
    const person = step.as ? personCalled(step.as) : personCalled(state.me);
    bar.tell(index, steps.length, nameOf(person.id), step.caption);
    await become(person, hands);
    await doers[step.do](step, hands);
    await hands.rest(step.caption ? 900 : 400);
  }
}

const doers = {
  who: async ({ action_id: actionId, among, channel = 'dm', at_most: atMost }, hands) => {
    const people = among?.map(personCalled) ?? state.people.filter((one) => !one.deleted);
    const found = await hands.until(() => newestHolder(people, channel, actionId), `“${actionId}” for any of ${people.map((one) => nameOf(one.id)).join(', ')}`, milliseconds(atMost));
    await become(found, hands);
    await doers.open({ channel }, hands);
  },
  open: async ({ channel }, hands) => {
    const key = channel === 'home' ? 'dm' : channelId(channel);
    const item = document.querySelector(`#sidebar [data-channel="${CSS.escape(key === 'dm' ? 'dm' : nameOfChannel(key))}"]`);
    if (!item) throw new Error(`${nameOf(state.me)} is not in ${channel}.`);
    if (isShown(item)) await hands.pointAt(item);
    go({ channel: key, tab: channel === 'home' ? 'home' : 'messages', thread: null });
    await arrived(hands);
    await hands.rest(400);
  },
  command: async ({ command, text }, hands) => {
    const field = document.getElementById('composer');
    await hands.type(field, text ? `${command} ${text}` : `${command} `);
    hands.press(field, 'Enter');
    await hands.until(() => !field.readOnly, `An answer to ${command}`);
  },
  say: async ({ text, in_thread: inThread }, hands) => {
    const field = document.getElementById(inThread ? 'thread-composer' : 'composer');
    await hands.until(() => isShown(field), 'The composer');
    await hands.type(field, `${text} `);
    hands.press(field, 'Enter');
    await hands.until(() => !field.readOnly, 'The message');
  },
  fill: async ({ values }, hands) => {
    for (const [actionId, value] of Object.entries(values)) {
      const controls = await hands.until(() => nonEmpty(document.querySelectorAll(`.dialog ${byAction(actionId)}`)), `“${actionId}” in the modal`);
      await enter([...controls], value, hands);
    }
  },
  submit: async (_, hands) => {
    const modal = await openModal(hands);
    await hands.click(modal.querySelector('[data-testid=modal-submit]'));
    await hands.until(() => !modal.querySelector('.busy'), 'The app’s answer');
  },
  close: async (_, hands) => hands.click((await openModal(hands)).querySelector('[aria-label=Close]')),
  click: async ({ action_id: actionId, value, confirm }, hands) => {
    const control = await hands.until(() => newestControl(actionId, value), `“${actionId}”`);
    if (control.tagName === 'SELECT') await hands.choose(control, value);
    else await hands.click(control);
    if (control.getAttribute('aria-haspopup') === 'menu') {
      await hands.click(await hands.until(() => document.querySelector(`.menu-item[data-value="${CSS.escape(value ?? '')}"]`), `“${value}” in the menu`));
    }
    const question = document.querySelector('[role=alertdialog]');
    if (question) await hands.click(question.querySelector(`[data-testid=confirm-${confirm ? 'yes' : 'no'}]`));
    await hands.until(() => !control.isConnected || !control.classList.contains('busy'), 'The app’s answer');
  },
  thread: async ({ containing }, hands) => {
    const summary = () => [...document.querySelectorAll('#messages .message')].reverse()
      .find((one) => one.querySelector('.thread-summary') && (!containing || one.textContent.includes(containing)));
    const message = await hands.until(summary, 'A message with replies');
    await hands.click(message.querySelector('.thread-summary'));
    await hands.until(() => document.querySelector('#thread .message'), 'The thread');
  },
  advance: async ({ by }) => { await api.advance(by.includes(':') ? by : spanOf(Number(by))); },
  wait: async ({ text, action_id: actionId, at_most: atMost }, hands) => {
    const sees = () => (!text || document.getElementById('workspace').innerText.includes(text) || document.getElementById('layers').innerText.includes(text))
      && (!actionId || newestControl(actionId));
    await hands.until(sees, `“${text ?? actionId}”`, milliseconds(atMost));
  },
};

async function become(person, hands) {
  if (person.id === state.me) return;
  const item = document.querySelector(`#sidebar [data-person="${CSS.escape(person.name)}"]`);
  if (item && isShown(item)) await hands.pointAt(item);
  go({ me: person.id });
  await arrived(hands);
  await hands.rest(600);
}

/** Until then the page still shows where one came from: nothing there may be taken for what is waited for. */
const arrived = (hands) => hands.until(() => !document.querySelector('#messages[aria-busy=true], #home [aria-busy=true]'), 'The conversation');

function personCalled(name) {
  const person = state.people.find((one) => one.id === name || one.name === name.toLowerCase());
  if (!person) throw new Error(`There is nobody called ${name}.`);
  return person;
}

/** The person whose message with that control is the newest in a conversation. */
async function newestHolder(people, channel, actionId) {
  const held = await Promise.all(people.map(async (person) => {
    const messages = await messagesOf(person, channel);
    return { person, ts: messages.findLast((message) => holds(message.blocks, actionId))?.ts };
  }));
  return held.filter((one) => one.ts).sort((a, b) => (a.ts < b.ts ? -1 : 1)).at(-1)?.person;
}

async function messagesOf(person, channel) {
  try {
    return (await api.messages(person.id, channel === 'dm' ? 'dm' : channelId(channel), 50)).messages;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [];
  }
}

const holds = (blocks, actionId) => (blocks ?? []).some((block) => [block.accessory, ...(block.elements ?? [])].some((element) => element?.action_id === actionId));

/** Text is typed, options are chosen, boxes are ticked until they are as wanted. */
async function enter(controls, value, hands) {
  const [first] = controls;
  if (first.type === 'radio' || first.type === 'checkbox') {
    const wanted = Array.isArray(value) ? value : [value];
    for (const box of controls) if (box.checked !== wanted.includes(box.value)) await hands.click(box);
  } else if (first.tagName === 'SELECT' || ['date', 'time', 'datetime-local'].includes(first.type)) await hands.choose(first, value);
  else await hands.type(first, String(value));
}

/** In the modal, else in the newest message that has it, else in the home. */
function newestControl(actionId, value) {
  const fits = (one) => isShown(one) && (value === undefined || one.dataset.value === undefined || one.dataset.value === value);
  const inside = (selector) => [...document.querySelectorAll(`${selector} ${byAction(actionId)}`)].filter(fits);
  const inMessages = () => inside('.message').sort((a, b) => (tsOf(a) < tsOf(b) ? -1 : 1)).at(-1);
  return inside('.dialog')[0] ?? inMessages() ?? inside('#home')[0];
}

const tsOf = (node) => node.closest('.message').dataset.ts;
const byAction = (actionId) => `[data-action-id="${CSS.escape(actionId)}"]`;
const openModal = (hands) => hands.until(() => document.querySelector('[data-testid=modal]'), 'A modal');
const isShown = (node) => node.getClientRects().length > 0 && node.getBoundingClientRect().right > 0;
const nonEmpty = (list) => (list.length > 0 ? list : null);

function channelId(name) {
  if (name === 'dm') return 'dm';
  const channel = state.channels.find((one) => one.id === name || one.name === name.replace(/^#/, ''));
  if (!channel) throw new Error(`There is no channel ${name}.`);
  return channel.id;
}

const nameOfChannel = (id) => state.channels.find((one) => one.id === id).name;

function milliseconds(span) {
  const [hours, minutes, seconds] = (span ?? '00:00:20').split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** Says what is going on, and lets the run be paused and stopped. */
function showBar(title, hands, stop) {
  const root = document.getElementById('demo-bar');
  const caption = el('p', { class: 'demo-caption', data: { testid: 'demo-caption' } });
  const progress = el('span', { class: 'demo-progress' });
  let resume = null;
  const pause = el('button', {
    type: 'button', class: 'button', onclick: () => {
      if (resume) resume();
      resume = resume ? null : hands.pause();
      fill(pause, icon(resume ? 'play' : 'pause'), resume ? 'Go on' : 'Pause');
    },
  }, icon('pause'), 'Pause');
  const end = el('button', { type: 'button', class: 'button', onclick: stop }, icon('stop'), 'Stop');
  fill(root, el('div', { class: 'demo-text' }, progress, caption), pause, end);
  root.hidden = false;
  document.body.classList.add('demo-playing');
  const close = () => {
    root.hidden = true;
    document.body.classList.remove('demo-playing');
  };
  return {
    close,
    tell(index, count, who, text) {
      progress.textContent = `${title} · ${index + 1} of ${count} · ${who}`;
      if (!text) return;
      caption.textContent = text.replaceAll('{who}', who);
      announce(caption.textContent);
    },
    end(text, failed = false) {
      progress.textContent = title;
      caption.textContent = text;
      caption.classList.toggle('failed', failed);
      announce(text);
      fill(end, icon('close'), 'Close');
      end.addEventListener('click', close);
      pause.remove();
    },
  };
}
