/* What `npm run bench` measures: a name and a command for each part of docs/benchmarks.md. */
export const parts = [
	{name: 'start', command: ['start.js', '--runs', '9']},
	{name: 'keychain', command: ['keychain.js', '--runs', '40']},
	{name: 'download', command: ['download.js', '--rounds', '3']},
	{name: 'wait', command: ['wait.js', '--rounds', '3']},
	{name: 'plan', command: ['plan.js', '--rounds', '3']},
	{name: 'batch', command: ['batch.js']},
	{name: 'sandbox', command: ['sandbox.js']},
	{name: 'journal', command: ['journal.js', '--runs', '3']},
	{name: 'install', command: ['install.js']},
];
