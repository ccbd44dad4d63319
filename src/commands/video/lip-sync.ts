import {Args, Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {sayFlags, speechOf} from '../../cli/flags/say.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {LipSyncCommand, rowsOf} from '../../cli/lip-sync-command.js';
import {lipSync, lipSyncSound} from '../../cli/requests/lip-sync.js';
import {lipSync as definition, minCutMs, paidStepsOf} from '../../lib/task-types/lip-sync.js';
import type {FoundFaces} from '../../lib/tasks/faces.js';

/** Milliseconds of the longest sound, used as a placeholder for speech that is yet to be made. */
const maxMs = 60_000;

/** A possible result of face detection, for trying a query. */
const sampleFaces: FoundFaces = {
	id: '1',
	faces: [{face: '0', picture_url: 'https://kling.invalid/face.png', start_ms: 0, end_ms: 5000}],
};

export default class VideoLipSync extends LipSyncCommand {
	static override description = `Make a person in a video say something else.

Two steps cost units: the face detection 0.05, and the task 0.5 for each started 5 seconds of sound. If there is one face, both steps run. If there are several, the command stops after the detection and lists them with pictures and times; the command in its hint chooses one with --session and --face, and does not pay for the detection again. The video is a clip that Kling made, or an mp4 or mov at an address: 2-60 seconds, sides of 512-2160 px, at most 100 MB. The sound lasts 2-60 seconds; --say makes it from text, for 0.05 units more. It must overlap with the face for 2 seconds or longer.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> @last --audio https://example.com/speech.mp3 --end 4s',
		'<%= config.bin %> <%= command.id %> @last --say "Good evening, and welcome." --voice oversea_male1',
		'<%= config.bin %> <%= command.id %> https://example.com/talk.mp4 --faces',
		'<%= config.bin %> <%= command.id %> 900000000123456101 --audio https://example.com/speech.mp3 --end 4s --original-volume 0 --download said.mp4',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = {
		video: Args.string({
			name: 'video',
			description: 'video_id of a clip, @last, or the address of a video; left out with --session',
			ignoreStdin: true,
		}),
	};
	static override flags = {
		...lipSync.flags,
		...sayFlags,
		faces: Flags.boolean({
			description: 'detect the faces, print them, and submit nothing more; costs 0.05 units',
			exclusive: ['session', 'wait', 'download', 'dry-run'],
		}),
		...submitFlags,
		...accountFlags,
	};

	async run(): Promise<Documents['video lip-sync']> {
		const {args, flags} = await this.parse(VideoLipSync);
		if (flags.faces) {
			this.checkQuery({success: true, ...rowsOf(sampleFaces)});
			const source = await this.source(args.video, flags);
			return {success: true, ...rowsOf(await this.detect(source, args.video, flags, true))};
		}
		const draft = await lipSync.request({args: {}, flags}, this.sources);
		const speech = speechOf(flags, lipSyncSound);
		// Everything that can be known is checked before anything is paid for.
		const {checkBeforeSending} = await import('../../lib/task-types/validate.js');
		const later = 'of-the-detection';
		const trial = {
			...draft,
			session: flags.session ?? later,
			face: flags.face ?? (flags.session ? undefined : later),
		};
		const spoken = speech && {audioId: 'of-the-speech', end: draft.end ?? maxMs};
		checkBeforeSending(definition, definition.write.v1({...trial, ...spoken}));
		if (flags['dry-run']) {
			const {withFirstCalls} = await import('../../lib/task-types/dry-run.js');
			const longest = speech &&
				draft.end === undefined && {
					end: Math.max(
						1000 * (await this.maxSpeechSeconds(speech, lipSyncSound)),
						(draft.start ?? 0) + minCutMs,
					),
				};
			return withFirstCalls(
				[
					...(flags.session === undefined ? (['face-lookup'] as const) : []),
					...(speech ? (['speech'] as const) : []),
				],
				await this.submitRequest('lip-sync', {...trial, ...spoken, ...longest}, flags),
			);
		}
		await this.lockSteps(flags);
		const before = paidStepsOf(await this.requestBefore(flags));
		if (before) return this.submitRequest('lip-sync', {...draft, ...before}, flags);
		await this.reserveDestination('lip-sync', flags, definition.write.v1({...trial, ...spoken}));
		await this.tryQuery('lip-sync', flags);
		if (flags.session !== undefined && !speech) return this.submitRequest('lip-sync', draft, flags);
		const {start = 0} = draft;
		// For speech that is yet to be made, the shortest length that is usable.
		const least = {...trial, ...(speech && {audioId: 'of-the-speech', end: draft.end ?? start + minCutMs})};
		const source = flags.session === undefined ? await this.source(args.video, flags) : undefined;
		const steps = {earlier: await this.stepsToPay(source, flags), body: definition.write.v1(least)};
		return this.withinBudget('lip-sync', flags, steps, async () => {
			if (source === undefined) return this.finish(draft, args.video, flags);
			return this.withFaces(await this.detect(source, args.video, flags), draft, args.video, flags);
		});
	}
}
