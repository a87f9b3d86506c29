import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseConfig } from "../../config/load.ts";
import { ROOT } from "../docs/markdown.ts";
import { leftOutWithout } from "../support/needs.ts";

/** `roomkeeper init` on a pseudo-terminal, at which somebody answers each question as it comes. */
async function initAt(answers: readonly string[]) {
  const folder = await Deno.makeTempDir({ prefix: "roomkeeper-pty-" });
  try {
    const command = `${Deno.execPath()} run --no-prompt --allow-read=${folder} ` +
      `--allow-write=${folder} ${ROOT}/main.ts init`;
    // script(1) of util-linux gives the program a terminal.
    const process = new Deno.Command("script", {
      args: ["--quiet", "--return", "--command", command, "/dev/null"],
      cwd: folder,
      env: { NO_COLOR: "1", TERM: "xterm" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const keyboard = process.stdin.getWriter();
    const left = [...answers];
    let shown = "";
    let asked = 0;
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
      shown += text;
      // With each question the terminal is told to bracket what is pasted.
      const questions = shown.split("\x1b[?2004h").length - 1;
      for (; asked < questions; asked++) {
        // Nobody answers more than was planned: the input ends.
        const answer = left.shift();
        await keyboard.write(
          new TextEncoder().encode(answer === undefined ? "\x04" : `${answer}\n`),
        );
      }
    }
    await keyboard.close();
    const { code } = await process.status;
    const file = `${folder}/roomkeeper.toml`;
    return {
      code,
      shown,
      names: [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
      ...code === 0 && parseConfig(Deno.readTextFileSync(file), {
        fileName: file,
        env: () => undefined,
        readSecret: () => "",
      }),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "init on a terminal: a suggestion is shown in brackets, and an empty line takes it",
  ignore: leftOutWithout("script"),
  async fn() {
    const { code, shown, names, server } = await initAt(["", "home.example", "", "", "", ""]);
    assertEquals(code, 0, shown);
    assertStringIncludes(shown, "Your server, prosody or ejabberd [prosody]: ");
    assertStringIncludes(shown, "The component's domain [keeper.home.example]: ");
    assertEquals(names, ["roomkeeper.prosody.cfg.lua", "roomkeeper.toml"]);
    assertEquals(server?.domain, "keeper.home.example");
  },
});

Deno.test({
  name: "init on a terminal: what is typed stands in place of the suggestion",
  ignore: leftOutWithout("script"),
  async fn() {
    const answers = ["ejabberd", "home.example", "rk.home.example", "", "5348", "stock"];
    const { code, shown, names, server } = await initAt(answers);
    assertEquals(code, 0, shown);
    assertEquals(names, ["roomkeeper.ejabberd.yml", "roomkeeper.toml"]);
    assertEquals([server?.domain, server?.port, server?.feed], ["rk.home.example", 5348, "stock"]);
  },
});

Deno.test({
  name: "init on a terminal: Ctrl-D ends it, and nothing is written",
  ignore: leftOutWithout("script"),
  async fn() {
    const { code, shown, names } = await initAt(["", "\x04"]);
    assertEquals([code, names], [1, []], shown);
    assertStringIncludes(shown, "nothing was written");
  },
});
