import {existsSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, describe, expect, test, vi} from 'vitest';
import {openStudio, protocols, type Studio} from '../support/mcp.js';

let studio: Studio;
beforeAll(async () => {
	studio = await openStudio();
});

/** A request of 3 units; each text makes a different task. */
const fox = (words: string) => ({prompt: `a fox, ${words}`, duration: 5});

describe('what may be spent', () => {
	test('nothing without a limit, and what is free works all the same', async () => {
		const agent = await studio.agent({flags: []});
		const before = studio.made().length;
		expect(await agent.call('create_video', fox('no limit'))).toMatchObject({
			isError: true,
			error: {code: 'spending_not_allowed', hint: expect.stringContaining('--allow-spend')},
		});
		expect(await agent.call('create_image', {prompt: 'a fox'})).toMatchObject({
			error: {code: 'spending_not_allowed', hint: expect.stringContaining('--allow-image-spend')},
		});
		const element = {name: 'free', description: 'a girl', image: 'https://example.com/a.png'};
		expect(
			await agent.call('create_element', {...element, ref_image: ['https://example.com/b.png']}),
		).toMatchObject({document: {success: true}});
		const spoken = {image: 'https://example.com/a.png', say: 'Mind the gap.', voice: 'oversea_male1'};
		const open = await agent.call('estimate', {tool: 'avatar', arguments: spoken});
		expect(open.document).toMatchObject({estimated_units: '1.25'});
		const clip = {video: '900000000123456101', mark: ['1:0.5,0.5']};
		const edit = {...clip, prompt: 'remove the ball from <<<video_1>>>', mode: 'remove'};
		const edited = await agent.call('estimate', {tool: 'edit_video', arguments: edit});
		expect(edited.texts.join(' ')).toContain('It costs at most 6 units');
		const priced = await agent.call('estimate', {tool: 'create_video', arguments: fox('no limit')});
		expect(priced.document).toMatchObject({dry_run: true, estimated_units: '3'});
		expect(studio.made().length).toBe(before + 1);
		await agent.close();
	});

	test('no more than the limit, also by calls at the same time, and no argument raises it', async () => {
		const agent = await studio.agent({flags: ['--allow-spend', '7']});
		const before = studio.made().length;
		const answers = await Promise.all(
			['a', 'b', 'c', 'd'].map((word) => agent.call('create_video', fox(`at once ${word}`))),
		);
		expect(answers.filter(({isError}) => !isError)).toHaveLength(2);
		for (const {error} of answers.filter(({isError}) => isError)) {
			expect(error).toMatchObject({code: 'spending_not_allowed', message: expect.stringContaining('1 of 7')});
		}
		for (const name of ['allow_spend', 'max_units', 'allow-unknown-price', 'budget']) {
			expect(await agent.call('create_video', {...fox('raised'), [name]: 1000})).toMatchObject({
				isError: true,
			});
		}
		// An existing task costs nothing, and is returned.
		const made = answers.findIndex(({isError}) => !isError);
		const again = await agent.call('create_video', fox(`at once ${'abcd'[made]}`));
		expect(again.document).toMatchObject({success: true, task_id: answers[made]?.document.task_id});
		expect(studio.made().length).toBe(before + 2);
		await agent.close();
	});

	test('no more by two requests of one name at the same time', async () => {
		const agent = await studio.agent({flags: ['--allow-spend', '4']});
		const dear = {...fox('dear'), duration: 15, mode: 'pro', external_id: 'one-name'};
		const answers = await Promise.all([
			agent.call('create_video', {...fox('cheap'), external_id: 'one-name'}),
			...Array.from({length: 3}, () => agent.call('create_video', dear)),
		]);
		for (const {document} of answers) {
			if (document.success === true) expect(document).toMatchObject({estimated_units: '3'});
		}
		await agent.close();
	});

	test('what failed is given back', async () => {
		const agent = await studio.agent({flags: ['--allow-spend', '4']});
		const failing = await agent.call('create_video', fox('[fail] given back'));
		expect(await agent.call('create_video', fox('waits'))).toMatchObject({
			error: {code: 'spending_not_allowed'},
		});
		await agent.call('wait', {task_id: failing.document.task_id});
		expect(await agent.call('create_video', fox('[reject] refused'))).toMatchObject({isError: true});
		expect(await agent.call('create_video', fox('after'))).toMatchObject({document: {success: true}});
		await agent.close();
	});

	test('speech and masks count, and are paid for once in a session', async () => {
		const agent = await studio.agent({flags: ['--allow-spend', '0.08']});
		const calls = () => studio.sandbox.tasks().filter(({type}) => type === 'speech').length;
		const before = calls();
		const said = {text: 'Mind the gap.', file: 'gap.mp3'};
		const made = await Promise.all([agent.call('create_speech', said), agent.call('create_speech', said)]);
		const again = await agent.call('create_speech', said);
		for (const {document} of [...made, again]) {
			expect(document).toMatchObject({success: true, file: path.join(studio.root, 'gap.mp3')});
			expect(document.audio_id).toBe(again.document.audio_id);
		}
		expect(calls()).toBe(before + 1);
		expect(await agent.call('create_speech', {...said, take: 2, file: 'gap-2.mp3'})).toMatchObject({
			error: {code: 'spending_not_allowed', message: expect.stringContaining('0.03 of 0.08')},
		});
		expect(await agent.call('segment_image', {image: 'https://example.com/a.png'})).toMatchObject({
			error: {code: 'spending_not_allowed'},
		});
		expect(await agent.call('create_speech', {...said, file: '../gap.mp3'})).toMatchObject({
			error: {code: 'outside_root'},
		});
		await agent.close();
	});

	test('what comes before a task counts as well', async () => {
		const agent = await studio.agent({flags: ['--allow-spend', '1.1']});
		const dub = (end: string) => ({video: '900000000123456101', audio: 'https://example.com/a.mp3', end});
		// 0.05 for the faces, and 0.5.
		expect(await agent.call('lip_sync', dub('4s'))).toMatchObject({document: {success: true}});
		expect(await agent.call('lip_sync', dub('4s'))).toMatchObject({document: {success: true}});
		expect(await agent.call('lip_sync', dub('3s'))).toMatchObject({document: {success: true}});
		expect(await agent.call('create_speech', {text: 'Mind the gap.'})).toMatchObject({
			error: {code: 'spending_not_allowed', message: expect.stringContaining('0 of 1.1')},
		});
		await agent.close();
	});

	test('units of pictures are other money', async () => {
		const agent = await studio.agent({flags: ['--allow-spend', '0', '--allow-image-spend', '8']});
		expect(await agent.call('create_image', {prompt: 'a heron'})).toMatchObject({
			document: {success: true, estimated_units: '8', pack: 'image'},
		});
		expect(await agent.call('create_image', {prompt: 'a crane'})).toMatchObject({
			error: {message: expect.stringContaining('0 of 8')},
		});
		expect(await agent.call('create_video', fox('no units'))).toMatchObject({isError: true});
		await agent.close();
	});

	test('what has no known price is refused, unless whoever started the server allows it', async () => {
		const request = {scene: 'hug_pro', image: ['https://example.com/a.png', 'https://example.com/b.png']};
		const careful = await studio.agent({flags: ['--allow-spend', '100']});
		expect(await careful.call('effects', request)).toMatchObject({
			error: {code: 'spending_not_allowed', hint: expect.stringContaining('--allow-unknown-price')},
		});
		await careful.close();
		const free = await studio.agent({flags: ['--allow-spend', '100', '--allow-unknown-price']});
		expect(await free.call('effects', request)).toMatchObject({document: {success: true}});
		await free.close();
	});
});

