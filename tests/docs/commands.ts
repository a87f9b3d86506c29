import { assert, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { codeBlocks, documents, ROOT } from "./markdown.ts";
import type { Program } from "../support/needs.ts";
import type { Sandbox } from "./sandbox.ts";

/** Tries a command of the documentation. */
export type Try = (sandbox: Sandbox, command: string) => Promise<void>;

function prints(text: string): Try {
  return async (sandbox, command) => assertStringIncludes(await sandbox.run(command), text);
}

/** `init` in a folder that has no configuration yet. */
function writes(...names: string[]): Try {
  return async (sandbox, command) => {
    const before = new Set([...Deno.readDirSync(sandbox.project)].map(({ name }) => name));
    for (const name of before) {
      if (name.startsWith("roomkeeper.")) Deno.removeSync(join(sandbox.project, name));
    }
    await sandbox.run(command);
    for (const name of names) Deno.statSync(join(sandbox.project, name));
  };
}

/** A generator leaves the files as they are, since they are up to date. */
function regenerates(...files: string[]): Try {
  return async (sandbox, command) => {
    await sandbox.run(command);
    for (const file of files) {
      const written = Deno.readTextFileSync(join(sandbox.project, file));
      assert(written === Deno.readTextFileSync(join(ROOT, file)), `${file} is out of date`);
    }
  };
}

function installs(path: string, folder = "."): Try {
  return async (sandbox, command) => {
    await sandbox.run(command, folder);
    Deno.statSync(join(sandbox.root, path));
  };
}

const check: Try = async (sandbox, command) => {
  const server = await sandbox.configure();
  try {
    assertStringIncludes(await sandbox.run(command), "Roomkeeper can work with this server.");
  } finally {
    server.close();
  }
};

const keeps: Try = async (sandbox, command) => {
  const server = await sandbox.configure();
  try {
    const folder = join(sandbox.root, "etc/roomkeeper");
    Deno.mkdirSync(folder, { recursive: true });
    const configuration = Deno.readTextFileSync(join(sandbox.project, "roomkeeper.toml"));
    const store = `path = "${sandbox.root}/var/lib/roomkeeper/roomkeeper.sqlite"`;
    Deno.writeTextFileSync(
      join(folder, "roomkeeper.toml"),
      configuration.replace('path = "roomkeeper.sqlite"', store),
    );
    await sandbox.keep(command.replace("5347", `${server.port}`));
  } finally {
    server.close();
  }
};

/** What stands for a binary, which takes a download to make. */
function standIn(sandbox: Sandbox): string {
  return `#!/bin/sh\nexec deno run --allow-all ${sandbox.project}/main.ts "$@"\n`;
}

/** Runs install.sh as root would, with the sandbox's root folder for `/`. */
function setUp(sandbox: Sandbox, command: string): Promise<string> {
  const variables = `DESTDIR=${sandbox.root} DENO=${Deno.execPath()}`;
  return sandbox.run(command.replace("sudo", `env ${variables}`));
}

const INSTALLED = {
  configuration: "etc/roomkeeper/roomkeeper.toml",
  program: "usr/local/bin/roomkeeper",
  unit: "etc/systemd/system/roomkeeper.service",
  user: "etc/sysusers.d/roomkeeper.conf",
};

const installsBinary: Try = async (sandbox, command) => {
  const binary = join(sandbox.project, command.split(" ").at(-1)!);
  Deno.mkdirSync(join(binary, ".."));
  Deno.writeTextFileSync(binary, standIn(sandbox));
  await setUp(sandbox, command);
  const { program, unit, user } = INSTALLED;
  for (const path of [unit, user]) Deno.statSync(join(sandbox.root, path));
  assertStringIncludes(Deno.readTextFileSync(join(sandbox.root, program)), "main.ts");
};

const installsSources: Try = async (sandbox, command) => {
  // The packages that it would download are here already.
  const { npmCache } = JSON.parse(await sandbox.run("deno info --json"));
  Deno.mkdirSync(join(sandbox.root, "opt/roomkeeper/cache"), { recursive: true });
  Deno.symlinkSync(npmCache, join(sandbox.root, "opt/roomkeeper/cache/npm"));
  await setUp(sandbox, command);
  const program = join(sandbox.root, INSTALLED.program);
  Deno.writeTextFileSync(program, sandbox.localized(Deno.readTextFileSync(program)));
  const server = sandbox.serverFor(join(sandbox.root, INSTALLED.configuration));
  try {
    const [, run] = /^ExecStart=\/usr\/local\/bin\/(.*)$/m.exec(
      Deno.readTextFileSync(join(sandbox.root, INSTALLED.unit)),
    )!;
    await sandbox.keep(run!);
  } finally {
    server.close();
  }
};

const checksInstalled: Try = async (sandbox, command) => {
  const server = sandbox.serverFor(join(sandbox.root, INSTALLED.configuration));
  try {
    assertStringIncludes(await sandbox.run(command), "Roomkeeper can work with this server.");
  } finally {
    server.close();
  }
};

/** Debian's ejabberd sets the variable already; the document's line comes after it. */
const loadsModule: Try = async (sandbox, command) => {
  const [line] = /^ERL_OPTIONS=.*$/m.exec(
    codeBlocks(documents().find(({ path }) => path === "docs/install-ejabberd.md")!)
      .map(({ code }) => code).join("\n"),
  )!;
  Deno.mkdirSync(join(sandbox.root, "etc/default"), { recursive: true });
  Deno.writeTextFileSync(
    join(sandbox.root, "etc/default/ejabberd"),
    `ERL_OPTIONS="-env ERL_CRASH_DUMP_BYTES 0"\n${sandbox.localized(line)}\n`,
  );
  const printed = await sandbox.run(command.replace("'. /etc", `'. ${sandbox.root}/etc`));
  assertStringIncludes(printed, "{module,mod_roomkeeper}");
};

const isLittleExposed: Try = async (sandbox, command) => {
  const [, score] = /Overall exposure level.*: (\d+\.\d)/.exec(await sandbox.run(command)) ?? [];
  assert(Number(score) <= 1, `the score is ${score}`);
};

const init = "deno task roomkeeper init --server";
const lines = { prosody: "roomkeeper.prosody.cfg.lua", ejabberd: "roomkeeper.ejabberd.yml" };

const TRY_MODULE =
  `sudo sh -c '. /etc/default/ejabberd; erl $ERL_OPTIONS -noinput -eval "io:write(code:load_file(mod_roomkeeper)), halt()."'`;

/** How each command is tried. */
export const TRIED: Readonly<Record<string, Try>> = {
  "npx --yes deno@2.9.6 task demo": prints("Bob is back and has the message that he missed, once."),
  [`${init} prosody --watch home.example`]: writes("roomkeeper.toml", lines.prosody),
  [`${init} prosody --watch home.example --feed stock`]: writes("roomkeeper.toml", lines.prosody),
  [`${init} prosody --watch home.example --gateways phones.example`]: writes(
    "roomkeeper.toml",
    lines.prosody,
  ),
  [`${init} ejabberd --watch home.example`]: writes("roomkeeper.toml", lines.ejabberd),
  [`${init} ejabberd --watch home.example --feed stock`]: writes("roomkeeper.toml", lines.ejabberd),
  "deno task roomkeeper check": check,
  "deno task start": keeps,
  "deno run --no-prompt --v8-flags=--max-semi-space-size=4,--page-promotion-threshold=20,--no-allocation-site-pretenuring --allow-net=127.0.0.1:5347 --allow-read=/etc/roomkeeper,/var/lib/roomkeeper --allow-write=/var/lib/roomkeeper --allow-env=ROOMKEEPER_SECRET main.ts run --config /etc/roomkeeper/roomkeeper.toml":
    keeps,
  "deno task docs:config": regenerates("docs/configuration.md", "docs/roomkeeper.sample.toml"),
  "deno task docs:verdicts": regenerates("docs/how-it-decides.md"),
  "deno task build:wasm": regenerates("xml/scanner/scanner_binary.ts"),
  "deno task build:sax-wasm": regenerates("xml/sax_wasm_binary.ts"),
  "sudo install -D -m 0644 -t /usr/local/lib/prosody/modules servers/prosody/*.lua": installs(
    "usr/local/lib/prosody/modules/roomkeeper_rejoin.lib.lua",
  ),
  "sudo install -D -m 0644 servers/prosody/mod_roomkeeper_gateways.lua /usr/local/lib/prosody/modules/mod_roomkeeper_gateways.lua":
    installs("usr/local/lib/prosody/modules/mod_roomkeeper_gateways.lua"),
  "sudo install -g prosody -m 0640 roomkeeper.prosody.cfg.lua /etc/prosody/conf.d/roomkeeper.cfg.lua":
    async (sandbox, command) => {
      await sandbox.run(command.replace("-g prosody ", ""));
      const lines = join(sandbox.root, "etc/prosody/conf.d/roomkeeper.cfg.lua");
      assertStringIncludes(Deno.readTextFileSync(lines), "Component ");
    },
  "sudo install -m 0644 servers/prosody/roomkeeper.pfw /etc/prosody/roomkeeper.pfw": installs(
    "etc/prosody/roomkeeper.pfw",
  ),
  "sudo sh packaging/install.sh output/roomkeeper-x86_64-unknown-linux-gnu": installsBinary,
  "sudo -u roomkeeper roomkeeper init --output /etc/roomkeeper/roomkeeper.toml --store /var/lib/roomkeeper/roomkeeper.sqlite":
    async (sandbox, command) => {
      await sandbox.run(`${command} --force --watch home.example`);
      const file = join(sandbox.root, INSTALLED.configuration);
      assertStringIncludes(Deno.readTextFileSync(file), `path = "${sandbox.root}/var/lib`);
    },
  "sudo -u roomkeeper roomkeeper check --config /etc/roomkeeper/roomkeeper.toml": checksInstalled,
  "sudo sh packaging/install.sh": installsSources,
  "systemd-analyze security --offline=true packaging/roomkeeper.service": isLittleExposed,
  "sudo sh servers/ejabberd/build.sh /opt/roomkeeper/ejabberd": installs(
    "opt/roomkeeper/ejabberd/mod_roomkeeper_rejoin.beam",
  ),
  "sh build.sh /opt/roomkeeper/ejabberd": installs(
    "opt/roomkeeper/ejabberd/mod_roomkeeper_rejoin.beam",
    "servers/ejabberd",
  ),
  [TRY_MODULE]: loadsModule,
};

/** What a command needs that is not everywhere: programs that must be there to try it. */
export const NEEDS: Readonly<Record<string, readonly Program[]>> = {
  "systemd-analyze security --offline=true packaging/roomkeeper.service": ["systemd-analyze"],
  "sudo sh servers/ejabberd/build.sh /opt/roomkeeper/ejabberd": ["erlc", "ejabberdctl"],
  "sh build.sh /opt/roomkeeper/ejabberd": ["erlc", "ejabberdctl"],
  [TRY_MODULE]: ["erlc", "ejabberdctl"],
};

const tests = "runs the tests, of which this is one";
const system = "changes the system that it runs on";
const download = "downloads what the tests have no network for";
const service = "needs ejabberd as a service of the system; tests/e2e builds and loads the module";

/** Why a command is not tried. */
export const NOT_TRIED: Readonly<Record<string, string>> = {
  "npx --yes deno@2.9.6 task test": tests,
  "deno task ok": tests,
  "bash .ci/run": tests,
  "deno task test:unit tests/xml": tests,
  "deno task test:e2e tests/e2e/prosody_plugin_test.ts": tests,
  "deno task test:e2e --servers trixie tests/e2e/prosody_plugin_test.ts": tests,
  "deno task bench": "takes minutes; each benchmark is type-checked",
  "deno task test:disk": "mounts disks",
  "deno task fuzz 1000000": "takes a quarter of an hour; tests/xml/scanner does 100,000 cases",
  "deno task capture": "starts real servers, which write something else each time",
  "deno task measure:recovery":
    "takes half an hour; the matrix of tests/e2e does the same in seconds",
  "deno task measure:pace": "takes some minutes, and tells figures only",
  "deno task measure:clients": "takes half an hour; tests/e2e/clients_test.ts does three clients",
  "deno task soak": "takes ten minutes; tests/soak does it for seconds",
  "deno task compile": `${download}; tests/tools/compile_test.ts does all but that`,
  "sudo systemctl enable --now roomkeeper": system,
  "journalctl -u roomkeeper -f": "needs the service",
  "docker build -f packaging/Dockerfile -t roomkeeper .": download,
  "docker run --read-only --cap-drop=ALL --security-opt=no-new-privileges --network=host -v /etc/roomkeeper:/etc/roomkeeper:ro -v roomkeeper:/var/lib/roomkeeper roomkeeper":
    "needs the image",
  "sudo prosodyctl check config": "checks the system's Prosody; tests/e2e runs one of its own",
  "sudo systemctl restart prosody": system,
  "sudo systemctl restart ejabberd": system,
  "sudo apt-get install prosody-modules": system,
  "sudo apt-get install erlang-dev erlang-p1-xmpp": system,
  "modules=$(sudo -u ejabberd sh -c 'echo ${CONTRIB_MODULES_PATH:-$HOME/.ejabberd-modules}')":
    service,
  'mkdir -p "$modules/sources/mod_roomkeeper/src"': service,
  'cp mod_roomkeeper.spec "$modules/sources/mod_roomkeeper/"': service,
  'cp mod_roomkeeper*.erl "$modules/sources/mod_roomkeeper/src/"': service,
  'chown -R ejabberd: "$modules"': service,
  "ejabberdctl module_install mod_roomkeeper": service,
};
