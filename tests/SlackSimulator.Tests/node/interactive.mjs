// An app with Slack's framework Bolt: shortcuts, and a modal with external menus. It prints its port.
import { App, LogLevel } from '@slack/bolt';

const { SLACK_API_URL: slackApiUrl, SLACK_BOT_TOKEN: token, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret, SOCKET_MODE } = process.env;
const connection = SOCKET_MODE ? { socketMode: true, appToken } : { signingSecret };
const app = new App({ token, ...connection, clientOptions: { slackApiUrl }, logLevel: LogLevel.ERROR });
const plain = (text) => ({ type: 'plain_text', text });
const dishes = ['soup', 'salad', 'sandwich'];

app.shortcut('choose', async ({ ack, shortcut, client }) => {
  await ack();
  await client.views.open({
    trigger_id: shortcut.trigger_id,
    view: {
      type: 'modal',
      callback_id: 'choose',
      title: plain('Dish'),
      submit: plain('Send'),
      blocks: [
        { type: 'input', block_id: 'one', label: plain('One'), element: { type: 'external_select', action_id: 'dish', min_query_length: 1 } },
        { type: 'input', block_id: 'more', optional: true, label: plain('More'), element: { type: 'multi_external_select', action_id: 'group', min_query_length: 0 } },
      ],
    },
  });
});
const option = (dish) => ({ text: plain(dish), value: dish });
app.options('dish', async ({ ack, payload }) => ack({ options: dishes.filter((dish) => dish.startsWith(payload.value)).map(option) }));
app.options('group', async ({ ack }) => ack({ option_groups: [{ label: plain('Cold'), options: [option('salad')] }] }));
app.view('choose', async ({ ack, view, body, client }) => {
  await ack();
  const { one, more } = view.state.values;
  const chosen = [one.dish.selected_option, ...more.group.selected_options].map((each) => each.value);
  await client.chat.postMessage({ channel: body.user.id, text: chosen.join(' and ') });
});
app.shortcut('quote', async ({ ack, shortcut, respond }) => {
  await ack();
  await respond(`quoted: ${shortcut.message.text}`);
});

const server = await app.start(0);
console.log(JSON.stringify({ port: SOCKET_MODE ? 0 : server.address().port }));
