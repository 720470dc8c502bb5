// Reads calls as lines of JSON, executes each with Slack's Web API client, and writes its answer as a line of JSON.
import { createInterface } from 'node:readline';
import { LogLevel, WebClient } from '@slack/web-api';

const { SLACK_API_URL: slackApiUrl, SLACK_BOT_TOKEN: token } = process.env;
const client = new WebClient(token, { slackApiUrl, logLevel: LogLevel.ERROR, rejectRateLimitedCalls: true, retryConfig: { retries: 0 } });

for await (const line of createInterface({ input: process.stdin })) {
  const { method, args } = JSON.parse(line);
  const names = method.split('.');
  const name = names.pop();
  const family = names.reduce((at, part) => at[part], client);
  let answer;
  try {
    answer = await family[name](args);
  } catch (error) {
    answer = error.data ?? { ok: false, error: `${error}` };
  }
  console.log(JSON.stringify(answer));
}
