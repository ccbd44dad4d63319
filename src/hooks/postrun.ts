import path from 'node:path';
import type {Hook} from '@oclif/core';

const hook: Hook.Postrun = async ({Command, argv, config}) => {
	if (Command.id === 'plugins:link') {
		// After installing the packages of the lockfile, npm removes a link that the file does not list.
		const folder = path.resolve(argv.find((word) => !word.startsWith('-')) ?? '.');
		await (await import('../plugins/link.js')).linkHostPackage(folder, config);
	}
	if (Command.id !== 'autocomplete' && Command.id !== 'autocomplete:create') return;
	// The plugin has just written its functions; these replace them.
	const [{writeSetupFiles}, {programName}] = await Promise.all([
		import('../completion/setup-files.js'),
		import('../completion/program-name.js'),
	]);
	await writeSetupFiles({cacheDir: config.cacheDir, own: programName()});
};

export default hook;
