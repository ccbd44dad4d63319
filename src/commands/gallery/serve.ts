import {Flags} from '@oclif/core';
import {ServeGalleryCommand} from '../../cli/gallery/serve-command.js';
import {sourceArg, sourceFlags} from '../../cli/gallery/source.js';
import {portFlag} from '../../cli/sandbox/open-sandbox.js';

export default class GalleryServe extends ServeGalleryCommand {
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
		return this.serve(args.source, flags, flags.open);
	}
}
