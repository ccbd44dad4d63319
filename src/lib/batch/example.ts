/** Example lists, by file extension; all plan without a problem. */
const yaml = `# A list of shots. See what it would cost: kling batch plan FILE
# Make it:                                  kling batch run FILE

# Names the batch: its tasks are found again by this name, so keep it.
name: NAME

# For {name} in any value below. Write {{name}} for the braces themselves.
vars:
  hero: a red fox with a white tail

# Values for every shot that does not set its own. The keys are the flags of the commands.
defaults:
  duration: 5
  ratio: "16:9"
  tags: {client: acme}

shots:
  # id: its permanent name. The flags of kling video create are the keys.
  - id: snow
    prompt: "{hero} in falling snow, wide shot"

  # Several variants: snow-2.mp4 and so on. {take} may stand in the prompt.
  - id: river
    prompt: "{hero} drinks from a river at dawn"
    takes: 2

  # Another command, and another model. kling video text2video --help lists its flags.
  - id: night
    type: text2video
    model: kling-v2-5-turbo
    prompt: "{hero} under the northern lights"

  # Works on the result of another shot, and waits for it.
  - id: night-sound
    type: add-sound
    video-id: "{night.video_id}"
    sound: wind and soft steps in snow

  # Continues where another shot ends. Needs the program ffmpeg, so it is left out here.
  # - id: snow-2
  #   type: image2video
  #   image: "{snow.last_frame}"
  #   prompt: "{hero} runs off"
`;

const csv = `id,type,prompt,duration,ratio,takes,tags,_note
snow,,"a red fox in falling snow, wide shot",5,16:9,1,client=acme,columns that begin with _ are yours
river,,a red fox drinks from a river at dawn,5,16:9,2,client=acme,takes makes variants
night,text2video,a red fox under the northern lights,5,16:9,1,client=acme,type is another command
`;

const jsonl = `{"id": "snow", "prompt": "a red fox in falling snow, wide shot", "duration": 5, "ratio": "16:9"}
{"id": "river", "prompt": "a red fox drinks from a river at dawn", "takes": 2, "tags": {"client": "acme"}}
{"id": "night", "type": "text2video", "prompt": "a red fox under the northern lights"}
`;

const examples: Readonly<Record<string, string>> = {
	'.yaml': yaml,
	'.yml': yaml,
	'.csv': csv,
	'.jsonl': jsonl,
	'.ndjson': jsonl,
};

/** The file extensions for which there are examples. */
export const exampleKinds = Object.keys(examples);

/**
 * A commented example of a list.
 * @param extension such as `.yaml`
 * @param name of the batch
 * @param schema name of a file with the JSON Schema, for editors
 */
export function exampleList(extension: string, name: string, schema: string | undefined): string | undefined {
	const text = examples[extension.toLowerCase()];
	const modeline =
		schema !== undefined && text === yaml ? `# yaml-language-server: $schema=./${schema}\n` : '';
	return text && modeline + text.replace('NAME', name);
}
