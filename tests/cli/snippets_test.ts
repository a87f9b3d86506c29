import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { serverSnippet, type Setup } from "../../cli/snippets.ts";

const SETUP: Setup = {
  server: "prosody",
  feed: "plugin",
  host: "127.0.0.1",
  port: 5347,
  domain: "keeper.home.example",
  watch: ["home.example", "chat.example"],
  secret: 'a "quoted\\ secret',
};

function lines(change: Partial<Setup>): string {
  return serverSnippet({ ...SETUP, ...change }).text;
}

Deno.test("Prosody: the component may send as users, each host feeds it, the secret is quoted", () => {
  const text = lines({});
  for (
    const line of [
      'Component "keeper.home.example"',
      String.raw`    component_secret = "a \"quoted\\ secret"`,
      "    validate_from_addresses = false",
      'VirtualHost "home.example"',
      'VirtualHost "chat.example"',
      '    modules_enabled = { "roomkeeper" }',
      '    roomkeeper_component = "keeper.home.example"',
    ]
  ) assertStringIncludes(text, `${line}\n`);
  assert(!text.includes("component_ports"));
  assertStringIncludes(lines({ port: 5348 }), "component_ports = { 5348 }");
  assertStringIncludes(lines({ host: "10.0.0.1" }), "component_interfaces");
  assertStringIncludes(lines({ feed: "stock" }), '"firewall"');
});

Deno.test("ejabberd: the component may send as users, the feed is a module, the secret is quoted", () => {
  const text = lines({ server: "ejabberd" });
  for (
    const line of [
      "    module: ejabberd_service",
      "    check_from: false",
      "    global_routes: false",
      '    ip: "127.0.0.1"',
      String.raw`        password: "a \"quoted\\ secret"`,
      "  mod_roomkeeper:",
      '    component: "keeper.home.example"',
    ]
  ) assertStringIncludes(text, `${line}\n`);
  assertStringIncludes(lines({ server: "ejabberd", feed: "stock" }), "mod_service_log:");
});

Deno.test("gateways are named to the module for rooms, and only then is there such a module", () => {
  const gateways = ["phones.example", "matrix.example"];
  const prosody = serverSnippet({ ...SETUP, gateways });
  assertStringIncludes(
    prosody.text,
    '--     roomkeeper_gateways = { "phones.example", "matrix.example" }\n',
  );
  assert(prosody.steps.some((step) => step.includes("mod_roomkeeper_gateways.lua")));
  for (const feed of ["plugin", "stock"] as const) {
    const ejabberd = serverSnippet({ ...SETUP, server: "ejabberd", feed, gateways });
    const lines = [
      "  mod_roomkeeper_gateways:",
      "    gateways:",
      '      - "phones.example"',
      '      - "matrix.example"',
    ];
    assertStringIncludes(ejabberd.text, lines.join("\n") + "\n");
    assert(ejabberd.steps.some((step) => step.includes("mod_roomkeeper_gateways.erl")));
  }
  for (const server of ["prosody", "ejabberd"] as const) {
    const { text, steps } = serverSnippet({ ...SETUP, server, gateways: [] });
    assert(![text, ...steps].join("\n").includes("gateways"));
  }
});

Deno.test("the lines of one part are those of the whole, without the other part", () => {
  for (const server of ["prosody", "ejabberd"] as const) {
    const whole = serverSnippet({ ...SETUP, server }).text.split("\n");
    const [component, feed] = (["component", "feed"] as const).map((part) =>
      serverSnippet({ ...SETUP, server }, [part]).text.split("\n")
    );
    assert(component!.every((line) => whole.includes(line)));
    assert(feed!.every((line) => whole.includes(line)));
    const both = component!.filter((line) => line !== "" && feed!.includes(line));
    assertEquals(both.length, 1, "the title");
  }
});

Deno.test("the script's domain is replaced only where it is another", () => {
  const steps = (domain: string) =>
    serverSnippet({ ...SETUP, feed: "stock", domain }).steps.join("\n");
  assert(!steps("keeper.home.example").includes("in place of"));
  assertStringIncludes(steps("rk.example"), "rk.example in place of keeper.home.example");
});
