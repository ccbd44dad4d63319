import {Flags} from '@oclif/core';
import {KlingError} from '../../lib/errors/kling-error.js';
import {readBounded} from '../../lib/fs/read-bounded.js';
import type {Faults, FaultyRequest, Scenario, Step} from '../../sandbox/fault-plan.js';
import {type FaultName, faultNames, faultOf, isFaultName, placeTexts} from '../../sandbox/faults.js';
import {nearest} from '../errors/suggest.js';
import {withErrorCode} from '../flags/facts.js';

/** A scenario has a few kilobytes. */
const maxMegabytes = 10;

/** `NAME`, `NAME:3` or `NAME:always`. */
async function parseFault(input: string): Promise<Step> {
	const [, name = '', times] = /^(.*?)(?::([^:]*))?$/.exec(input.trim()) ?? [];
	if (!isFaultName(name)) {
		throw new KlingError('invalid_fault', `--fault '${input}': there is no fault '${name}'`, {
			hint: suggestion(name),
		});
	}
	if (times === undefined) return {fault: name};
	if (times === 'always') return {fault: name, times};
	if (!/^[1-9]\d{0,8}$/.test(times)) {
		throw new KlingError('invalid_fault', `--fault '${input}': '${times}' is not a number of times`, {
			hint: `Write ${name}:3 for three times, or ${name}:always.`,
		});
	}
	return {fault: name, times: Number(times)};
}

function suggestion(name: string): string {
	const meant = nearest(name, faultNames);
	return `${meant === undefined ? '' : `Did you mean ${meant}? `}The faults are: ${faultNames.join(', ')}.`;
}

/** The names of the faults, by what they affect. */
const faultLists = Object.entries(placeTexts).map(([place, text]) => {
	const names = faultNames.filter((name) => faultOf(name).at === place);
	return `For ${text}: ${names.join(', ')}.`;
});

/** Flags of both sandbox commands that inject faults. */
export const faultFlags = {
	fault: withErrorCode(
		'invalid_fault',
		Flags.custom<Step>({
			helpValue: 'NAME[:TIMES]',
			summary: 'rehearse a failure, TIMES times; the names are listed below',
			description: [
				'An event strikes once, a condition always; NAME:3 three times, NAME:always always.',
				...faultLists,
				'What each does: see src/sandbox/README.md in the repository.',
			].join('\n'),
			multiple: true,
			multipleNonGreedy: true,
			parse: parseFault,
		})(),
	),
	scenario: withErrorCode(
		'invalid_scenario',
		Flags.string({
			helpValue: 'FILE',
			description: 'rehearse the failures listed in a JSON file',
		}),
	),
};

/**
 * The faults from the flags, those of --fault first.
 * @param tell called with a line for each fault that occurs
 * @throws KlingError `invalid_scenario`, `read_error`
 */
export async function faultsOf(
	{fault: steps = [], scenario: file}: {fault?: Step[] | undefined; scenario?: string | undefined},
	tell: (line: string) => void,
): Promise<Faults> {
	const {planFaults} = await import('../../sandbox/fault-plan.js');
	const scenario = file === undefined ? {} : await loadScenario(file);
	return planFaults(
		{...scenario, steps: [...steps, ...(scenario.steps ?? [])]},
		(fault: FaultName, {method, url}: FaultyRequest) =>
			tell(`Fault ${fault}: ${method} ${url.split('?', 1)[0]}`),
	);
}

async function loadScenario(file: string): Promise<Scenario> {
	const text = await readBounded(file, maxMegabytes).catch((cause: Error) => {
		throw new KlingError('read_error', `Cannot read the scenario ${file}: ${cause.message}`, {
			path: file,
			cause,
		});
	});
	const {readScenario} = await import('../../sandbox/scenario.js');
	const read = readScenario(parseJson(text.toString('utf8'), file));
	if ('scenario' in read) return read.scenario;
	const {at, rule, unknownFault} = read.problem;
	throw new KlingError('invalid_scenario', `${file}: ${at || 'the whole'} ${rule}`, {
		path: file,
		...(unknownFault !== undefined && {hint: suggestion(unknownFault)}),
	});
}

function parseJson(text: string, file: string): unknown {
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new KlingError('invalid_scenario', `${file} is not JSON: ${why}`, {path: file, cause});
	}
}
