import type {Hook} from '@oclif/core';
import {unknownCommand} from '../cli/errors/unknown-command.js';

const hook: Hook.CommandNotFound = async ({config, id, argv = []}) => {
	// oclif joins the words of an unknown command with colons, including arguments.
	throw unknownCommand(config, [...id.split(':'), ...argv]);
};

export default hook;
