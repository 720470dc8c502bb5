// Writes the table of the chart's values, from its schema. With the input "differences" it writes the values whose default
// in the schema is not the one of values.yaml, a line each.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';

const chart = new URL('../../../helm/coffeebuddy/', import.meta.url);
const read = (name) => readFileSync(new URL(name, chart), 'utf8');
const schema = JSON.parse(read('values.schema.json'));
const values = parse(read('values.yaml'));

/** The values that have a default, and the objects around them: [path, schema, value]. */
function* rows(parent, value, path = []) {
  for (const [name, property] of Object.entries(parent.properties)) {
    const here = [...path, name];
    yield [here.join('.'), property, value?.[name]];
    if (!('default' in property)) yield* rows(property, value?.[name], here);
  }
}

function limits({ enum: choices, minimum, maximum }) {
  if (choices) return ` (${choices.filter(String).map((choice) => `\`${choice}\``).join(', ')})`;
  return minimum === undefined ? '' : ` (${minimum} to ${maximum})`;
}

// A default that is too long for a table is found in values.yaml.
function shown(value) {
  if (value === '') return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? 'see values.yaml' : `\`${text}\``;
}

const all = [...rows(schema, values)];
if (readFileSync(0, 'utf8') === '"differences"') {
  for (const [path, property, value] of all) {
    if ('default' in property && !isDeepStrictEqual(property.default, value)) console.log(path);
  }
} else {
  console.log('| value | default | meaning |\n|---|---|---|');
  for (const [path, property] of all) {
    const isValue = 'default' in property;
    const name = isValue ? `\`${path}\`` : `**${path}**`;
    const meaning = `${property.description}${limits(property)}`.replaceAll('|', '\\|');
    console.log(`| ${name} | ${isValue ? shown(property.default) : ''} | ${meaning} |`);
  }
}