test('the limit holds where the journal cannot be written', async () => {
	const place = await openStudio();
	place.env.XDG_DATA_HOME = path.join(place.home, 'a-file', 'data');
	writeFileSync(path.join(place.home, 'a-file'), '');
	const agent = await place.agent({flags: ['--allow-spend', '6']});
	for (const word of ['one', 'two']) {
		expect(await agent.call('create_video', fox(word))).toMatchObject({document: {success: true}});
	}
	expect(await agent.call('create_video', fox('three'))).toMatchObject({
		error: {code: 'spending_not_allowed'},
	});
	expect(place.made()).toHaveLength(2);
});

test('a budget allows it, until it runs out, for all servers together', async () => {
	const place = await openStudio();
	const words = ['cost', 'budget', 'set', '7', '--per', 'total', '--tag', 'agent=claude'];
	expect((await place.run(...words)).code).toBe(0);
	const untagged = await place.agent({flags: []});
	expect(await untagged.call('create_video', fox('untagged'))).toMatchObject({
		error: {code: 'spending_not_allowed'},
	});
	const [one, two] = await Promise.all([
		place.agent({flags: ['--tag', 'agent=claude']}),
		place.agent({flags: ['--tag', 'agent=claude']}),
	]);
	// The agent's own tag does not take the task out of the budget.
	expect(await one.call('create_video', {...fox('one'), tag: ['agent=other']})).toMatchObject({
		document: {success: true},
	});
	expect(await two.call('create_video', fox('two'))).toMatchObject({document: {success: true}});
	expect(await one.call('create_video', fox('three'))).toMatchObject({error: {code: 'budget_exceeded'}});
	expect(await two.call('create_image', {prompt: 'a heron'})).toMatchObject({
		error: {code: 'spending_not_allowed'},
	});
	expect(place.made()).toHaveLength(2);
});

