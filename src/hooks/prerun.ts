import type {Hook} from '@oclif/core';

/** A plugin is code that the user chose; scripts of the packages under it are not, so npm does not run them. */
const hook: Hook.Prerun = async ({Command}) => {
	if (Command.id.startsWith('plugins')) process.env.npm_config_ignore_scripts ??= 'true';
};

export default hook;
