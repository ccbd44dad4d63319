import {definedOnly} from '../errors/kling-error.js';
import {taskTypes} from './index.js';
import {models} from './models.js';
import {pictureModels} from './picture-models.js';

/** What a model can do, on which API standards, and until when. */
export interface ModelRow {
	model: string;
	/** Its name on the newer standard, if available there. */
	newer_name?: string | undefined;
	makes: 'videos' | 'pictures';
	/** The commands that accept it. */
	commands: string[];
	/** The API standards that offer it. */
	api: ('v1' | 'tasks')[];
	/** live, retired, unknown or off. */
	state: string;
	/** Announced end date. */
	until?: string | undefined;
	/** Features beyond those of its command. */
	can: string[];
	modes?: string[] | undefined;
	/** Seconds. */
	durations?: number[] | undefined;
	resolutions?: string[] | undefined;
}

/** The announced end date of retired models. */
const announcedEnd = '2026-09-15';

const commandOf = (type: string): string => {
	const {command} = (taskTypes as Readonly<Record<string, {command: readonly string[]}>>)[type] ?? {};
	return command?.join(' ') ?? type;
};

const named = (flags: Readonly<Record<string, unknown>>): string[] =>
	Object.entries(flags).flatMap(([name, has]) => (has && has !== 'ignored' ? [name] : []));

const untilOf = (state: string) => (state === 'retired' ? announcedEnd : undefined);

/** The known models, those for videos first. */
export const modelRows = (): ModelRow[] => [
	...Object.entries(models).map(([name, model]): ModelRow => {
		const {
			state,
			types,
			newer,
			isNewerOnly,
			modes,
			durations,
			sound,
			elements,
			voices,
			multiShot,
			lastFrame,
		} = model;
		return definedOnly({
			model: name,
			newer_name: newer?.name,
			makes: 'videos' as const,
			commands: types.map(commandOf),
			api: [...(isNewerOnly ? [] : (['v1'] as const)), ...(newer ? (['tasks'] as const) : [])],
			state,
			until: untilOf(state),
			can: named({sound, elements, voices, 'several shots': multiShot, 'last frame': lastFrame}),
			modes: [...modes],
			durations: [...durations],
		}) as ModelRow;
	}),
	...Object.entries(pictureModels).map(
		([name, {state, types, resolutions, elements, references, series}]): ModelRow =>
			definedOnly({
				model: name,
				makes: 'pictures' as const,
				commands: types.map(commandOf),
				api: ['v1' as const],
				state,
				until: untilOf(state),
				can: named({elements, references, series}),
				resolutions: [...resolutions],
			}) as ModelRow,
	),
];
