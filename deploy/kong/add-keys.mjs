// Adds the public keys of the OIDC issuer to kong.yml, because Kong OSS reads no JWKS:
//   node add-keys.mjs https://hydra.example.com/.well-known/jwks.json < kong.yml > kong-with-keys.yml
// Run it when the issuer's keys change, before the issuer signs with the new one, and reload Kong. Needs Node.js 18.
import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";

const [source] = process.argv.slice(2);
if (!source) throw new Error("Name the JWKS: a URL or a file.");
const text = /^https?:/.test(source)
  ? await fetch(source).then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(`${source}: ${answer.status}`))))
  : await readFile(source, "utf8");

const secrets = JSON.parse(text)
  .keys.filter((key) => key.kty === "RSA" && (key.use ?? "sig") === "sig" && key.kid)
  .flatMap((key) => [
    `      - key: ${JSON.stringify(key.kid)}`,
    `        algorithm: ${key.alg ?? "RS256"}`,
    "        rsa_public_key: |",
    ...createPublicKey({ key, format: "jwk" })
      .export({ type: "spki", format: "pem" })
      .trim()
      .split("\n")
      .map((line) => `          ${line}`),
  ]);
if (secrets.length === 0) throw new Error(`${source} has no RSA key for signatures with a kid.`);

const place = "    jwt_secrets: []\n";
let kong = "";
for await (const part of process.stdin) kong += part;
if (!kong.includes(place)) throw new Error("The input is not deploy/kong/kong.yml: it has no empty jwt_secrets.");
process.stdout.write(kong.replace(place, () => `    jwt_secrets:\n${secrets.join("\n")}\n`));
