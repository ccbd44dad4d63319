import path from 'node:path';
import {Flags} from '@oclif/core';
import type {Documents} from '../../cli/documents.js';
import {writtenPath} from '../../cli/flags/written-path.js';
import {gallerySource, sourceArg, sourceFlags} from '../../cli/gallery/source.js';
import {TaskCommand} from '../../cli/task-command.js';

export default class GalleryBuild extends TaskCommand<Documents['gallery build']> {
	static override description = `Write a page that shows your takes side by side.

The page opens from disk and works on any web server. It shows each clip, picture and sound with its prompt, model, length and cost, and lets you compare, pick, reject, rate and annotate takes. A page from disk keeps picks in the browser; its button saves them as picks.json. To write picks to a file as you go, use kling gallery serve.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> clips',
		'<%= config.bin %> <%= command.id %> --since 7d -o review',
		'<%= config.bin %> <%= command.id %> clips --single-file -o review',
	];

	static override capabilities = ['credentials'] as const;

	static override args = {source: sourceArg};

	static override flags = {
		output: Flags.string({
			parse: writtenPath('output'),
			char: 'o',
			helpValue: 'FOLDER',
			description: 'where to write the page; default: the folder gallery in the source',
		}),
		copy: Flags.boolean({description: 'copy the media into the folder, so that you can move it elsewhere'}),
		'single-file': Flags.boolean({
			description: 'put the media into the page itself; 100 MB at most',
			exclusive: ['copy'],
		}),
		...sourceFlags,
	};

	async run(): Promise<Documents['gallery build'] | undefined> {
		const {args, flags} = await this.parse(GalleryBuild);
		const source = await gallerySource({
			source: args.source,
			since: flags.since?.(this.clock.now()),
			tags: flags.tag ?? [],
			title: flags.title,
			picks: flags.picks,
			journal: async () => (await this.session(flags)).journal,
		});
		const {buildGallery} = await import('../../lib/gallery/build.js');
		const {pageParts} = await import('../../lib/gallery/page.js');
		const {readPicks} = await import('../../lib/batch/picks-file.js');
		const {file, takes, bytes} = buildGallery(await source.takes(), {
			title: source.title,
			folder: path.resolve(flags.output ?? path.join(source.folder, 'gallery')),
			picks: readPicks(source.picksFile),
			parts: await pageParts(),
			isSingleFile: flags['single-file'],
			copies: flags.copy,
		});
		return {success: true, file, takes, bytes};
	}
}
