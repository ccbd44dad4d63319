import {Flags} from '@oclif/core';
import {KlingCommand} from '../../base-command.js';
import {regionFlag, typeFlag, wholeNumber} from '../../flags.js';
import {taskTypes} from '../../lib/tasks/task-types.js';

export default class VideoList extends KlingCommand {
	static override description = `List the tasks of one type.

Tasks come a page at a time, in the order that Kling gives; a page shorter than --limit is the last.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %>',
		'<%= config.bin %> <%= command.id %> --type text2video --limit 50 --page 2',
	];

	static override flags = {
		limit: Flags.custom<number>({
			char: 'l',
			helpValue: 'NUMBER',
			description: 'tasks on a page, 1-500',
			default: 30,
			parse: wholeNumber('limit', 1, 500, 'invalid_limit'),
		})(),
		page: Flags.custom<number>({
			char: 'p',
			helpValue: 'NUMBER',
			description: 'page number, 1-1000',
			default: 1,
			parse: wholeNumber('page', 1, 1000, 'invalid_page'),
		})(),
		region: regionFlag,
		type: typeFlag(),
	};

	async run() {
		const {flags} = await this.parse(VideoList);
		const client = await this.client(flags);
		const page = await client.listTasks(taskTypes[flags.type].path, {number: flags.page, size: flags.limit});
		const tasks = page.map(({id, status, createdAt}) => ({task_id: id, status, created_at: createdAt}));
		return {success: true, tasks, count: tasks.length};
	}
}
