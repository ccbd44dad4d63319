import type {Documents} from '../../cli/documents.js';
import {sayFlags, speechOf} from '../../cli/flags/say.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {submitFlags} from '../../cli/flags/submit.js';
import {PaidStepsCommand, type SubmitFlags} from '../../cli/paid-steps-command.js';
import {avatar, avatarSound} from '../../cli/requests/avatar.js';
import {type AvatarRequest, avatar as definition} from '../../lib/task-types/avatar.js';
import type {PaidSteps} from '../../lib/tasks/reserve-steps.js';
import type {SpokenText} from '../../lib/tasks/speech.js';

export default class VideoAvatar extends PaidStepsCommand<Documents['video avatar']> {
	static override description = `Make a picture speak.

Submits a task, which costs units: 0.4 for each second of the sound, 0.8 in pro mode. The sound lasts 2 to 300 seconds; the length of an mp3, wav or m4a file is read before anything is sent, that of an address is not known. --say makes the sound from text, for 0.05 units more. Kling has refused m4a and aac at times, despite its documents: mp3 and wav are safe.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --image https://example.com/face.png --audio https://example.com/speech.mp3',
		'<%= config.bin %> <%= command.id %> "she smiles and nods" --image https://example.com/face.png --audio https://example.com/speech.mp3 --mode pro --download speaker.mp4',
		'<%= config.bin %> <%= command.id %> --image https://example.com/face.png --say "Good evening, and welcome." --voice oversea_male1',
	];

	static override capabilities = ['credentials', 'requests', 'lookup', 'waiting', 'paying'] as const;

	static override args = avatar.args;
	static override flags = {...avatar.flags, ...sayFlags, ...submitFlags, ...accountFlags};

	async run() {
		const parsed = await this.parse(VideoAvatar);
		const {flags} = parsed;
		const draft = await avatar.request(parsed, this.sources);
		const speech = speechOf(flags, avatarSound);
		if (speech === undefined) return this.submitRequest('avatar', draft, flags);
		// Everything that can be known is checked before the speech is paid for.
		const {checkBeforeSending} = await import('../../lib/task-types/validate.js');
		const trial = {...draft, audioId: 'of-the-speech'};
		checkBeforeSending(definition, definition.write.v1(trial));
		if (flags['dry-run']) {
			const {withFirstCalls} = await import('../../lib/task-types/dry-run.js');
			const inputSeconds = await this.maxSpeechSeconds(speech, avatarSound);
			return withFirstCalls(['speech'], await this.submitRequest('avatar', {...trial, inputSeconds}, flags));
		}
		await this.lockSteps(flags);
		// An external id that was used before means the speech that was made then.
		const {audio_id: before} = await this.requestBefore(flags);
		if (typeof before === 'string') return this.submitRequest('avatar', {...draft, audioId: before}, flags);
		const {earlierSpeech} = await import('../../lib/tasks/speech.js');
		await this.reserveDestination('avatar', flags, definition.write.v1(trial));
		await this.tryQuery('avatar', flags);
		const steps: PaidSteps = {
			earlier: earlierSpeech(await this.session(flags), speech, flags['external-id']) ? [] : ['speech'],
			body: definition.write.v1(trial),
			inputSeconds: avatarSound.minSeconds,
		};
		return this.withinBudget('avatar', flags, steps, () => this.speakAndSubmit(draft, speech, flags));
	}

	private async speakAndSubmit(draft: AvatarRequest, speech: SpokenText, flags: SubmitFlags) {
		const {audioId, seconds} = await this.makeSpeech(speech, flags, avatarSound);
		const {afterPaidStep} = await import('../../lib/tasks/purchases.js');
		return this.submitRequest('avatar', {...draft, audioId, inputSeconds: seconds}, flags).catch((error) => {
			throw afterPaidStep(error, `the same line with --audio-id ${audioId} instead of --say and --voice`);
		});
	}
}
