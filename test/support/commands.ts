const account = ['--region=', '--profile='];
const submit = [
	...['-w, --wait', '-d, --download=', '--timeout=', '--interval=', '--external-id=', '--callback-url='],
	...['--tag=', '--sidecar', '--allow-unknown-price', '-v, --verbose', '--dry-run', ...account],
];
const scene = [
	...[
		'--prompt-file=',
		'-m, --model=',
		'--mode=',
		'--duration=',
		'--sound',
		'--shot=',
		'--auto-shots',
		'--watermark',
	],
	...submit,
];
const several = ['--concurrency=', '-t, --type=', ...account];
const waits = ['--timeout=', '--interval='];
const sandbox = [
	'--port=',
	'--speed=',
	'--slots=',
	'--clip-size=',
	'--fault=',
	'--scenario=',
	'--models=',
	'--public-url=',
];

/** Every command with its own flags, spelled out as its help must show them. */
export const commands: Readonly<Record<string, readonly string[]>> = {
	'video create': [
		...[
			'--ratio=',
			'--first-frame=',
			'--last-frame=',
			'--ref-image=',
			'--element=',
			'--ref-video=',
			'--base-video=',
		],
		...['--[no-]keep-sound', ...scene],
	],
	'video text2video': ['--ratio=', '--negative=', '--cfg-scale=', '--camera=', ...scene],
	'video image2video': [
		...['--image=', '--last-frame=', '--static-mask=', '--dynamic-mask=', '--element=', '--voice='],
		...['--negative=', '--cfg-scale=', '--camera=', ...scene],
	],
	'video extend': ['--prompt=', '--negative=', '--cfg-scale=', '--watermark', ...submit],
	'video add-sound': ['--url=', '-s, --sound=', '-b, --bgm=', '--asmr', ...submit],
	'video status': ['-v, --verbose', ...several],
	'video wait': ['-v, --verbose', ...waits, ...several],
	'video download': [
		...['-o, --output=', '--format=', '--watermark', '-f, --force', '-w, --wait', '-v, --verbose'],
		...['--sidecar', '--skip-existing', '--connections=', '--limit-rate='],
		...[...waits, ...several],
	],
	'video list': [
		...[
			'-l, --limit=',
			'-p, --page=',
			'-t, --type=',
			...account,
			'--all',
			'--csv',
			'--ndjson',
			'--since=',
			'--status=',
		],
		'-v, --verbose',
	],
	'video history': [
		...['--all', '--csv', '-l, --limit=', '--status=', '--since=', '-t, --type=', '--refresh', '--unsettled'],
		...['--expiring=', '--missing', '-v, --verbose', ...account],
	],
	'video reconcile': account,
	api: ['-F, --field=', '-f, --raw-field=', '--input=', '--paginate', ...account],
	'account costs': ['--csv', '--days=', ...account],
	'account balance': ['--csv', ...account],
	'cost report': ['--by=', '--since=', '--from-ledger', '--unit-price=', '--csv', ...account],
	'cost budget set': ['--per=', '--tag=', ...account],
	'cost budget show': account,
	'cost budget clear': ['--per=', '--tag=', ...account],
	doctor: account,
	'auth login': [...account, '--api-key', '--with-stdin', '--import', '--insecure-storage'],
	'auth status': account,
	'auth logout': ['--profile='],
	'auth list': ['--csv'],
	'auth switch': [],
	'auth token': [...account, '-v, --verbose'],
	'sandbox start': sandbox,
	'sandbox exec': [...sandbox, '--auth='],
};

export const globalFlags = [
	'--human',
	'--json',
	'--query=',
	'-q, --quiet',
	'--debug',
	'--request-timeout=',
	'--ca-file=',
	'--raw',
];
