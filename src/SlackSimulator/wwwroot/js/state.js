/** The page's state, and events when it changes. */
import { ApiError } from './api.js';

export const state = {
  /** Id of the current person. */
  me: '',
  /** Id of the open conversation, or `dm` for the direct messages with the app. */
  channel: '',
  /** @type {'messages' | 'home'} the open tab of the app */
  tab: 'messages',
  /** @type {string | null} ts of the parent of the open thread */
  thread: null,
  team: { name: '' },
  app: { name: '', bot_user_id: '', bot_name: '', commands: [], shortcuts: [] },
  people: [],
  channels: [],
  /** The current person's conversations with their unread counts. */
  conversations: [],
  /** The difference between the workspace's clock and the browser's, in milliseconds. */
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

/** The shown name of a person or the bot. */
export function nameOf(id) {
  if (id === state.app.bot_user_id) return state.app.name;
  if (id === 'USLACKBOT') return 'Slackbot';
  const person = state.people.find((one) => one.id === id);
  // Slack omits real_name for deactivated people, so the profile is used.
  return person ? person.profile.display_name || person.profile.real_name || person.name || id : id;
}

/** The open conversation; undefined for direct messages without any message. */
export const conversation = () =>
  state.conversations.find((one) => (state.channel === 'dm' ? one.with_app : one.id === state.channel));

/** The title of a conversation: the channel's name, or the other members' names. */
export function titleOf(one) {
  if (!one || one.with_app) return state.app.name;
  return one.name ? `#${one.name}` : one.members.filter((id) => id !== state.me).map(nameOf).join(', ');
}

/** The title of the open conversation. */
export const titleHere = () => (state.channel === 'dm' ? state.app.name : titleOf(conversation() ?? state.channels.find((one) => one.id === state.channel) ?? { name: '', members: [] }));

let asked = 0;
let taken = 0;

/** Stores requested conversations, unless the answer of a later request has already been stored or the person has changed. */
export async function takeConversations(asking) {
  const turn = ++asked;
  const person = state.me;
  const found = await asking;
  if (turn < taken || person !== state.me) return;
  taken = turn;
  state.conversations = found;
}

/** Workspace time, in milliseconds since 1970. */
export const now = () => Date.now() + state.skew;

/** Wraps async work so that one run is active at a time. Calls during a run cause one further run after it. */
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
        // An unreachable simulator is reported by the stream, and everything is read again when it is back.
        if (!(error instanceof ApiError && error.status === 0)) throw error;
      } finally {
        running = null;
      }
    })();
    return running;
  };
}
