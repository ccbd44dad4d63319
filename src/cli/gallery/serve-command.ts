import {once} from 'node:events';
import type {Interfaces} from '@oclif/core';
import type {GalleryServeDocument} from '../document-types/gallery.js';
import {TaskCommand} from '../task-command.js';
import {openBrowser} from './browser.js';
import {gallerySource, type sourceFlags} from './source.js';

/** Milliseconds between checks for new takes. */
const refreshMs = 1500;

type ServeFlags = Interfaces.InferredFlags<typeof sourceFlags> & {port: number};

/** Serves a gallery until it is interrupted. */
export abstract class ServeGalleryCommand extends TaskCommand<GalleryServeDocument> {
	/** @param opens whether to start the default browser */
	protected async serve(
		sourceName: string | undefined,
		flags: ServeFlags,
		opens: boolean,
	): Promise<undefined> {
		const source = await gallerySource({
			source: sourceName,
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
			if (opens && !(await openBrowser(gallery.url))) {
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
