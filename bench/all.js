/*
 * Measures everything, alternating with the programs it is compared with, and writes docs/benchmarks.md. Needs a build. Usage:
 *   npm run bench                    all of it, which takes about twelve minutes on a quiet machine
 *   npm run bench -- --only wait     one part; the others stay as they are in the page
 */
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {parts} from './parts.js';

const {only} = parseArgs({options: {only: {type: 'string', multiple: true, default: []}}}).values;
const unknown = only.filter((name) => parts.every((part) => part.name !== name));
const page = path.join(import.meta.dirname, '..', 'docs', 'benchmarks.md');
const chosen = only.length === 0 ? parts : parts.filter(({name}) => only.includes(name));
if (unknown.length > 0) {
	console.error(`No part is called ${unknown[0]}. There are: ${parts.map(({name}) => name).join(', ')}`);
	process.exit(2);
}

/** The output of a script; progress goes to this terminal. */
async function run([script, ...args]) {
	const child = spawn(process.execPath, [path.join(import.meta.dirname, script), ...args], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let text = '';
	child.stdout.setEncoding('utf8').on('data', (chunk) => {
		text += chunk;
	});
	const [code] = await once(child, 'close');
	if (text === '') throw new Error(`${script} printed nothing and ended with ${code}`);
	return text.trim();
}

function machine() {
	const version = (file, args) => {
		try {
			return execFileSync(file, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']})
				.split('\n')[0]
				.trim();
		} catch {
			return undefined;
		}
	};
	const competitors = [version('curl', ['--version'])?.split(' (')[0], version('aria2c', ['--version'])];
	const cpu = `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}`;
	const date = new Date().toISOString().slice(0, 10);
	const load = os.loadavg()[0].toFixed(1);
	return [
		date,
		cpu,
		`Node ${process.version.slice(1)}`,
		...competitors.filter(Boolean),
		`load ${load} at the start`,
	].join(', ');
}

const begin = (name) => `<!-- bench ${name} -->\n`;
const end = '<!-- benchstop -->';

for (const {name, command} of chosen) {
	console.error(`== ${name}`);
	const where = machine();
	const text = await run(command);
	const whole = readFileSync(page, 'utf8');
	const from = whole.indexOf(begin(name)) + begin(name).length;
	const to = whole.indexOf(end, from);
	if (from < begin(name).length || to < 0) throw new Error(`docs/benchmarks.md has no place for ${name}`);
	writeFileSync(page, `${whole.slice(0, from)}\n${text}\n\nMeasured ${where}.\n\n${whole.slice(to)}`);
}
