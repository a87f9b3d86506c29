import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { loadConfig } from "../../config/files.ts";
import { ConfigError } from "../../config/problem.ts";

const TEXT = `[server]\ndomain = "k.example"\nwatch = ["h.example"]\n`;

/** Runs `body` in a folder with these files, each a text and a mode. */
function inFolder(
  files: Record<string, readonly [text: string, mode: number]>,
  body: (path: (name: string) => string) => void,
): void {
  const folder = Deno.makeTempDirSync({ prefix: "roomkeeper-config-" });
  try {
    for (const [name, [text, mode]] of Object.entries(files)) {
      Deno.writeTextFileSync(join(folder, name), text);
      Deno.chmodSync(join(folder, name), mode);
    }
    body((name) => join(folder, name));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("a secret that only its owner and group can read is loaded without a word", () => {
  const files = {
    "a.toml": [`${TEXT}secret_file = "s"\n`, 0o644],
    s: ["open\n", 0o640],
  } as const;
  inFolder(files, (path) => {
    const { config, warnings } = loadConfig(path("a.toml"));
    assertEquals(config.server.secret.reveal(), "open");
    assertEquals(warnings, []);
  });
});

Deno.test("files with secrets that everybody can read are told", () => {
  const files = {
    "inside.toml": [`${TEXT}secret = "open"\n`, 0o644],
    "beside.toml": [`${TEXT}secret_file = "s"\n`, 0o600],
    s: ["open\n", 0o604],
  } as const;
  inFolder(files, (path) => {
    const warning = (name: string) =>
      `${path(name)} holds a secret and every user of this machine can read it: ` +
      `chmod 600 ${path(name)}`;
    assertEquals(loadConfig(path("inside.toml")).warnings, [warning("inside.toml")]);
    assertEquals(loadConfig(path("beside.toml")).warnings, [warning("s")]);
  });
});

Deno.test("errors name the file as it was given", () => {
  inFolder({ "a.toml": ["[server]\nport = 0\n", 0o600] }, (path) => {
    const error = assertThrows(() => loadConfig(path("a.toml")), ConfigError);
    assertEquals(error.message.includes(`${path("a.toml")}:2:8: port must be`), true);
  });
});
