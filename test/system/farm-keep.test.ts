import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {filesIn, submitted, writeShots} from '../support/farm.js';
import {farmAccounts, resultOf} from '../support/farm-accounts.js';
import {startPostgres, startRedis, until} from '../support/queue-servers.js';

const {folder, farm, keep, account} = await farmAccounts();

test('a list whose jobs were removed adds and pays for nothing again', async () => {
	const {sandbox, env, run, worker, finish} = await account('again', keep(await startRedis(true)));
	const list = writeShots(folder, 2, 'again');
	writeFileSync(list, 'bad,[fail] a shot,5\n', {flag: 'a'});
	expect(await run('submit', list, '--yes')).toMatchObject({added: 3, already_done: 0});
	expect(await finish()).toMatchObject({done: 2, failed: 1});
	expect(await run('clean', '--older', '1d')).toMatchObject({success: true, removed: 0});
	expect((await farm(env, 'clean', '--older', '1ms')).document).toMatchObject({success: true, removed: 3});
	expect(await run('status')).toMatchObject({tasks: 0});
	// The failed one is submitted again: Kling returns the task that failed, and makes no other.
	const again = await run('submit', list, '--yes', '--keep', '1ms');
	expect(again).toMatchObject({added: 1, already_done: 2, already_queued: 0});
	expect(await finish()).toMatchObject({done: 0, failed: 1});
	expect(submitted(sandbox)).toHaveLength(3);
	// A worker removes jobs that are older than the retention of the queue.
	worker('cleaner');
	await until(async () => (await run('status')).tasks === 0);
});

test('what an open job needs is kept, and what a new one needs is looked up', async () => {
	const {sandbox, run, worker, finish} = await account('chain', keep(await startPostgres()));
	const list = path.join(folder, 'chain.csv');
	const shots = ['id,prompt,duration,needs', 'a,a hill,5,', 'b,a river,5,a'];
	const submit = () => {
		writeFileSync(list, `${shots.join('\n')}\n`);
		return run('submit', list, '--yes');
	};
	await run('budget', '3');
	expect(await submit()).toMatchObject({added: 2});
	const poor = worker('poor');
	await until(() => poor.printed.stderr.includes('"event":"paused"'));
	expect(await run('clean', '--older', '1ms')).toMatchObject({removed: 0, needed_by_open_jobs: 1});
	poor.child.kill('SIGTERM');
	await Promise.all([poor.ended(), run('budget', '--clear'), run('resume')]);
	expect(await finish()).toMatchObject({done: 1, failed: 0});
	expect(await run('clean', '--older', '1ms')).toMatchObject({removed: 2});
	shots.push('c,a lake,5,a');
	expect(await submit()).toMatchObject({added: 2, already_done: 1});
	expect(await finish()).toMatchObject({done: 2, failed: 0});
	expect(submitted(sandbox)).toHaveLength(3);
});

/** Makes the server refuse, as with a full disk, to store the first three jobs that are done. */
const refusesThree = `
CREATE SEQUENCE kling_farm.stored;
CREATE FUNCTION kling_farm.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('kling_farm.stored') > 3 THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON kling_farm.job FOR EACH ROW
  WHEN (NEW.state = 'completed' AND OLD.state <> 'completed') EXECUTE FUNCTION kling_farm.refuse();`;

test('a job whose end the server refused to store is put back, and is done without another task', async () => {
	const server = keep(await startPostgres());
	const {sandbox, submit, run, finish, output} = await account('unstored', server);
	await submit(4, '--slots', '2');
	const psql = (text: string) =>
		execFileSync('psql', [server.url, '-v', 'ON_ERROR_STOP=1', '-Atc', text], {encoding: 'utf8'}).trim();
	psql(refusesThree);
	expect(await finish()).toMatchObject({code: 0, failed: 0});
	expect(Number(psql('SELECT last_value FROM kling_farm.stored'))).toBeGreaterThan(3);
	expect(await run('status')).toMatchObject({tasks: 4, done: 4, failed: 0});
	expect(submitted(sandbox)).toHaveLength(4);
	expect(filesIn(output)).toHaveLength(4);
});

test('a worker waits while PostgreSQL has no connection for it, and refuses a limit that is too low', async () => {
	const server = keep(await startPostgres());
	const psql = (text: string) => execFileSync('psql', [server.url, '-v', 'ON_ERROR_STOP=1', '-c', text]);
	psql('CREATE ROLE guest LOGIN');
	psql('GRANT CREATE ON DATABASE postgres TO guest');
	const url = server.url.replace('kling@', 'guest@');
	const {submit, worker, finish} = await account('crowded', {...server, url});
	await submit(1);
	psql('ALTER ROLE guest CONNECTION LIMIT 3');
	expect(await finish()).toMatchObject({
		code: 2,
		error: {
			code: 'conflicting_input',
			message: 'PostgreSQL allows the role guest 3 connections, and a worker needs at least 4',
			hint: expect.stringContaining('ALTER ROLE "guest" CONNECTION LIMIT'),
		},
	});
	psql('ALTER ROLE guest CONNECTION LIMIT 0');
	const one = worker('one', ['--exit-when-done']);
	await until(() => one.printed.stderr.includes('The worker waits for it'));
	psql('ALTER ROLE guest CONNECTION LIMIT 4');
	expect(await resultOf(one)).toMatchObject({code: 0, done: 1, failed: 0});
});
