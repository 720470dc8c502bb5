// /coffee as one would write it with Slack's framework: the rows, the form and the answer are those of the worker. Does
// less: it does not recognise repeated requests, limits nobody, and publishes nothing.
import { randomUUID } from 'node:crypto';
import bolt from '@slack/bolt';
import pg from 'pg';

const { App, LogLevel } = bolt;
const pool = new pg.Pool({ max: 20 });

const drinks = ['Espresso', 'Americano', 'Cappuccino', 'Flat White', 'Latte', 'Mocha', 'Filter Coffee', 'Hot Chocolate', 'Tea'];
const sizes = ['Small', 'Medium', 'Large'];
const customizations = ['Oat milk', 'Soy milk', 'Lactose-free milk', 'Extra shot', 'Decaf', 'Iced', 'Sugar', 'Vanilla syrup', 'Caramel syrup', 'To go lid'];

const plain = (text) => ({ type: 'plain_text', text, emoji: true });
const choice = (text) => ({ text: plain(text), value: text });
const input = (name, label, element, more = {}) => ({ type: 'input', block_id: `${name}:0`, label: plain(label), element, ...more });

// Each statement has a name: pg prepares it once for a connection.
async function openOrJoin({ team_id, channel_id, channel_name, user_id, user_name }) {
  const client = await pool.connect();
  try {
    const now = new Date();
    const runId = randomUUID();
    await client.query('BEGIN');
    await client.query({
      name: 'user',
      text: `INSERT INTO users (user_id, display_name, created_at, updated_at) VALUES ($1, $2, $3, $3)
             ON CONFLICT (user_id) DO UPDATE SET updated_at = excluded.updated_at, display_name = excluded.display_name`,
      values: [user_id, user_name, now],
    });
    const opened = await client.query({
      name: 'open',
      text: `INSERT INTO coffee_runs (run_id, workspace_id, channel_id, channel_name, initiator_user_id, created_at, changed_at, empty_since)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $6)
             ON CONFLICT (workspace_id, channel_id) WHERE status = 'active' DO NOTHING`,
      values: [runId, team_id, channel_id, channel_name, user_id, now],
    });
    if (opened.rowCount === 1) {
      const event = JSON.stringify({ run_id: runId, workspace_id: team_id, channel_id, user_id });
      await client.query({
        name: 'audit',
        text: `INSERT INTO audit_log (log_id, event_type, user_id, run_id, payload, "timestamp") VALUES ($1, 'run_created', $2, $3, $4, $5)`,
        values: [randomUUID(), user_id, runId, event, now],
      });
      await client.query({
        name: 'outbox',
        text: `INSERT INTO outbox (event_id, topic, message_key, event_type, data, created_at) VALUES ($1, 'coffee.orders', $2, 'coffee.run.created', $3, $4)`,
        values: [randomUUID(), runId, event, now],
      });
    }
    const run = await client.query({
      name: 'run',
      text: `SELECT r.run_id, r.initiator_user_id, o.drink_type, o.size, o.customizations, o.note
             FROM coffee_runs r LEFT JOIN orders o ON o.run_id = r.run_id AND o.user_id = $2
             WHERE r.channel_id = $1 AND r.status = 'active'`,
      values: [channel_id, user_id],
    });
    const last = await client.query({
      name: 'last',
      text: `SELECT drink_type, size, customizations FROM user_preferences WHERE user_id = $1 ORDER BY last_ordered_at DESC LIMIT 3`,
      values: [user_id],
    });
    await client.query('COMMIT');
    return { run: run.rows[0], last: last.rows };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

function form(channel, run, last) {
  const own = run.drink_type ? run : last[0];
  const blocks = [
    { type: 'context', elements: [{ type: 'mrkdwn', text: `:coffee: <@${run.initiator_user_id}> started this run in <#${channel}>.` }] },
  ];
  if (last.length > 0)
    blocks.push({
      type: 'actions',
      block_id: 'usual:0',
      elements: last.map((drink, index) => ({
        type: 'button', action_id: `usual:${index}`, text: plain(`${drink.size} ${drink.drink_type}`.slice(0, 75)), value: JSON.stringify(drink),
      })),
    });
  const options = drinks.map(choice);
  const select = { type: 'static_select', action_id: 'drink', options: [...options, choice('Something else')], placeholder: plain('Choose a drink') };
  const chosen = options.find((option) => option.value === own?.drink_type);
  if (chosen) select.initial_option = chosen;
  blocks.push(input('drink', 'Drink', select));
  blocks.push(input('other', 'Something else', { type: 'plain_text_input', action_id: 'other', max_length: 100 }, { optional: true, hint: plain('What you type here counts instead of the drink above.') }));
  const sizeOptions = sizes.map(choice);
  blocks.push(input('size', 'Size', { type: 'radio_buttons', action_id: 'size', options: sizeOptions, initial_option: sizeOptions.find((option) => option.value === own?.size) ?? sizeOptions[1] }));
  const boxes = { type: 'checkboxes', action_id: 'customizations', options: customizations.map(choice) };
  const ticked = boxes.options.filter((option) => own && JSON.parse(own.customizations).includes(option.value));
  if (ticked.length > 0) boxes.initial_options = ticked;
  blocks.push(input('customizations', 'Customizations', boxes, { optional: true }));
  blocks.push(input('note', 'Note for this time', { type: 'plain_text_input', action_id: 'note', max_length: 200, multiline: true }, { optional: true }));
  return {
    type: 'modal', callback_id: 'order', title: plain('Coffee run'), submit: plain('Order'), close: plain('Cancel'),
    private_metadata: JSON.stringify({ run: run.run_id, channel, initiator: run.initiator_user_id }), blocks,
  };
}

const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
  endpoints: ['/slack/commands'],
  customRoutes: [{ path: '/ready', method: ['GET'], handler: (_, response) => response.writeHead(200).end() }],
});

app.command('/coffee', async ({ command, ack, client }) => {
  const { run, last } = await openOrJoin(command);
  await client.views.open({ trigger_id: command.trigger_id, view: form(command.channel_id, run, last) });
  await ack();
});

await app.start(Number(process.env.PORT));
