/** What the page knows of the workspace, and who wants to hear of its changes. */
import { ApiError } from './api.js';

export const state = {
  /** Id of the person this page is. */
  me: '',
  /** Id of the conversation that is open, or `dm` for the direct messages with the app. */
  channel: '',
  /** @type {'messages' | 'home'} which tab of the app is open */
  tab: 'messages',
  /** @type {string | null} ts of the message whose thread is open */
  thread: null,
  team: { name: '' },
  app: { name: '', bot_user_id: '', bot_name: '', commands: [] },
  people: [],
  channels: [],
  /** The conversations of this person, with what is unread. */
  conversations: [],
  /** Milliseconds the workspace's clock is ahead of this browser's. */
  skew: 0,
  /** How far the clock has been moved, such as `00:05:00`. */
  offset: '00:00:00',
};

/** @typedef {'workspace' | 'conversations' | 'place' | 'person' | 'messages' | 'view' | 'home' | 'traffic' | 'violations' | 'faults' | 'limits' | 'clock'} Topic */

const listeners = new Map();

/** @param {Topic} topic */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(listener);
}

/** @param {Topic} topic */
export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

export const me = () => state.people.find((person) => person.id === state.me);

/** A person's, or the bot's, name as shown. */
export function nameOf(id) {
  if (id === state.app.bot_user_id) return state.app.name;
  if (id === 'USLACKBOT') return 'Slackbot';
  const person = state.people.find((one) => one.id === id);
  // Of a deactivated person Slack tells less.
  return person ? person.profile.display_name || person.profile.real_name || person.name || id : id;
}

/** The conversation that is open; undefined for direct messages nobody has written in yet. */
export const conversation = () =>
  state.conversations.find((one) => (state.channel === 'dm' ? one.with_app : one.id === state.channel));

/** What a conversation is called: a channel's name, or who one is in a group's direct messages with. */
export function titleOf(one) {
  if (!one || one.with_app) return state.app.name;
  return one.name ? `#${one.name}` : one.members.filter((id) => id !== state.me).map(nameOf).join(', ');
}

/** The title of what is open. */
export const titleHere = () => (state.channel === 'dm' ? state.app.name : titleOf(conversation() ?? state.channels.find((one) => one.id === state.channel) ?? { name: '', members: [] }));

let asked = 0;
let taken = 0;

/** Takes the person's conversations once they are there, unless what was asked for later has come before. */
export async function takeConversations(asking) {
  const turn = ++asked;
  const person = state.me;
  const found = await asking;
  if (turn < taken || person !== state.me) return;
  taken = turn;
  state.conversations = found;
}

/** A workspace instant: milliseconds since 1970. */
export const now = () => Date.now() + state.skew;

/** Runs one at a time; called meanwhile, it runs once more afterwards, so that the last call is never lost. */
export function coalesced(work) {
  let running = null;
  let again = false;
  return function run() {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      try {
        do {
          again = false;
          await work();
        } while (again);
      } catch (error) {
        // While the simulator is away the page says so, and everything is read again when it is back.
        if (!(error instanceof ApiError && error.status === 0)) throw error;
      } finally {
        running = null;
      }
    })();
    return running;
  };
}
