import type {Command} from '@oclif/core';
import type {Capability} from '../../lib/errors/exit-statuses.js';

/**
 * The capabilities that a command declares. oclif's own commands declare none: those for plugins run npm, the others
 * only print.
 * @returns undefined for a command of a plugin that declares none
 */
export function capabilitiesOf({
	id,
	pluginType,
	capabilities,
}: Command.Loadable): readonly Capability[] | undefined {
	if (capabilities !== undefined) return capabilities as readonly Capability[];
	if (pluginType !== 'core') return undefined;
	return id.startsWith('plugins') ? ['npm'] : [];
}
