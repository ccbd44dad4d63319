/* What bench/start.js measures: the command lines that people and programs type most. */
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {makeHome, runJs, startSandbox} from './home.js';
import {addTasks, strangers} from './journal/prepare.js';
import {time} from './start-pairs.js';

/** The arguments that bash passes to a completion function. */
const wordBreaks = ' \t\n"\'@><=;|&(:';

const commandOf = (id, pluginName) => ({
	id,
	aliases: [],
	args: {},
	flags: {},
	pluginName,
	hiddenAliases: [],
	summary: `Do what ${id} does.`,
});

/** A user with plugins, each with a manifest, as `oclif manifest` puts it into a package. */
function linkPlugins(env, count, commandsEach = 1) {
	const data = path.join(env.XDG_DATA_HOME, 'kling-cli');
	const plugins = Array.from({length: count}, (_, index) => {
		const name = `bench-plugin-${index}`;
		const folder = path.join(data, name);
		mkdirSync(folder, {recursive: true});
		const oclif = {commands: './commands'};
		writeFileSync(path.join(folder, 'package.json'), JSON.stringify({name, version: '1.0.0', oclif}));
		const ids = Array.from({length: commandsEach}, (_, number) => `${name}${number > 0 ? `:${number}` : ''}`);
		const manifest = {
			version: '1.0.0',
			commands: Object.fromEntries(ids.map((id) => [id, commandOf(id, name)])),
		};
		writeFileSync(path.join(folder, 'oclif.manifest.json'), JSON.stringify(manifest));
		return {name, type: 'link', root: folder};
	});
	const pjson = {name: 'kling-cli', oclif: {schema: 1, plugins}, dependencies: {}};
	writeFileSync(path.join(data, 'package.json'), JSON.stringify(pjson));
}

/** Presses no key, but does what bash does at TAB: runs the completion function, which finds kling on the PATH. */
function completion(env, node, line) {
	const bin = path.join(env.HOME, 'bin');
	mkdirSync(bin, {recursive: true});
	symlinkSync(runJs, path.join(bin, 'kling'));
	symlinkSync(node, path.join(bin, 'node'));
	const script = path.join(bin, 'kling.bash');
	execFileSync(node, [runJs, 'autocomplete', '--refresh-cache'], {env, stdio: 'ignore'});
	writeFileSync(script, execFileSync(node, [runJs, 'autocomplete', 'script', 'bash'], {env}));
	const press = `. '${script}'; COMP_LINE='${line}'; COMP_POINT=${line.length}; _kling kling`;
	return {
		file: 'bash',
		args: ['--norc', '-c', `${press}; [[ \${COMPREPLY[0]} ]]`],
		env: {...env, PATH: `${bin}${path.delimiter}${env.PATH}`},
	};
}

/**
 * @param node path of a Node
 * @returns the cases, and a function that stops their sandbox
 */
export async function makeCases(node) {
	const folder = mkdtempSync(path.join(tmpdir(), 'kling-bench-'));
	const home = (name) => makeHome(path.join(folder, name));
	const env = home('plain');
	const sandbox = await startSandbox(env);
	const kling = (args, own = env) => ({
		name: `kling ${args.join(' ')}`,
		node,
		file: node,
		args: [runJs, ...args],
		env: own,
	});
	const withPlugins = [0, 1, 3].map((count) => {
		const own = home(`plugins-${count}`);
		if (count > 0) linkPlugins(own, count);
		return {...kling(['--help'], own), name: `kling --help, ${count} user plugins`};
	});
	const fresh = home('fresh');
	const words = home('words');
	const request = (own) => kling(['video', 'status', '900000000000000101'], {...own, ...sandbox.keys});
	/** With a journal of 100,000 tasks, and with sixty commands of plugins as well. */
	const largeCases = async () => {
		const [size, newest] = [100_000, 150];
		const [ids, grown] = [home('ids'), home('grown')];
		linkPlugins(grown, 2, 30);
		for (const {HOME} of [ids, grown]) {
			const place = {home: HOME, keys: sandbox.keys};
			await addTasks({...place, tasks: strangers(size)});
			// The newest ones, like most of anybody's, have no index yet.
			await addTasks({...place, tasks: strangers(newest, size), first: size});
		}
		const ask = ['__complete', 'bash', 'kling video status 7', wordBreaks];
		return [
			{...kling(['--help'], grown), name: 'kling --help, grown'},
			{...request(grown), name: 'kling video status ID, grown'},
			{...kling(ask, {...ids, ...sandbox.keys}), name: 'completion of an id, among 100,000 tasks'},
		];
	};
	const cases = [
		kling(['--version']),
		kling(['--help']),
		kling(['video', 'status', '--help']),
		{...request(env), name: 'kling video status ID'},
		{
			...kling(['--help'], fresh),
			name: 'kling --help, first run ever',
			before: () => rmSync(fresh.HOME, {recursive: true, force: true}),
		},
		...withPlugins,
		{...kling(['__complete', 'bash', 'kling video st', wordBreaks], words), name: 'completion of a word'},
		{name: 'completion of a word, in bash', node, ...completion(words, node, 'kling video st')},
	];
	cases.push(...(await largeCases()));
	return {
		cases,
		async close() {
			await sandbox.close();
			rmSync(folder, {recursive: true, force: true});
		},
	};
}

/** The maximum memory for `kling video status ID` in MB, as the process itself reports it. */
export async function peakMemory(cases) {
	const {file, args, env} = cases.find(({name}) => name === 'kling video status ID');
	const report = path.join(env.HOME, 'peak.cjs');
	const figure = path.join(env.HOME, 'peak');
	const tell = `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(figure)}, String(process.resourceUsage().maxRSS)))`;
	mkdirSync(env.HOME, {recursive: true});
	writeFileSync(report, tell);
	// The first run fills the cache.
	for (let run = 0; run < 3; run += 1) await time({file, args: ['--require', report, ...args], env});
	return Math.round(Number(readFileSync(figure, 'utf8')) / 1000);
}
