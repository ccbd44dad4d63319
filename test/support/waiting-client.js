/* A client that waits for a task and does nothing else, to be killed: node waiting-client.js TASK_ID WORD... */
import {Client} from '@modelcontextprotocol/client';
import {StdioClientTransport} from '@modelcontextprotocol/client/stdio';

const [, , taskId, command, ...args] = process.argv;
const client = new Client({name: 'waiting', version: '1.0.0'});
const transport = new StdioClientTransport({command, args, env: process.env});
await client.connect(transport);
console.log(`server ${transport.pid}`);
await client.callTool(
	{name: 'wait', arguments: {task_id: taskId}},
	{onprogress: ({message}) => console.log(`progress ${message}`)},
);
