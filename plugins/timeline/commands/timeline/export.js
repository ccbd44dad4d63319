import path from 'node:path';
import {
	Flags,
	gallerySource,
	KlingCommand,
	KlingError,
	readPicks,
	sourceArg,
	sourceFlags,
	videoFacts,
	wholeNumber,
	writeNewFile,
	writtenPath,
} from 'kling-cli';
import {chosenTakes, layOut, shotsWithoutClip} from '../../edit.js';
import {formats} from '../../formats/index.js';
import {rateName} from '../../rates.js';

/** @param {string} text frames a second */
async function parseFps(text) {
	const fps = Number(text);
	if (fps >= 1 && fps <= 240) return fps;
	throw new KlingError('invalid_flag', `--fps ${text} is not a frame rate`, {
		hint: 'Use a number from 1 to 240, such as 24 or 23.976.',
	});
}

async function parseGap(text) {
	const seconds = Number(text.replace(/s$/, ''));
	if (seconds > 0 && seconds <= 3600) return seconds;
	throw new KlingError('invalid_flag', `--gap ${text} is not a length`, {
		hint: 'Use seconds, such as 5 or 2.5s.',
	});
}

export default class TimelineExport extends KlingCommand {
	static description = `Write your picks as a timeline for an editor.

The picked take of each shot stands in the order of the shots, with the length that its file really has. A shot without a pick is a gap; a shot whose pick is none is left out, and so is a shot that makes pictures or sounds. Prompt, model, task id and note come along as markers or metadata.`;

	static examples = [
		'<%= config.bin %> <%= command.id %> clips --to otio -o film.otio',
		'<%= config.bin %> <%= command.id %> shots.csv --to edl -o film.edl --handles 12',
	];

	static args = {source: sourceArg};

	static flags = {
		to: Flags.string({description: 'format of the timeline', options: Object.keys(formats), required: true}),
		output: Flags.string({
			char: 'o',
			parse: writtenPath('output'),
			helpValue: 'FILE',
			description: 'file to write; default: named after the source',
		}),
		force: Flags.boolean({char: 'f', description: 'replace an existing file'}),
		fps: Flags.custom({
			helpValue: 'NUMBER',
			description: 'frames per second of the timeline; default: as in the clips',
			parse: parseFps,
		})(),
		conform: Flags.boolean({description: 'allow clips of other frame rates; each keeps its speed'}),
		handles: Flags.custom({
			helpValue: 'FRAMES',
			description: 'frames to leave at both ends of each clip, to extend a cut later',
			default: 0,
			parse: wholeNumber('handles', 0, 1000, 'invalid_flag'),
		})(),
		gap: Flags.custom({
			helpValue: 'SECONDS',
			description: 'length of the gap for a shot without a pick',
			default: 5,
			parse: parseGap,
		})(),
		all: Flags.boolean({description: 'use the first take of a shot without a pick instead of a gap'}),
		relative: Flags.boolean({
			description: 'name media relative to the timeline, so that the folder can be moved',
		}),
		...sourceFlags,
		title: Flags.string({
			helpValue: 'TEXT',
			description: 'title of the timeline; default: the name of the source',
		}),
	};

	async run() {
		const {args, flags} = await this.parse(TimelineExport);
		const source = await gallerySource({
			source: args.source,
			since: flags.since?.(this.clock.now()),
			tags: flags.tag ?? [],
			title: flags.title,
			picks: flags.picks,
			journal: async () => (await this.session(flags)).journal,
		});
		const {write, extension} = formats[flags.to];
		const file = path.resolve(flags.output ?? path.join(source.folder, `${source.title}.${extension}`));
		const takes = await source.takes();
		const chosen = chosenTakes(takes, readPicks(source.picksFile), {all: flags.all});
		if (!chosen.some(({take}) => take !== undefined)) {
			throw new KlingError('invalid_picks', 'No take is picked', {
				hint: 'Pick takes in kling gallery serve, or with kling pick s1=2; --all uses the first take of each shot.',
			});
		}
		const laidOut = await layOut(chosen, {
			fps: flags.fps,
			conform: flags.conform,
			handles: flags.handles,
			gapSeconds: flags.gap,
			factsOf: videoFacts,
		});
		const text = write(
			{name: source.title, ...laidOut},
			{relativeTo: flags.relative ? path.dirname(file) : undefined},
		);
		writeNewFile(file, text, {force: flags.force});
		const leftOut = shotsWithoutClip(takes);
		if (leftOut.length > 0)
			this.notes.line(`Left out, because they make pictures or sounds: ${leftOut.join(', ')}`);
		const gaps = laidOut.cuts.filter((cut) => cut.file === undefined).length;
		return {
			success: true,
			file,
			format: flags.to,
			clips: laidOut.cuts.length - gaps,
			gaps,
			fps: rateName(laidOut.rate),
			frames: laidOut.frames,
		};
	}
}
