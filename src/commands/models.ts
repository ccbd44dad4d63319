import {Flags} from '@oclif/core';
import {KlingCommand} from '../cli/base-command.js';
import type {Documents} from '../cli/documents.js';
import {csvFlag} from '../cli/flags/shared.js';
import {checkCsv, printCsv} from '../cli/output/csv.js';

export default class Models extends KlingCommand<Documents['models']> {
	static override description = `Show which model does what, on which standard of the API, and until when.

Sends nothing: Kling has no endpoint that lists models. A model that is not listed can be used with --allow-unknown-model. Some models for pictures have the same name as one for videos.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> --human',
		'<%= config.bin %> <%= command.id %> --all --csv > models.csv',
		'<%= config.bin %> <%= command.id %> --query "models[?makes==\'pictures\'].model"',
	];

	static override capabilities = [] as const;

	static override flags = {
		all: Flags.boolean({description: 'also those that have ended or were to end'}),
		csv: csvFlag,
	};

	async run(): Promise<Documents['models'] | undefined> {
		const {flags} = await this.parse(Models);
		checkCsv({csv: flags.csv});
		const {modelRows} = await import('../lib/task-types/catalogue.js');
		const rows = modelRows().filter(({state}) => flags.all || state === 'live');
		if (!flags.csv) return {success: true, models: rows, count: rows.length};
		const flat = rows.map((row) =>
			Object.fromEntries(
				Object.entries(row).map(([key, value]) => [key, Array.isArray(value) ? value.join(' ') : value]),
			),
		);
		const columns = ['model', 'newer_name', 'makes', 'commands', 'api', 'state', 'until', 'can', 'modes'];
		return printCsv(this.context, flat, [...columns, 'durations', 'resolutions']);
	}
}
