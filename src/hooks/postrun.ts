import type {Hook} from '@oclif/core';

/** The plugin has just written its functions; these replace them. */
const hook: Hook.Postrun = async ({Command, config}) => {
	if (Command.id !== 'autocomplete' && Command.id !== 'autocomplete:create') return;
	const [{writeSetupFiles}, {ownName}] = await Promise.all([
		import('../completion/setup-files.js'),
		import('../completion/own-name.js'),
	]);
	await writeSetupFiles({cacheDir: config.cacheDir, own: ownName()});
};

export default hook;
