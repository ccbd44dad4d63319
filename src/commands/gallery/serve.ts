import {once} from 'node:events';
import {Flags} from '@oclif/core';
import {openBrowser} from '../../cli/gallery/browser.js';
import {gallerySource, sourceArg, sourceFlags} from '../../cli/gallery/source.js';
import {portFlag} from '../../cli/sandbox/open-sandbox.js';
import {TaskCommand} from '../../cli/task-command.js';

/** Milliseconds between two checks for new takes. */
const refreshMs = 1500;

export default class GalleryServe extends TaskCommand {
	static override description = `Show your takes in a browser, and keep what you pick.

Serves the gallery to this machine only, behind an address that holds a random token, until Ctrl-C. New results of a running batch appear as they come. Picks, ratings and notes are written to picks.json at once; two windows may be open. Only the media of the gallery are served.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> clips',
		'<%= config.bin %> <%= command.id %> shots.csv --open',
		'<%= config.bin %> <%= command.id %> --since 2d',
	];

	static override capabilities = ['credentials'] as const;

	static override args = {source: sourceArg};

	static override flags = {
		port: portFlag({default: 0}),
		open: Flags.boolean({description: 'open the default browser'}),
		...sourceFlags,
	};

	async run() {
		const {args, flags} = await this.parse(GalleryServe);
		const source = await gallerySource({
			source: args.source,
			since: flags.since?.(this.clock.now()),
			tags: flags.tag ?? [],
			title: flags.title,
			picks: flags.picks,
			journal: async () => (await this.session(flags)).journal,
		});
		const {serveGallery} = await import('../../lib/gallery/serve.js');
		const {pageParts} = await import('../../lib/gallery/page.js');
		const gallery = await serveGallery({
			...source,
			parts: await pageParts(),
			port: flags.port,
			clock: this.clock,
			refreshMs,
			onNote: (text) => this.notes.line(text),
		});
		const stop = this.interruption('');
		try {
			await this.print({success: true, url: gallery.url, picks: source.picksFile});
			if (flags.open && !(await openBrowser(gallery.url))) {
				this.notes.line('No browser could be started: open the address yourself.');
			}
			this.notes.line('The gallery is being served; Ctrl-C ends it.');
			if (!stop.aborted) await once(stop, 'abort');
		} finally {
			await gallery.close();
		}
		process.exitCode = stop.reason.exit;
		return undefined;
	}
}
