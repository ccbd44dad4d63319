import {type Command, Help} from '@oclif/core';
import {addPluginTypes} from './plugin-types.js';

/** oclif's help, whose `--type` names the types of task of plugins, too: the manifest is made without them. */
export default class KlingHelp extends Help {
	override formatCommand(command: Command.Loadable): string {
		// What is wrong with a description, the commands that take its types tell.
		addPluginTypes(this.config.plugins.values(), command.flags);
		return super.formatCommand(command);
	}
}
