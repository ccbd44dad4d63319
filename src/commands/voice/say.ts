import type {SpeechDocument} from '../../cli/document-types/assets.js';
import type {Documents} from '../../cli/documents.js';
import {accountFlags} from '../../cli/flags/shared.js';
import {synchronousFlags} from '../../cli/flags/synchronous.js';
import {speech} from '../../cli/requests/speech.js';
import {SynchronousCommand} from '../../cli/synchronous-command.js';
import {definedOnly} from '../../lib/errors/kling-error.js';

export default class VoiceSay extends SynchronousCommand<Documents['voice say']> {
	static override description = `Make speech from a text, and save the sound.

Costs units and replies at once: there is no task and no external id, so it is sent only once. If the response is lost, the error is submit_unknown and says what it may have cost. Other commands accept the audio_id for 30 days.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> "The ferry leaves at noon." -o ferry.mp3',
		'<%= config.bin %> <%= command.id %> "Mind the gap." --voice uk_man2 --speed 0.9 --dry-run',
	];

	static override capabilities = ['credentials', 'requests', 'paying'] as const;

	static override args = speech.args;
	static override flags = {...speech.flags, ...synchronousFlags, ...accountFlags};

	async run(): Promise<Documents['voice say']> {
		const parsed = await this.parse(VoiceSay);
		const {flags} = parsed;
		const {voiceWarning} = await import('../../lib/inputs/speech-voices.js');
		const warning = voiceWarning(flags.voice);
		if (warning !== undefined) this.notes.line(warning);
		const called = await this.prepareCall(
			speech.type,
			await speech.request(parsed, this.sources),
			flags,
			sample(flags),
		);
		if ('dry' in called) return called.dry;
		const {session, send, destinations} = called;
		const {readTask} = await import('../../lib/api/reply.js');
		const task = await send(readTask);
		const [audio] = task.audios;
		session.purchases.made.audio_id = audio?.id;
		const {saveSynchronousResult} = await import('../../lib/tasks/save-synchronous-result.js');
		const request = {type: speech.type, format: 'mp3', force: flags.force} as const;
		let file: string | undefined;
		try {
			file = destinations && (await saveSynchronousResult(session, task, destinations, request));
		} catch (error) {
			return this.context.printer.unsaved(
				error,
				definedOnly({audio_id: audio?.id, audio_mp3_url: audio?.mp3Url}),
			);
		}
		return definedOnly({
			success: true as const,
			audio_id: audio?.id ?? '',
			duration: audio?.mp3Duration,
			file,
			audio_mp3_url: file === undefined || flags.verbose ? audio?.mp3Url : undefined,
			...(flags.verbose && {task_id: task.id, units: task.units}),
		});
	}
}

/** What is printed, for trying a query. */
const sample = ({output, verbose}: {output?: string | undefined; verbose: boolean}): SpeechDocument =>
	definedOnly({
		success: true as const,
		audio_id: '3',
		duration: '1.5',
		file: output && '/fox.mp3',
		audio_mp3_url: output === undefined || verbose ? 'https://kling.invalid/fox.mp3' : undefined,
		...(verbose && {task_id: '1', units: '0.05'}),
	});
