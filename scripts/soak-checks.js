/* What must hold after each command of a soak test, and at its end. Each check returns the violations it found, as texts. */
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

const controls = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/;

/** Exit statuses that the README documents; 1 is a bug. */
const documented = new Set([0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130, 143]);

/** The documents on stdout: one that is indented, or one per line. Throws if it is neither. */
function documentsOf(stdout) {
	if (stdout.trim() === '') return [];
	try {
		return [JSON.parse(stdout)];
	} catch {
		return stdout
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
	}
}

/** Checks a command that has ended: its exit status matches its documents, and nothing in them can control a terminal. */
export function checkCommand({code, killedBy, stdout, stderr}, {kill}) {
	if (killedBy !== null) return killedBy === kill?.signal ? [] : [`was ended by ${killedBy}`];
	const breaches = [];
	if (!documented.has(code)) breaches.push(`ended with ${code}`);
	if (controls.test(stdout + stderr)) breaches.push('printed a control character');
	if (/^\s+at .*:\d+:\d+/m.test(stdout + stderr)) breaches.push('printed a stack trace');
	try {
		const documents = documentsOf(stdout);
		const failed = documents.some(({success}) => success === false);
		// A list of lines contains bare tasks, and may be empty.
		if (failed !== (code !== 0)) breaches.push(`ended with ${code}, and its documents say otherwise`);
	} catch {
		breaches.push('printed something that is no JSON');
	}
	return breaches;
}

/** Checks that no task was made twice, and none is missing from the journal. */
export function checkTasks(tasks, entries) {
	const breaches = [];
	const known = new Map(entries.map((entry) => [entry.externalId, entry]));
	const byMark = new Map();
	for (const {id, externalId} of tasks) {
		const entry = known.get(externalId);
		if (entry === undefined) {
			breaches.push(`task ${id} (${externalId}) is not in the journal`);
			continue;
		}
		if (entry.outcome !== 'made' || entry.taskId !== id) {
			breaches.push(`task ${id} (${externalId}) is in the journal as ${entry.outcome} ${entry.taskId ?? ''}`);
		}
		const mark = /mark-\d+-end/.exec(JSON.stringify(entry.request))?.[0];
		byMark.set(mark, [...(byMark.get(mark) ?? []), id]);
	}
	for (const [mark, ids] of byMark) {
		if (ids.length > 1) breaches.push(`the command with ${mark} made ${ids.length} tasks: ${ids.join(', ')}`);
	}
	return breaches;
}

const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Checks that after everything was downloaded there are only whole files. */
export function checkFiles(folder, mediaFolder, expected) {
	const whole = new Set(readdirSync(mediaFolder).map((name) => hashOf(path.join(mediaFolder, name))));
	const names = readdirSync(folder);
	return [
		...names.filter((name) => !/^\d+\.mp4$/.test(name)).map((name) => `${name} was left behind`),
		...names
			.filter((name) => /^\d+\.mp4$/.test(name) && !whole.has(hashOf(path.join(folder, name))))
			.map((name) => `${name} is not whole`),
		...expected.filter((id) => !names.includes(`${id}.mp4`)).map((id) => `${id}.mp4 is missing`),
	];
}
