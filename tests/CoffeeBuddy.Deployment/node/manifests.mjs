// Reads [{ yaml, models }] from stdin and writes [{ documents, faults }]: the parsed manifests, and what is wrong with them
// according to the models of Kubernetes ("1.27" or "current"; none if there is no "models"), KEDA and the Prometheus
// operator. validate() finds missing fields and wrong values, the TypeScript compiler finds unknown fields.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

function moduleOf(apiVersion, models) {
  if (apiVersion.startsWith('keda.sh/')) return `@kubernetes-models/keda/${apiVersion}`;
  if (apiVersion.startsWith('monitoring.coreos.com/')) return `@kubernetes-models/prometheus-operator/${apiVersion}`;
  if (apiVersion.startsWith('secrets.hashicorp.com/')) return './vault';
  if (apiVersion.startsWith('configuration.konghq.com/')) return './kong';
  return `kubernetes-models${models === 'current' ? '' : `-${models}`}/${apiVersion}`;
}

const sets = JSON.parse(readFileSync(0, 'utf8')).map(({ yaml, models }) => {
  const parsed = parseAllDocuments(yaml);
  const faults = parsed.flatMap((document) => document.errors.map(String));
  return { models, faults, documents: parsed.map((document) => document.toJS()).filter((document) => document) };
});

// One constant for each manifest, so that a fault is found by its line.
const lines = [];
const owners = [];
for (const set of sets.filter(({ models }) => models)) {
  for (const manifest of set.documents) {
    const label = `${manifest.kind} ${manifest.metadata?.name}`;
    const module = moduleOf(manifest.apiVersion, set.models);
    owners.push({ set, label });
    lines.push(`export const m${lines.length}: import(${JSON.stringify(module)}).I${manifest.kind} = ${JSON.stringify(manifest)};`);
    if (module.startsWith('./')) continue;
    try {
      const { [manifest.kind]: Model } = await import(module);
      new Model(manifest).validate();
    } catch (error) {
      set.faults.push(`${label}: ${error.message}`);
    }
  }
}

if (lines.length > 0) await compile();
process.stdout.write(JSON.stringify(sets.map(({ documents, faults }) => ({ documents, faults }))));

async function compile() {
  const { default: ts } = await import('typescript');
  const file = new URL('manifests.ts', import.meta.url).pathname;
  const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022 };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, ...rest) => path === file ? ts.createSourceFile(path, lines.join('\n'), ts.ScriptTarget.ES2022, true) : getSourceFile(path, ...rest);
  for (const diagnostic of ts.getPreEmitDiagnostics(ts.createProgram([file], options, host))) {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    const owner = diagnostic.file?.fileName === file ? owners[diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start).line] : undefined;
    if (!owner) throw new Error(message);
    owner.set.faults.push(`${owner.label}: ${message}`);
  }
}
