/** Plays the demo run that the simulator was started with. */
import { api, ApiError } from './api.js';
import { announce } from './announce.js';
import { spanOf } from './clock.js';
import { el, fill } from './dom.js';
import { DemoDriver, Stopped } from './demo-driver.js';
import { icon } from './icons.js';
import { go } from './place.js';
import { nameOf, state } from './state.js';

let playing = false;

export async function playDemo() {
  if (playing || !state.demo) return;
  playing = true;
  const stop = new AbortController();
  const driver = new DemoDriver(state.demo.pace ?? 1, stop.signal);
  const bar = showBar(state.demo.title, driver, () => stop.abort());
  try {
    await play(state.demo.steps, driver, bar);
    bar.end('The run is complete. Everything shown came from the app; you can continue from here.');
  } catch (error) {
    if (error instanceof Stopped) bar.close();
    else bar.end(`The run stopped: ${error.message}`, true);
  } finally {
    driver.leave();
    playing = false;
  }
}

async function play(steps, driver, bar) {
  for (const [index, step] of steps.entries()) {
    const person = step.as ? personCalled(step.as) : personCalled(state.me);
    bar.tell(index, steps.length, nameOf(person.id), step.caption);
    await become(person, driver);
    await actions[step.do](step, driver);
    await driver.rest(step.caption ? 900 : 400);
  }
}

const actions = {
  who: async ({ action_id: actionId, among, channel = 'dm', at_most: atMost }, driver) => {
    const people = among?.map(personCalled) ?? state.people.filter((one) => !one.deleted);
    const found = await driver.until(() => newestHolder(people, channel, actionId), `“${actionId}” for any of ${people.map((one) => nameOf(one.id)).join(', ')}`, milliseconds(atMost));
    await become(found, driver);
    await actions.open({ channel }, driver);
  },
  open: async ({ channel }, driver) => {
    const key = channel === 'home' ? 'dm' : channelId(channel);
    const item = document.querySelector(`#sidebar [data-channel="${CSS.escape(key === 'dm' ? 'dm' : nameOfChannel(key))}"]`);
    if (!item) throw new Error(`${nameOf(state.me)} is not in ${channel}.`);
    if (isShown(item)) await driver.pointAt(item);
    go({ channel: key, tab: channel === 'home' ? 'home' : 'messages', thread: null });
    await arrived(driver);
    await driver.rest(400);
  },
  command: async ({ command, text }, driver) => {
    const field = document.getElementById('composer');
    await driver.type(field, text ? `${command} ${text}` : `${command} `);
    driver.press(field, 'Enter');
    await driver.until(() => !field.readOnly, `An answer to ${command}`);
  },
  say: async ({ text, in_thread: inThread }, driver) => {
    const field = document.getElementById(inThread ? 'thread-composer' : 'composer');
    await driver.until(() => isShown(field), 'The composer');
    await driver.type(field, `${text} `);
    driver.press(field, 'Enter');
    await driver.until(() => !field.readOnly, 'The message');
  },
  fill: async ({ values }, driver) => {
    for (const [actionId, value] of Object.entries(values)) {
      const controls = await driver.until(() => nonEmpty(document.querySelectorAll(`.dialog ${byAction(actionId)}`)), `“${actionId}” in the modal`);
      await enter([...controls], value, driver);
    }
  },
  submit: async (_, driver) => {
    const modal = await openModal(driver);
    await driver.click(modal.querySelector('[data-testid=modal-submit]'));
    await driver.until(() => !modal.querySelector('.busy'), 'The app’s answer');
  },
  close: async (_, driver) => driver.click((await openModal(driver)).querySelector('[aria-label=Close]')),
  click: async ({ action_id: actionId, value, confirm }, driver) => {
    const control = await driver.until(() => newestControl(actionId, value), `“${actionId}”`);
    if (control.tagName === 'SELECT') await driver.choose(control, value);
    else await driver.click(control);
    if (control.getAttribute('aria-haspopup') === 'menu') {
      await driver.click(await driver.until(() => document.querySelector(`.menu-item[data-value="${CSS.escape(value ?? '')}"]`), `“${value}” in the menu`));
    }
    const question = document.querySelector('[role=alertdialog]');
    if (question) await driver.click(question.querySelector(`[data-testid=confirm-${confirm ? 'yes' : 'no'}]`));
    await driver.until(() => !control.isConnected || !control.classList.contains('busy'), 'The app’s answer');
  },
  thread: async ({ containing }, driver) => {
    const summary = () => [...document.querySelectorAll('#messages .message')].reverse()
      .find((one) => one.querySelector('.thread-summary') && (!containing || one.textContent.includes(containing)));
    const message = await driver.until(summary, 'A message with replies');
    await driver.click(message.querySelector('.thread-summary'));
    await driver.until(() => document.querySelector('#thread .message'), 'The thread');
  },
  advance: async ({ by }) => { await api.advance(by.includes(':') ? by : spanOf(Number(by))); },
  wait: async ({ text, action_id: actionId, at_most: atMost }, driver) => {
    const sees = () => (!text || document.getElementById('workspace').innerText.includes(text) || document.getElementById('layers').innerText.includes(text))
      && (!actionId || newestControl(actionId));
    await driver.until(sees, `“${text ?? actionId}”`, milliseconds(atMost));
  },
};

