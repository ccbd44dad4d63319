import path from 'node:path';
import {Flags} from '@oclif/core';
import {BatchCommand, manifestArg, manifestPath, planFlags} from '../../cli/batch/batch-command.js';
import type {Documents} from '../../cli/documents.js';
import {writtenPath} from '../../cli/flags/written-path.js';

const {only, region, profile} = planFlags;

export default class BatchJoin extends BatchCommand<Documents['batch join']> {
	static override description = `Join the clips of a batch into one film.

Uses the clips in the order of the list: for each shot the take that was picked in the gallery, else the first. Shots that make pictures or sounds are left out. Needs ffmpeg. The clips are copied unchanged, which is fast but needs clips of one size and frame rate; --encode encodes clips of any kind.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> shots.csv -o film.mp4',
		"<%= config.bin %> <%= command.id %> shots.csv -o act1.mp4 --only 'a1-*' --encode",
	];

	static override capabilities = ['credentials'] as const;

	static override args = {file: manifestArg};
	static override flags = {
		output: Flags.string({
			char: 'o',
			helpValue: 'FILE',
			description: 'film to write',
			required: true,
			parse: writtenPath('output'),
		}),
		force: Flags.boolean({char: 'f', description: 'replace an existing file'}),
		encode: Flags.boolean({description: 'encode the clips; for clips of different sizes'}),
		picks: Flags.string({
			helpValue: 'FILE',
			description: 'what was picked in the gallery; default: picks.json beside the list',
		}),
		only,
		region,
		profile,
	};

	async run(): Promise<Documents['batch join'] | undefined> {
		const {args, flags} = await this.parse(BatchJoin);
		const {output, force, encode, picks, ...rest} = flags;
		const plan = await this.plan(args.file, rest, {needsAccount: false});
		this.refuseProblems(plan, args.file);
		const [{clipsOf, joinTo}, {picksName, readPicks}] = await Promise.all([
			import('../../lib/batch/join.js'),
			import('../../lib/batch/picks-file.js'),
		]);
		const chosen = readPicks(
			path.resolve(picks ?? path.join(path.dirname(manifestPath(args.file)), picksName)),
		);
		const clips = clipsOf(plan.jobs, {
			picks: chosen,
			only: flags.only,
			list: args.file,
			makesVideo: (type) => this.extensionOf(type) === 'mp4',
		});
		const file = path.resolve(output);
		await joinTo(clips, file, {force, encode, signal: this.interruption('No film was written.')});
		return {success: true, file, clips: clips.length};
	}
}
