import {Flags} from '@oclif/core';
import {AssetList} from '../../cli/assets/list-command.js';
import type {Documents} from '../../cli/documents.js';
import {KlingError} from '../../lib/errors/kling-error.js';
import {speechLanguages, speechVoices} from '../../lib/inputs/speech-voices.js';

export default class VoiceList extends AssetList<Documents['voice list']> {
	static override description = `List the voices of the account.

--presets lists those that Kling offers to everybody, --speech those for voice say, which are different. --verbose adds links, the task that made each, and its times.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --presets --limit 20 --human',
		'<%= config.bin %> <%= command.id %> --speech',
	];

	static override capabilities = ['credentials', 'requests'] as const;

	static override flags = {
		...AssetList.flags,
		speech: Flags.boolean({description: 'voices for voice say, as far as they are known; sends nothing'}),
	};

	protected override readonly kind = 'voice';

	override async run(): Promise<Documents['voice list']> {
		const {flags} = await this.parse(VoiceList);
		if (!flags.speech) return super.run();
		if (flags.presets) {
			throw new KlingError('conflicting_input', 'Both --presets and --speech were given', {
				hint: 'They are different voices: list one or the other.',
			});
		}
		const all = speechLanguages.flatMap((language) =>
			speechVoices[language].map((voice) => ({voice, language})),
		);
		const rows = all.slice(0, flags.limit);
		return {success: true, voices: rows, count: rows.length};
	}
}
