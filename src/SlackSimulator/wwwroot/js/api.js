/** The simulator's HTTP API: what a person can do, and the controls. */

/** What the simulator refused, and why. */
export class ApiError extends Error {
  constructor(error, detail, status) {
    super(detail || error);
    this.error = error;
    this.status = status;
  }
}

/** @returns {Promise<any>} the answer's JSON */
async function call(method, path, body) {
  const response = await send(method, path, body);
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!response.ok) throw new ApiError(answer.error, answer.detail, response.status);
  return answer;
}

async function send(method, path, body) {
  try {
    return await fetch(`/sim/${path}`, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError('unreachable', 'The simulator cannot be reached.', 0);
  }
}

const of = (user) => `people/${encodeURIComponent(user)}`;
const query = (values) => new URLSearchParams(values).toString();

export const api = {
  state: () => call('GET', 'state'),
  advance: (span) => call('POST', 'clock', { advance: span }),
  demo: () => call('GET', 'demo'),
  traffic: async (after, last) => (await call('GET', `traffic?${query({ after, last })}`)).traffic,
  violations: async () => (await call('GET', 'violations')).violations,
  faults: () => call('GET', 'faults'),
  setFaults: (faults) => call('PUT', 'faults', { faults }),
  clearFaults: () => call('DELETE', 'faults'),
  limits: () => call('GET', 'limits'),
  setLimits: (on) => call('PUT', 'limits', { rate_limits: on }),
  pauseNotifications: (user, minutes) => call('PUT', of(user), { dnd_minutes: minutes }),
  addMember: (channel, member) => call('PUT', `channels/${encodeURIComponent(channel)}/members`, { add: [member] }),

  conversations: async (user) => (await call('GET', `${of(user)}/conversations`)).conversations,
  messages: (user, channel, limit) => call('GET', `${of(user)}/messages?${query({ channel, limit })}`),
  thread: (user, channel, ts) => call('GET', `${of(user)}/messages?${query({ channel, thread_ts: ts })}`),
  post: (user, message) => call('POST', `${of(user)}/messages`, message),
  edit: (user, channel, ts, text) => call('PUT', `${of(user)}/messages`, { channel, ts, text }),
  remove: (user, channel, ts) => call('DELETE', `${of(user)}/messages?${query({ channel, ts })}`),
  read: (user, channel, ts) => call('POST', `${of(user)}/read`, { channel, ts }),
  command: (user, channel, command, text) => call('POST', `${of(user)}/commands`, { channel, command, text }),
  act: (user, action) => call('POST', `${of(user)}/actions`, action),
  suggest: (user, place) => call('POST', `${of(user)}/suggestions`, place),
  shortcut: (user, body) => call('POST', `${of(user)}/shortcuts`, body),
  react: (user, channel, ts, name) => call('POST', `${of(user)}/reactions`, { channel, ts, name }),
  unreact: (user, channel, ts, name) => call('DELETE', `${of(user)}/reactions?${query({ channel, ts, name })}`),
  pin: (user, channel, ts) => call('POST', `${of(user)}/pins`, { channel, ts }),
  unpin: (user, channel, ts) => call('DELETE', `${of(user)}/pins?${query({ channel, ts })}`),
  view: async (user) => (await call('GET', `${of(user)}/screen`)).view,
  fillView: (user, values) => call('POST', `${of(user)}/view/state`, { values }),
  submitView: (user, values) => call('POST', `${of(user)}/view/submit`, { values }),
  closeView: (user, all) => call('POST', `${of(user)}/view/close`, { all }),
  home: async (user) => (await call('GET', `${of(user)}/screen`)).home,
  openHome: (user, tab) => call('POST', `${of(user)}/home`, { tab }),
  fillHome: (user, values) => call('POST', `${of(user)}/home/state`, { values }),
};
