import {models} from './models.js';
import {type Pack, usdPerUnit} from './packs.js';
import {livePictureModels, pictureModelOf} from './picture-models.js';

/** The date on which the vendor's price page was read. */
export const priceDate = '2026-09-20';

export interface PriceRow {
	/** What is made, by the name of its command. */
	command: string;
	model?: string | undefined;
	/** What the price depends on. */
	detail?: string | undefined;
	units: number;
	/** What the units are charged for. */
	per: 'second' | 'picture' | 'call';
	/** The pack that pays. */
	pack: Pack;
	/** Approximate price in USD. */
	usd: number;
}

type Price = Omit<PriceRow, 'usd'>;

const kinds: Readonly<Record<string, string>> = {
	silent: 'without sound',
	sound: 'with sound',
	voices: 'with voices',
	video: 'with a clip as input',
};

const commandsOf = (types: readonly string[]) => types.map((type) => `video ${type}`).join(', ');

/** Videos are charged per second. */
const videoPrices: readonly Price[] = Object.entries(models).flatMap(([model, {rates, types, state}]) =>
	state === 'off' || rates === undefined
		? []
		: Object.entries(rates).flatMap(([kind, modes]) =>
				Object.entries(modes as Record<string, number>).map(([mode, units]) => ({
					command: commandsOf(types),
					model,
					detail: `${mode}, ${kinds[kind] ?? kind}`,
					units,
					per: 'second' as const,
					pack: 'video' as const,
				})),
			),
);

function picturePrices(): Price[] {
	const types = {image: 'image create', 'image-omni': 'image omni'} as const;
	return (['image', 'image-omni'] as const).flatMap((type) =>
		livePictureModels(type).flatMap((model) => {
			const {units = 0, unitsFromPicture} = pictureModelOf(model) ?? {};
			const sizes = typeof units === 'number' ? {'': units} : units;
			const row = (detail: string, each: number): Price => ({
				...{command: types[type], model, units: each, per: 'picture', pack: 'image'},
				...(detail && {detail}),
			});
			return [
				...Object.entries(sizes).map(([size, each]) => row(size, each)),
				...(unitsFromPicture === undefined ? [] : [row('with --image', unitsFromPicture)]),
			];
		}),
	);
}

const callPrices: readonly Price[] = [
	{command: 'image multi', model: 'kling-v2-1', units: 16, per: 'picture', pack: 'image'},
	{command: 'image expand', units: 8, per: 'picture', pack: 'image'},
	{command: 'image views', units: 20, per: 'call', pack: 'image'},
	{command: 'image segment', units: 0.1, per: 'call', pack: 'video'},
	{command: 'voice say', units: 0.05, per: 'call', pack: 'video'},
	{command: 'voice create', units: 0.05, per: 'call', pack: 'video'},
	{command: 'audio create', units: 0.25, per: 'call', pack: 'video'},
	{command: 'video add-sound', units: 0.25, per: 'call', pack: 'video'},
	{command: 'element create', units: 0, per: 'call', pack: 'video'},
	{command: 'video avatar', detail: 'std', units: 0.4, per: 'second', pack: 'video'},
	{command: 'video avatar', detail: 'pro', units: 0.8, per: 'second', pack: 'video'},
	{command: 'video lip-sync', detail: 'each started 5 s of sound', units: 0.5, per: 'call', pack: 'video'},
	{command: 'video lip-sync', detail: 'face detection', units: 0.05, per: 'call', pack: 'video'},
];

/** The price list. Unknown prices are left out. */
export const priceList = (): PriceRow[] =>
	[...videoPrices, ...picturePrices(), ...callPrices].map((row) => ({
		...row,
		usd: Math.round(row.units * usdPerUnit[row.pack] * 10_000) / 10_000,
	}));
