import {ServeGalleryCommand} from '../../cli/gallery/serve-command.js';
import {sourceArg, sourceFlags} from '../../cli/gallery/source.js';
import {portFlag} from '../../cli/sandbox/open-sandbox.js';

export default class GalleryOpen extends ServeGalleryCommand {
	static override description = `Open your takes in the default browser.

The same as kling gallery serve --open: it serves the gallery to this machine only, until Ctrl-C. BROWSER in the environment names another browser.`;

	static override examples = [
		'<%= config.bin %> <%= command.id %> clips',
		'<%= config.bin %> <%= command.id %> shots.csv',
	];

	static override capabilities = ['credentials'] as const;

	static override args = {source: sourceArg};

	static override flags = {port: portFlag({default: 0}), ...sourceFlags};

	async run() {
		const {args, flags} = await this.parse(GalleryOpen);
		return this.serve(args.source, flags, true);
	}
}
