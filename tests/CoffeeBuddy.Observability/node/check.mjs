// Checks the file of $DASHBOARD against dashboard.ts. Prints one line per error.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const options = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
};
// A literal in a program: only there are unknown fields errors.
const literal = join(import.meta.dirname, 'literal.ts');
const text =
    "import type { CoffeeBuddyDashboard } from './dashboard.js';\n" +
    `export const dashboard: CoffeeBuddyDashboard = ${readFileSync(process.env.DASHBOARD, 'utf8')};\n`;
const host = ts.createCompilerHost(options);
const { readFile, fileExists } = host;
host.readFile = (path) => (path === literal ? text : readFile(path));
host.fileExists = (path) => path === literal || fileExists(path);
host.getSourceFile = (path, target) => {
    const source = host.readFile(path);
    return source === undefined ? undefined : ts.createSourceFile(path, source, target);
};

const program = ts.createProgram([literal], options, host);
for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program)) {
    const line = file ? file.getLineAndCharacterOfPosition(start).line : 0;
    console.log(`line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 1000)}`);
}
