// A mail relay that delivers nothing: each message it takes on becomes a line of JSON. First it prints its port.
// "busy N" on stdin: the next N messages are told to come again; "silent ADDRESS": what goes there is taken on without a word.
// It ends when stdin does.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { SMTPServer } from 'smtp-server';

const { RELAY_TLS, RELAY_CERTIFICATE, RELAY_KEY, RELAY_USER, RELAY_PASSWORD } = process.env;
const tell = (line, done) => process.stdout.write(`${JSON.stringify(line)}\n`, done);
const read = (file) => file && readFileSync(file);
let busy = 0;
let silent;

function logIn({ username, password }, session, done) {
  if (username !== RELAY_USER || password !== RELAY_PASSWORD) return done(new Error('Unknown user or wrong password'));
  return done(null, { user: username });
}

function takeSender(address, session, done) {
  if (busy <= 0) return done();
  busy -= 1;
  return done(Object.assign(new Error('Come again'), { responseCode: 451 }));
}

async function takeMessage(stream, { secure, user, envelope }, done) {
  const chunks = await stream.toArray();
  tell({ secure, user, message: Buffer.concat(chunks).toString('base64') }, () => {
    if (envelope.rcptTo.every(({ address }) => address !== silent)) done();
  });
}

const server = new SMTPServer({
  secure: RELAY_TLS === 'Tls',
  cert: read(RELAY_CERTIFICATE),
  key: read(RELAY_KEY),
  disabledCommands: [RELAY_TLS === 'StartTls' ? null : 'STARTTLS', RELAY_USER ? null : 'AUTH'],
  onAuth: logIn,
  onMailFrom: takeSender,
  onData: takeMessage,
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => tell({ port: server.server.address().port }));
createInterface({ input: process.stdin }).on('line', (line) => {
  const [what, value] = line.split(' ');
  if (what === 'busy') busy = Number(value);
  else silent = value;
}).on('close', () => process.exit());
