// An app with Slack's framework Bolt: a command opens a modal, its submission posts a message with a button, the button changes the message.
// It prints its port, or connects to the simulator when SOCKET_MODE is 1.
import { App, LogLevel } from '@slack/bolt';

const { SLACK_API_URL: slackApiUrl, SLACK_BOT_TOKEN: token, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret, SOCKET_MODE } = process.env;
const connection = SOCKET_MODE ? { socketMode: true, appToken } : { signingSecret };
const app = new App({ token, ...connection, clientOptions: { slackApiUrl }, logLevel: LogLevel.ERROR });

app.command('/order', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal',
      callback_id: 'order',
      private_metadata: body.channel_id,
      title: { type: 'plain_text', text: 'Order' },
      submit: { type: 'plain_text', text: 'Send' },
      blocks: [{
        type: 'input',
        block_id: 'what',
        label: { type: 'plain_text', text: 'What' },
        element: { type: 'plain_text_input', action_id: 'text' },
      }],
    },
  });
});

app.command('/echo', async ({ ack, command }) => ack({ response_type: 'in_channel', text: `echo ${command.text}` }));

app.view('order', async ({ ack, view, client }) => {
  const what = view.state.values.what.text.value;
  if (what === 'nothing') return ack({ response_action: 'errors', errors: { what: 'Order something' } });
  await ack();
  return client.chat.postMessage({
    channel: view.private_metadata,
    text: what,
    blocks: [
      { type: 'section', text: { type: 'plain_text', text: what } },
      { type: 'actions', elements: [{ type: 'button', action_id: 'done', text: { type: 'plain_text', text: 'Done' }, value: what }] },
    ],
  });
});

app.action('done', async ({ ack, body, action, respond }) => {
  await ack();
  await respond({ replace_original: true, text: `${action.value} done by <@${body.user.id}>` });
});

app.event('app_mention', async ({ event, say }) => say({ text: `hi <@${event.user}>`, thread_ts: event.ts }));

app.event('app_home_opened', async ({ event, client }) => client.views.publish({
  user_id: event.user,
  view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Home' } }] },
}));

const server = await app.start(0);
console.log(JSON.stringify({ ready: true, port: SOCKET_MODE ? 0 : server.address().port }));