describe.each(protocols)('a person of a client of version %s', (protocol) => {
	test('confirms what is dear, and is not asked about the rest or the same again', async () => {
		const asked: string[] = [];
		const agent = await studio.agent({
			protocol,
			flags: ['--allow-spend', '100', '--ask-above', '3'],
			person(message) {
				asked.push(message);
				return {action: 'accept', content: {confirm: true}};
			},
		});
		expect(await agent.call('create_video', fox(`cheap ${protocol}`))).toMatchObject({
			document: {success: true},
		});
		expect(asked).toEqual([]);
		const dear = {prompt: `a dear fox ${protocol}`, duration: 10};
		expect(await agent.call('create_video', dear)).toMatchObject({document: {success: true}});
		expect(asked).toEqual([expect.stringContaining('6 units')]);
		expect(await agent.call('create_video', dear)).toMatchObject({document: {success: true}});
		expect(asked).toHaveLength(1);
		await agent.close();
	});

	test('says no, and nothing is submitted; nor where nobody can be asked', async () => {
		const before = studio.made().length;
		const dear = {prompt: `a refused fox ${protocol}`, duration: 10};
		const flags = ['--allow-spend', '100', '--ask-above', '3'];
		const answers = [{action: 'decline'}, {action: 'accept', content: {confirm: false}}] as const;
		let asked = 0;
		const agent = await studio.agent({
			protocol,
			flags,
			person: () => answers[asked++] ?? {action: 'accept', content: {confirm: true}},
		});
		for (const {action} of answers) {
			expect({action, ...(await agent.call('create_video', dear))}).toMatchObject({
				isError: true,
				error: {code: 'spending_not_allowed', message: expect.stringContaining('did not confirm')},
			});
		}
		expect(asked).toBe(2);
		await agent.close();
		const silent = await studio.agent({protocol, flags});
		expect(await silent.call('create_video', dear)).toMatchObject({
			error: {code: 'spending_not_allowed', hint: expect.stringContaining('--ask-above')},
		});
		await silent.close();
		expect(studio.made().length).toBe(before);
	});
});

describe('an element', () => {
	const mia = {
		name: 'mia',
		description: 'a girl',
		image: 'https://example.com/a.png',
		ref_image: ['https://example.com/b.png'],
	};

	test('is made, used by its name, and deleted only if the person agrees', async () => {
		const asked: string[] = [];
		let agrees = false;
		const agent = await studio.agent({
			person(message) {
				asked.push(message);
				return agrees ? {action: 'accept', content: {confirm: true}} : {action: 'decline'};
			},
		});
		const made = await agent.call('create_element', mia);
		await agent.call('wait', {task_id: made.document.task_id});
		await vi.waitFor(async () => {
			const {document} = await agent.call('list_elements');
			expect(document.elements).toContainEqual(expect.objectContaining({name: 'mia'}));
		}, 20_000);
		expect(await agent.call('create_video', {...fox('with mia'), element: ['mia']})).toMatchObject({
			document: {success: true},
		});
		expect(await agent.call('delete_element', {name: 'mia'})).toMatchObject({
			error: {message: 'The person did not agree to delete the element mia'},
		});
		agrees = true;
		expect(await agent.call('delete_element', {name: 'mia'})).toMatchObject({document: {deleted: true}});
		expect(asked).toEqual(Array(2).fill('Delete the element mia for good?'));
		const {document} = await agent.call('list_elements');
		expect(document.elements).not.toContainEqual(expect.objectContaining({name: 'mia'}));
		await agent.close();
	});

	test('is not deleted where nobody can be asked', async () => {
		const agent = await studio.agent();
		expect(await agent.call('delete_voice', {name: 'narrator'})).toMatchObject({
			error: {code: 'conflicting_input', hint: 'Ask the person to run: `kling voice delete narrator`'},
		});
		await agent.close();
	});
});

