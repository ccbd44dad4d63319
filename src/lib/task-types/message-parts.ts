import {secondsOf} from '../inputs/shots.js';
import {given, type RequestFacts} from './facts.js';
import type {Combination, Model} from './models.js';
import {alternativesText, changesText, limitsText, liveModels, or, secondsText} from './wording.js';

/** Says what is wrong with a request, and what would work. */
export type Words = (facts: RequestFacts) => string;

/** The same message for every request. */
export const fixedMessage =
	(text: string): Words =>
	() =>
		text;

/** A feature that the model does not have. */
export const missingFeature =
	(does: string, flag: string, has: (model: Model) => boolean): Words =>
	(facts) =>
		`${facts.modelName} ${does}: ${alternativesText(facts, flag, has)}`;

/** A feature that the model has only in some modes and durations. */
export const limitedFeature =
	(does: string, flag: string, featureOf: (model: Model) => Combination | undefined): Words =>
	(facts) => {
		const feature = facts.model && featureOf(facts.model);
		if (!feature)
			return missingFeature(`has no ${flag}`, flag, (model) => featureOf(model) !== undefined)(facts);
		return `${facts.modelName} ${does} ${limitsText(feature, feature.durations)} only: ${changesText(facts, feature)}`;
	};

export const soundOf = ({sound}: Model) => (sound === 'ignored' ? undefined : sound);

export function modeWords({modelName, model, mode}: RequestFacts): string {
	const modes = model?.modes ?? [];
	return modes.length === 0
		? `${modelName} has no modes: leave out --mode`
		: `${modelName} has no mode ${mode}: use --mode ${or(modes)}`;
}

export function durationWords({modelName, model, duration, shots}: RequestFacts): string {
	const makes = `${modelName} makes videos of ${secondsText(model?.durations ?? [])}`;
	return shots.length > 0
		? `${makes}, and the shots are ${duration} s long together: change the seconds of --shot`
		: `${makes}, not ${duration} s: change --duration`;
}

export function shotsDurationWords({shots, duration}: RequestFacts): string {
	const sum = secondsOf(shots.map((shot) => ({prompt: '', seconds: Number(shot.duration)})));
	return `The shots are ${sum} s long together, and --duration is ${duration}: leave it out, or change the seconds of --shot`;
}

export function referencesWords({images, elements, video}: RequestFacts): string {
	const most = video ? 'with a clip 4' : '7';
	return `${images.length + elements} pictures and elements were given, and ${most} are allowed together: leave out some --ref-image or --element`;
}

export function controlsWords({body}: RequestFacts): string {
	const flags = [
		...(given(body, 'image_tail') ? ['--last-frame'] : []),
		...(given(body, 'static_mask') ? ['--static-mask'] : []),
		...(given(body, 'dynamic_masks') ? ['--dynamic-mask'] : []),
		...(given(body, 'camera_control') ? ['--camera'] : []),
	];
	return `${flags.join(' and ')} were given, and Kling takes one of a last frame, masks and a camera move: leave out the others`;
}

export function lastFrameWords(facts: RequestFacts): string {
	const {model, modelName, body} = facts;
	const alone = model?.lastFrame && !model.lastFrame.tailAlone && !given(body, 'image');
	if (alone) return `${modelName} takes --last-frame only together with a first frame: add --image`;
	return limitedFeature('takes --last-frame', '--last-frame', ({lastFrame}) => lastFrame)(facts);
}

export function typeWords({modelName, model, type}: RequestFacts): string {
	const home = (model?.types ?? []).map((name) => `\`kling video ${name}\``);
	return `${modelName} is a model for ${or(home)}: here use --model ${or(liveModels(type))}`;
}