async function become(person, driver) {
  if (person.id === state.me) return;
  const item = document.querySelector(`#sidebar [data-person="${CSS.escape(person.name)}"]`);
  if (item && isShown(item)) await driver.pointAt(item);
  go({ me: person.id });
  await arrived(driver);
  await driver.rest(600);
}

/** Waits until the new conversation is shown, so that the content of the previous one is not mistaken for it. */
const arrived = (driver) => driver.until(() => !document.querySelector('#messages[aria-busy=true], #home [aria-busy=true]'), 'The conversation');

function personCalled(name) {
  const person = state.people.find((one) => one.id === name || one.name === name.toLowerCase());
  if (!person) throw new Error(`There is no person called ${name}.`);
  return person;
}

/** The person who has the newest message with a control in a conversation. */
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

/** Enters a value: types a text, chooses an option, or clicks checkboxes whose state differs. */
async function enter(controls, value, driver) {
  const [first] = controls;
  if (first.type === 'radio' || first.type === 'checkbox') {
    const wanted = Array.isArray(value) ? value : [value];
    for (const box of controls) if (box.checked !== wanted.includes(box.value)) await driver.click(box);
  } else if (first.tagName === 'SELECT' || ['date', 'time', 'datetime-local'].includes(first.type)) await driver.choose(first, value);
  else await driver.type(first, String(value));
}

/** The control in the open modal, else in the newest message that has it, else in the App Home. */
function newestControl(actionId, value) {
  const fits = (one) => isShown(one) && (value === undefined || one.dataset.value === undefined || one.dataset.value === value);
  const inside = (selector) => [...document.querySelectorAll(`${selector} ${byAction(actionId)}`)].filter(fits);
  const inMessages = () => inside('.message').sort((a, b) => (tsOf(a) < tsOf(b) ? -1 : 1)).at(-1);
  return inside('.dialog')[0] ?? inMessages() ?? inside('#home')[0];
}

const tsOf = (node) => node.closest('.message').dataset.ts;
const byAction = (actionId) => `[data-action-id="${CSS.escape(actionId)}"]`;
const openModal = (driver) => driver.until(() => document.querySelector('[data-testid=modal]'), 'A modal');
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

/** Shows the bar with the caption and the buttons to pause and stop the run. */
function showBar(title, driver, stop) {
  const root = document.getElementById('demo-bar');
  const caption = el('p', { class: 'demo-caption', data: { testid: 'demo-caption' } });
  const progress = el('span', { class: 'demo-progress' });
  let resume = null;
  const pause = el('button', {
    type: 'button', class: 'button', onclick: () => {
      if (resume) resume();
      resume = resume ? null : driver.pause();
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
