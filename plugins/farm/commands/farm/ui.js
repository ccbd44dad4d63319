import {accountFlags, Flags, wholeNumber} from 'kling-cli';
import {FarmCommand, queueFlag} from '../../farm-command.js';

export default class FarmUi extends FarmCommand {
	static description = `Show the queue in a browser, with bull-board, until Ctrl-C.

It listens on this machine only, and shows nothing without the token in the address that it prints. It is read-only: to change something, use retry, pause, resume, drain and budget.`;

	static examples = ['<%= config.bin %> <%= command.id %> --queue redis://10.0.0.1'];

	static flags = {
		...queueFlag,
		port: Flags.custom({
			helpValue: 'PORT',
			description: 'port to listen on, 0-65535; default: any free one',
			parse: wholeNumber('port', 0, 65_535, 'invalid_port'),
		})(),
		...accountFlags,
	};

	async run() {
		const {flags} = await this.parse(FarmUi);
		return this.withFarm(flags, async (farm) => {
			const {serveUi} = await import('../../ui/serve.js');
			const {signal} = await this.session(flags);
			const {url, close} = await serveUi(farm, flags.port ?? 0);
			// A program that reads the document must not have to wait for the end.
			await this.print({success: true, queue: farm.shown, url});
			await new Promise((resolve) => {
				if (signal.aborted) resolve();
				signal.addEventListener('abort', resolve, {once: true});
			});
			await close();
			return undefined;
		});
	}
}
