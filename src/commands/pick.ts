import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import {Args, Flags} from '@oclif/core';
import {KlingCommand} from '../cli/base-command.js';
import type {Documents} from '../cli/documents.js';
import {picksFileOf} from '../cli/gallery/source.js';
import type {Change, Picks} from '../lib/batch/picks.js';
import {KlingError} from '../lib/errors/kling-error.js';

export default class Pick extends KlingCommand<Documents['pick']> {
	static override description = `Pick takes of shots, as the gallery does.

Writes the same picks.json as kling gallery serve, and prints what is in it. SHOT=TAKE picks a take, SHOT=none says that no take is good, and SHOT= clears the decision. kling batch retry --rejected submits rejected takes again.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> s1=2 s3=none',
		'<%= config.bin %> <%= command.id %> s1=2 --in shots.csv',
		'<%= config.bin %> <%= command.id %> --list',
	];

	static override capabilities = [] as const;

	static override strict = false;

	static override args = {
		picks: Args.string({
			name: 'picks',
			description: 'SHOT=TAKE, SHOT=none or SHOT=; repeat it for several',
			ignoreStdin: true,
		}),
	};

	static override flags = {
		in: Flags.string({
			helpValue: 'FOLDER|MANIFEST',
			description: 'the takes that the picks belong to',
			default: '.',
		}),
		list: Flags.boolean({description: 'print the picks and change nothing'}),
	};

	async run(): Promise<Documents['pick'] | undefined> {
		const {argv, flags} = await this.parse(Pick);
		const words = argv as string[];
		if (words.length === 0 && !flags.list) {
			throw new KlingError('invalid_picks', 'No pick was given', {
				hint: 'Write SHOT=TAKE, or --list to see the picks.',
			});
		}
		const changes = words.map(parsePick);
		const at = path.resolve(flags.in);
		if (!existsSync(at)) throw new KlingError('read_error', `${flags.in} does not exist`, {path: at});
		const isList = statSync(at).isFile();
		const file = picksFileOf(isList ? path.dirname(at) : at);
		if (isList) await this.#warnOfUnknown(flags.in, changes);
		const {changePicks, readPicks} = await import('../lib/batch/picks-file.js');
		const picks =
			changes.length > 0 && !flags.list ? await changePicks(file, changes, this.clock) : readPicks(file);
		return {success: true, file, picks: rowsOf(picks), count: Object.keys(picks.picks).length};
	}

	/** A slip in a name would leave a gap in the film. It is no error: the row, or more takes, may follow. */
	async #warnOfUnknown(list: string, changes: readonly Change[]): Promise<void> {
		const [{readManifest}, {shotsOf}] = await Promise.all([
			import('../lib/batch/read-manifest.js'),
			import('../lib/batch/shot.js'),
		]);
		// A list that cannot be read is no obstacle: picks are kept beside it.
		const manifest = await readManifest(list).catch(() => undefined);
		if (manifest === undefined) return;
		const {shots} = shotsOf(manifest, {}, () => []);
		for (const {shot: id, pick} of changes) {
			const shot = shots.find((one) => one.id === id);
			if (shot === undefined) this.notes.line(`Warning: ${list} has no shot ${id}`);
			else if (typeof pick === 'number' && pick > shot.takes)
				this.notes.line(`Warning: in ${list}, ${id} has no take ${pick}`);
		}
	}
}

/** @throws KlingError `invalid_picks` */
function parsePick(word: string): Change {
	const [, shot = '', take = ''] = /^(.+?)=(none|[1-9]\d{0,3}|)$/.exec(word) ?? [];
	if (shot === '') throw new KlingError('invalid_picks', `'${word}' is not a pick`);
	return {shot, pick: take === 'none' ? 'none' : take === '' ? null : Number(take)};
}

function rowsOf({picks}: Picks) {
	return Object.entries(picks).map(([shot, {take}]) => ({shot, take}));
}
