// Calls the simulator with Slack's Web API client and prints the results as one line of JSON.
import { ErrorCode, LogLevel, WebClient } from '@slack/web-api';

const { SLACK_API_URL: slackApiUrl, SLACK_BOT_TOKEN: token } = process.env;
const client = new WebClient(token, { slackApiUrl, logLevel: LogLevel.ERROR, retryConfig: { retries: 2, minTimeout: 10, maxTimeout: 20 } });
const results = {};

async function failure(call) {
  try {
    await call();
    return { code: 'none' };
  } catch (error) {
    return { code: error.code, error: error.data?.error, messages: error.data?.response_metadata?.messages };
  }
}

const identity = await client.auth.test();
results.identity = { user: identity.user_id, team: identity.team_id };

const channels = await client.conversations.list({ types: 'public_channel,private_channel' });
const office = channels.channels.find((channel) => channel.name === 'office').id;

const posted = await client.chat.postMessage({
  channel: office,
  text: 'hello',
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*hello*' } }],
  metadata: { event_type: 'greeting', event_payload: { id: 1 } },
});
await client.chat.postMessage({ channel: office, text: 'reply', thread_ts: posted.ts });
await client.chat.update({ channel: office, ts: posted.ts, text: 'changed' });
const history = await client.conversations.history({ channel: office, include_all_metadata: true });
results.history = history.messages.map((message) => ({ text: message.text, replies: message.reply_count, blocks: message.blocks?.length ?? null }));

const people = [];
for await (const page of client.paginate('users.list', { limit: 3 })) people.push(...page.members);
results.people = people.length;
const person = people.find((member) => member.name === 'noor');
results.lookup = (await client.users.lookupByEmail({ email: person.profile.email })).user.id === person.id;
results.info = (await client.users.info({ user: person.id })).user.tz;

const direct = await client.conversations.open({ users: person.id });
await client.chat.postMessage({ channel: direct.channel.id, text: 'just you' });
await client.chat.postEphemeral({ channel: office, user: person.id, text: 'between us' });
await client.views.publish({ user_id: person.id, view: { type: 'home', blocks: [{ type: 'divider' }] } });

results.errors = {
  channel: await failure(() => client.chat.postMessage({ channel: 'C0NOWHERE', text: 'x' })),
  blocks: await failure(() => client.chat.postMessage({ channel: office, text: 'x', blocks: [{ type: 'sparkles' }] })),
  trigger: await failure(() => client.views.open({ trigger_id: '1.2.3', view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [{ type: 'divider' }] } })),
  token: await failure(() => new WebClient('xoxb-wrong', { slackApiUrl }).auth.test()),
};

async function faults(...list) {
  await fetch(new URL('../sim/faults', slackApiUrl), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ faults: list }),
  });
}

// The client waits for the seconds of Retry-After, then retries.
let waited = 0;
client.on('rate_limited', (seconds) => { waited = seconds; });
await faults({ method: 'auth.test', kind: 'ratelimited', retry_after: 1, count: 1 });
results.afterRateLimit = { ok: (await client.auth.test()).ok, waited };
await faults({ method: 'auth.test', kind: 'error', status: 503, count: 1 });
results.afterServerError = (await client.auth.test()).ok;
await faults({ method: 'auth.test', kind: 'reset', count: 1 });
results.afterReset = (await client.auth.test()).ok;
const refusing = new WebClient(token, { slackApiUrl, rejectRateLimitedCalls: true, logLevel: LogLevel.ERROR });
await faults({ method: 'auth.test', kind: 'ratelimited', retry_after: 30, count: 1 });
results.rejected = (await failure(() => refusing.auth.test())).code === ErrorCode.RateLimitedError;

console.log(JSON.stringify(results));
