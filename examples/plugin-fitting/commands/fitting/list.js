import {accountFlags, Flags, KlingCommand, listPage, taskRow, verboseFlag, wholeNumber} from 'kling-cli';
import {type} from '../../fitting-flags.js';

export default class FittingList extends KlingCommand {
	static description = 'List fittings, a page at a time.';

	static examples = ['<%= config.bin %> <%= command.id %> --limit 5'];

	static flags = {
		limit: Flags.custom({
			char: 'l',
			helpValue: 'NUMBER',
			description: 'tasks per page, 1-500',
			default: 30,
			parse: wholeNumber('limit', 1, 500, 'invalid_limit'),
		})(),
		page: Flags.custom({
			char: 'p',
			helpValue: 'NUMBER',
			description: 'page number, 1-1000',
			default: 1,
			parse: wholeNumber('page', 1, 1000, 'invalid_page'),
		})(),
		verbose: verboseFlag('add links, external id and times'),
		...accountFlags,
	};

	async run() {
		const {flags} = await this.parse(FittingList);
		const page = {number: flags.page, size: flags.limit};
		const tasks = await listPage(await this.session(flags), type, page);
		const rows = tasks.map((task) => taskRow({type, task}, {verbose: flags.verbose, typed: false}));
		return {success: true, tasks: rows, count: rows.length};
	}
}
