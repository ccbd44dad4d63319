import {tableOf} from '../../lib/system/table-of.js';

/*
 * Flags of other tools, with the flags of this program that do the same, most likely first. A command has
 * some of them. Names are compared ignoring case; underscores and camelCase count as dashes.
 */
const meanings: readonly [ours: readonly string[], theirs: string][] = [
	[['negative'], 'negative-prompt neg negative-text no avoid exclude'],
	[['force'], 'overwrite clobber replace yes-overwrite y'],
	[['skip-existing'], 'no-clobber nc no-overwrite resume continue keep-existing'],
	[
		['output', 'download'],
		'output download out o outfile out-file output-file output-path output-dir outdir dest destination target save save-to to dir directory folder path file-name filename d',
	],
	[
		['first-frame', 'image', 'ref-image'],
		'image img i input picture photo pic input-image init-image image-url image-path start-image start-frame first-image from-image',
	],
	[['ref-image', 'image'], 'reference reference-image ref subject style-image style-ref sref cref character'],
	[['last-frame'], 'end-image end-frame last-image tail image-tail tail-image final-frame'],
	[['ref-video', 'url'], 'video video-url input-video reference-video source input i'],
	[['base-video', 'url'], 'edit edit-video source-video'],
	[['ratio'], 'aspect-ratio aspect ar size shape orientation'],
	[['mode'], 'quality resolution res definition hd pro std tier'],
	[['duration'], 'length seconds secs time dur len'],
	[['model'], 'model-name engine model-id version'],
	[['cfg-scale'], 'cfg guidance guidance-scale scale strength prompt-strength'],
	[['sound'], 'audio with-audio generate-audio enable-audio sfx sound-effects sound-effect'],
	[['bgm'], 'music background-music soundtrack'],
	[['camera'], 'camera-control camera-movement motion camera-motion movement'],
	[['element'], 'elements element-id subject-id'],
	[['voice'], 'voice-id voices speaker'],
	[['shot'], 'shots scene scenes multi-shot multi-prompt storyboard'],
	[['prompt', 'say'], 'text script description'],
	[['prompt-file'], 'file prompt-from-file from-file f input-file'],
	[['external-id'], 'id task-name name external-task-id idempotency-key client-id ref-id request-id'],
	[['callback-url'], 'callback webhook webhook-url hook notify'],
	[['wait'], 'poll sync watch follow block blocking await wait-for-completion f'],
	[['timeout'], 'max-wait deadline wait-timeout max-time'],
	[['interval'], 'poll-interval every polling-interval'],
	[['concurrency'], 'parallel jobs j workers threads max-concurrency'],
	[['count'], 'n num number samples images num-images variations batch-size'],
	[['limit'], 'count n num number max max-results page-size per-page size top last newest'],
	[['all'], 'everything no-limit paginate recursive a'],
	[['page'], 'page-number offset start'],
	[['status'], 'state filter-status'],
	[['since'], 'after from newer newer-than start-date created-after'],
	[['type'], 'kind task-type'],
	[['query'], 'jq filter select jmespath jsonpath field fields format-query'],
	[['human'], 'pretty text table plain readable no-json'],
	[['json'], 'output-json format-json'],
	[['quiet'], 'silent s no-progress'],
	[['debug'], 'trace log-level http-debug'],
	[['verbose'], 'details full long wide all-fields'],
	[['dry-run'], 'dryrun simulate preview test check estimate cost price plan no-submit'],
	[['watermark'], 'water-mark with-watermark'],
	[['region'], 'location zone host endpoint'],
	[['profile'], 'account user as'],
	[['request-timeout'], 'connect-timeout http-timeout'],
	[['ca-file'], 'cacert ca ca-cert cafile certificate ca-bundle'],
	[['input'], 'data d data-raw body json-body data-binary payload'],
	[['field', 'raw-field'], 'query-param param params parameter form'],
	[['format'], 'audio-format file-format codec ext extension'],
	[['limit-rate'], 'rate-limit max-speed bandwidth throttle'],
	[['static-mask'], 'mask'],
	[['with-stdin'], 'stdin from-stdin password-stdin'],
];

/** Flags that no command needs, with what to do instead. */
const unsupportedFlags = tableOf<string>({
	...each(
		'count n num number samples num-videos batch batch-size variations',
		'Each command makes one video: run it once for each.',
	),
	...each(
		'ratio aspect-ratio aspect ar shape orientation',
		'The picture or clip decides the ratio: crop it first.',
	),
	...each('seed', 'Kling takes no seed: the same prompt gives another video each time.'),
	...each('fps frame-rate framerate', 'Kling chooses the frame rate.'),
	...each('width height', 'Use --ratio for the shape and --mode for the size.'),
	...each(
		'async no-wait background detach',
		'A command that submits does not wait unless --wait or --download is given.',
	),
	...each(
		'y yes assume-yes no-input non-interactive noninteractive batch-mode',
		'This command asks nothing: leave it out.',
	),
	...each('method x request verb', 'The method is the first word: kling api POST PATH.'),
	...each('header h headers', 'Headers are set by the program: leave it out.'),
	...each(
		'negative negative-prompt neg negative-text avoid exclude',
		'Say in the prompt what must not appear; kling video text2video and image2video have --negative.',
	),
	...each('steps sampler lora checkpoint', 'Kling has no such setting: leave it out.'),
});

function each(names: string, text: string): Record<string, string> {
	return Object.fromEntries(names.split(' ').map((name) => [name, text]));
}

/** A flag name in this program's style: `--aspectRatio` and `--aspect_ratio` become `aspect-ratio`. */
export const flagStyle = (word: string): string =>
	word
		.replace(/^-+/, '')
		.replace(/([a-z\d])([A-Z])/g, '$1-$2')
		.replaceAll('_', '-')
		.toLowerCase();

/**
 * The flags of a command that do the same as another tool's flag.
 * @param word as typed, with its dashes
 * @param known the command's flags
 */
export function sameMeaning(word: string, known: readonly string[]): string[] {
	const name = flagStyle(word);
	if (known.includes(name)) return [name];
	const found = meanings.filter(([, theirs]) => theirs.split(' ').includes(name)).flatMap(([ours]) => ours);
	return [...new Set(found)].filter((flag) => known.includes(flag));
}

/** What to do instead of a flag that neither Kling nor this program has. */
export const alternativeTo = (word: string): string | undefined => unsupportedFlags[flagStyle(word)];
