import {definedOnly, KlingError} from '../errors/kling-error.js';
import type {Shot} from '../inputs/shots.js';
import type {RequestBody} from './facts.js';
import {type Mode, modelOf, type NewerModel} from './models.js';
import {referencesIn} from './prompt-references.js';
import {defaultSeconds, type Scene, watermarkField} from './scene.js';

/* The parts of a body of the newer standard that its types share (docs/kling-api.md §15). */

const resolutions: Readonly<Record<Mode, string>> = {std: '720p', pro: '1080p', '4k': '4k'};

/** One input of a request. */
export interface Content {
	type: string;
	[field: string]: unknown;
}

/** What the newer standard lacks: options of a request, with their flags. */
const olderOnly: Readonly<Record<string, string>> = {
	negative: '--negative',
	cfgScale: '--cfg-scale',
	camera: '--camera',
	staticMask: '--static-mask',
	dynamicMasks: '--dynamic-mask',
};

/** @throws KlingError `conflicting_input` for an option that only the older standard has */
export function refuseOlderOptions(request: object): void {
	const given = Object.entries(request).filter(
		([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
	);
	const [flag] = given.flatMap(([name]) => olderOnly[name] ?? []);
	if (flag === undefined) return;
	throw new KlingError('conflicting_input', `The newer standard of the API has no ${flag}`, {
		hint: `Add --api v1 to use the older standard, or leave out ${flag}.`,
	});
}

/** The newer standard's name of a model. For an unknown model, it is derived from the name. */
export const newerModel = (model: string): NewerModel =>
	modelOf(model)?.newer ?? {name: model, audio: true, multiShotSetting: true};

interface SettingsOptions {
	/** Undefined when an input determines it. */
	ratio?: string | undefined;
	/** False when an input determines the length of the result. */
	hasLength?: boolean;
	/** `original` keeps a clip's sound. Default: the request decides between `native` and `off`. */
	audio?: 'original' | undefined;
	/** A reference clip requires multi-shot. */
	multiShot?: true | undefined;
}

/** The settings of a video. */
export function videoSettings(
	request: Scene,
	{ratio, hasLength = true, audio, multiShot}: SettingsOptions = {},
): RequestBody {
	const {model, mode, sound, shots = [], autoShots = false, duration} = request;
	const newer = newerModel(model);
	const known = modelOf(model);
	const sent = mode ?? known?.defaultMode ?? known?.modes[0];
	const length = duration ?? (shots.length > 0 ? sum(shots) : known && defaultSeconds);
	return definedOnly({
		// Defaults to true on the newer standard.
		multi_shot: newer.multiShotSetting && (multiShot ?? (shots.length > 0 || autoShots)),
		audio: newer.audio && (audio ?? (sound ? 'native' : 'off')),
		resolution: sent && resolutions[sent],
		aspect_ratio: ratio,
		duration: hasLength ? length : undefined,
	});
}

const sum = (shots: readonly Shot[]) => shots.reduce((total, {seconds}) => total + seconds, 0);

/** The prompt, with shots as text, and with inputs by their names among the contents. */
export function promptText({prompt, shots = []}: Scene): string | undefined {
	const text = shots.length > 0 ? shots.map(shotText).join(' ') : prompt;
	return text && named(text);
}

/** A semicolon ends a shot, so the text must not contain any. */
const shotText = ({prompt, seconds}: Shot, index: number) =>
	`shot ${index + 1}, ${seconds}, ${prompt.replaceAll(';', ',')};`;

/** Converts `<<<image_1>>>` to `@image_1`. A letter directly after it would become part of the name. */
const named = (text: string) =>
	referencesIn(text).reduce((result, {kind, number, written}) => {
		const name = `@${kind}_${number}`;
		const parts = result.split(written);
		return parts.reduce((all, part) => `${all}${name}${/^[\p{L}\p{N}_]/u.test(part) ? ' ' : ''}${part}`);
	}, text);

/** Whether a prompt refers to an input, so that the input needs a name. */
export const isNamed = ({prompt, shots = []}: Scene, kind: string, number: number): boolean =>
	[prompt, ...shots.map((shot) => shot.prompt)]
		.flatMap((text) => referencesIn(text ?? ''))
		.some((found) => found.kind === kind && found.number === number);

export const elementContents = (ids: readonly bigint[] = []): Content[] =>
	ids.map((id, index) => ({type: 'element', element_id: String(id), id: `element_${index + 1}`}));

/** The options of every request. The external id is added when it is sent. */
export const requestOptions = ({watermark}: {watermark?: boolean | undefined}): RequestBody =>
	definedOnly({watermark_info: watermarkField(watermark)});
