// Sends messages with Slack's client for incoming webhooks and prints the answers as one line of JSON.
import { IncomingWebhook } from '@slack/webhook';

const webhook = new IncomingWebhook(process.env.WEBHOOK_URL);
const results = {};
results.sent = (await webhook.send('hello')).text;
results.blocks = (await webhook.send({ text: 'two', blocks: [{ type: 'divider' }] })).text;
try {
  await webhook.send({ text: '', blocks: [] });
} catch (error) {
  results.refused = { status: error.original?.response?.status ?? error.original?.status, message: error.message };
}
console.log(JSON.stringify(results));
