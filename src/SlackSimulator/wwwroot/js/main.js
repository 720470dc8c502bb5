/** Builds the page and updates it when the workspace changes. */
import { api } from './api.js';
import { mountDrawer } from './drawer.js';
import { mountHeader } from './header.js';
import { mountHome } from './home.js';
import { mountMessages } from './messages.js';
import { mountModal } from './modal.js';
import { renewDates } from './mrkdwn.js';
import { mountNotice } from './notice.js';
import { readAddress } from './place.js';
import { mountSidebar } from './sidebar.js';
import { coalesced, conversation, emit, on, state, takeConversations } from './state.js';
import { listen } from './stream.js';
import { applyTheme } from './theme.js';
import { mountThread } from './thread.js';

const byId = (id) => document.getElementById(id);

const refreshWorkspace = coalesced(async () => {
  takeState(await api.state());
  emit('workspace');
});

const refreshConversations = coalesced(async () => {
  await takeConversations(api.conversations(state.me));
  emit('conversations');
});

function takeState({ team, people, channels, app, clock }) {
  Object.assign(state, { team, people, channels, app });
  takeClock(clock);
}

function takeClock(clock) {
  state.skew = Date.parse(clock.now) - Date.now();
  state.offset = clock.offset;
}

/** @param {string} type of the change, as the stream names it */
function onChange(type, data) {
  const [about] = type.split('.');
  const isMine = data.user === state.me;
  if (about === 'message') {
    if (data.only_for && data.only_for !== state.me) return;
    if (data.channel === (conversation()?.id ?? state.channel) || state.channel === 'dm') emit('messages');
    refreshConversations();
  } else if (type === 'channel.read') {
    if (isMine) refreshConversations();
  } else if (about === 'view') {
    if (isMine) emit('view');
  } else if (about === 'home') {
    if (isMine) emit('home');
  } else if (about === 'traffic') {
    emit('traffic', data);
  } else if (about === 'faults' || about === 'limits') {
    emit('limits');
  } else if (about === 'clock') {
    takeClock(data);
    emit('clock');
  } else {
    refreshWorkspace().then(refreshConversations);
  }
}

function onConnection(connected, gap) {
  const note = byId('connection');
  note.hidden = connected;
  note.textContent = connected ? '' : 'The simulator cannot be reached. Trying again…';
  if (connected && gap) refreshAll();
}

/** Reads everything again after the stream was interrupted. */
async function refreshAll() {
  const fresh = await api.state();
  // The simulator was restarted: the shown state and the numbers of changes and requests are obsolete.
  if (fresh.start !== initial.start) {
    location.reload();
    return;
  }
  takeState(fresh);
  emit('workspace');
  await refreshConversations();
  for (const topic of ['messages', 'view', 'home', 'limits']) emit(topic);
  drawer.refresh();
}

applyTheme();
mountNotice(byId('notice'));
const [initial, demo] = await Promise.all([api.state(), api.demo()]);
takeState(initial);
state.demo = demo;
readAddress();
await takeConversations(api.conversations(state.me));

const sidebar = mountSidebar(byId('sidebar'), byId('sidebar-shade'));
const drawer = mountDrawer(byId('drawer'));
mountHeader(byId('channel-header'), { openSidebar: sidebar.open, toggleDrawer: drawer.toggle });
const messages = mountMessages(byId('conversation'));
const home = mountHome(byId('home'), byId('tabs'), byId('conversation'));
const thread = mountThread(byId('thread'));
const modal = mountModal();
on('person', refreshConversations);
setInterval(renewDates, 1000);

listen(initial.last_change, onChange, onConnection);
emit('workspace');
emit('conversations');
home.renew();
await Promise.all([messages.refresh(), thread.refresh(), modal.refresh(), drawer.refresh()]);
byId('workspace').dataset.ready = 'true';
