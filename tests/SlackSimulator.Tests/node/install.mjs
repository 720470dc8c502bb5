// An app with Slack's framework Bolt that is installed with OAuth. It prints its port, then the installation.
import { App, LogLevel } from '@slack/bolt';

const { SLACK_API_URL: slackApiUrl, SLACK_SIGNING_SECRET: signingSecret, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = process.env;
const app = new App({
  signingSecret, clientId, clientSecret,
  stateSecret: 'state-secret',
  scopes: ['chat:write', 'incoming-webhook'],
  clientOptions: { slackApiUrl },
  logLevel: LogLevel.ERROR,
  installationStore: {
    storeInstallation: async (installation) => console.log(JSON.stringify(installation)),
    fetchInstallation: async () => { throw new Error('not needed'); },
  },
  installerOptions: { directInstall: true, authorizationUrl: new URL('../oauth/v2/authorize', slackApiUrl).href },
});
const server = await app.start(0);
console.log(JSON.stringify({ port: server.address().port }));