describe('a list of shots', () => {
	const list = (name: string, text: string) => writeFileSync(path.join(studio.root, name), text);

	test('is priced, made under the limit, and continued for nothing', async () => {
		list('film.csv', 'id,prompt,duration\ns1,a hill,5\ns2,a lake,5\n');
		const agent = await studio.agent({flags: ['--allow-spend', '6', '--tag', 'agent=film']});
		expect((await agent.call('batch_plan', {file: 'film.csv'})).document).toMatchObject({
			to_submit: 2,
			units: '6',
		});
		// Two calls at once are one run.
		const [run, same] = await Promise.all([
			agent.call('batch_run', {file: 'film.csv', output: 'clips/'}),
			agent.call('batch_run', {file: 'film.csv', output: 'clips/'}),
		]);
		expect(same.document).toEqual(run.document);
		expect(run.document).toMatchObject({success: true, done: 2, failed: 0});
		expect(existsSync(path.join(studio.root, 'clips', 's1.mp4'))).toBe(true);
		const status = await agent.call('batch_status', {file: 'film.csv'});
		expect(status).toMatchObject({document: {states: {done: 2}}, texts: ['The run has succeeded.']});
		const costs = await agent.call('cost_report', {by: 'tag'});
		expect(costs.document.groups).toContainEqual(expect.objectContaining({tasks: 2, billed_units: 6}));
		const before = studio.made().length;
		expect((await agent.call('batch_run', {file: 'film.csv', output: 'clips/'})).document).toMatchObject({
			done: 2,
		});
		expect(studio.made().length).toBe(before);
		list('film.csv', 'id,prompt,duration\ns1,a hill,5\ns2,a lake,5\ns3,a sea,5\n');
		expect(await agent.call('batch_run', {file: 'film.csv'})).toMatchObject({
			error: {code: 'spending_not_allowed', message: expect.stringContaining('0 of 6')},
		});
		expect(studio.made().length).toBe(before);
		await agent.close();
	});

	test('with failed shots is retried when that is asked for', async () => {
		list('bad.csv', 'id,prompt\ns1,a [fail] fox\n');
		const agent = await studio.agent({flags: ['--allow-spend', '4']});
		expect(await agent.call('batch_run', {file: 'bad.csv'})).toMatchObject({error: {code: 'batch_failed'}});
		const before = studio.made().length;
		expect(await agent.call('batch_run', {file: 'bad.csv', retry_failed: true})).toMatchObject({
			error: {code: 'batch_failed'},
		});
		expect(studio.made().length).toBe(before + 1);
		await agent.close();
	});

	test('reads and writes below the root only, and says all that is wrong', async () => {
		writeFileSync(path.join(studio.home, 'prompt.txt'), 'a secret');
		list('out.csv', 'id,prompt-file\ns1,../prompt.txt\ns2,/etc/hostname\n');
		list('write.csv', 'id,prompt,file\ns1,a fox,../../fox.mp4\n');
		list('own.csv', 'id,prompt,tags\ns1,a fox,agent=other\n');
		const agent = await studio.agent({flags: ['--allow-spend', '20', '--tag', 'agent=claude']});
		const refused = await agent.call('batch_run', {file: 'out.csv'});
		expect(refused.error).toMatchObject({
			code: 'invalid_manifest',
			problems: [
				{shot: 's1', code: 'outside_root'},
				{shot: 's2', code: 'outside_root'},
			],
		});
		expect(await agent.call('batch_run', {file: 'write.csv'})).toMatchObject({error: {code: 'outside_root'}});
		expect(await agent.call('batch_run', {file: 'own.csv'})).toMatchObject({error: {code: 'invalid_tag'}});
		expect(await agent.call('batch_plan', {file: '../film.csv'})).toMatchObject({
			error: {code: 'outside_root'},
		});
		expect(await agent.call('batch_run', {file: 'film.csv', output: '../'})).toMatchObject({
			error: {code: 'outside_root'},
		});
		await agent.close();
	});
});
