/* Programs that people may use besides kling, if this machine has them. */
import {spawnSync} from 'node:child_process';

const programs = {
	gh: ['repo', 'view', '--help'],
	aws: ['s3', 'ls', 'help'],
	stripe: ['customers', 'list', '--help'],
	heroku: ['apps:info', '--help'],
	sf: ['org', 'list', '--help'],
};

const env = {...process.env, PAGER: 'cat', AWS_PAGER: ''};

export function competitors(node) {
	return Object.entries(programs)
		.filter(([file]) => spawnSync(file, ['--version'], {env, stdio: 'ignore'}).status === 0)
		.flatMap(([file, help]) => [
			{name: `${file} --version`, file, args: ['--version'], node, env},
			{name: `${file} ${help.join(' ')}`, file, args: help, node, env},
		])
		.filter(({file, args}) => spawnSync(file, args, {env, stdio: 'ignore'}).status === 0);
}
