/** The pages in a real browser; pictures of them are kept in output/. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type AdminServer, serveAdmin } from "../../admin/http.ts";
import { leftOutWithout } from "../support/needs.ts";
import { picture, startBrowser } from "./browser.ts";
import { FULL_STORE, HOST, RECOVERING, Scene, STORE } from "./scene.ts";
import { storyScene } from "./story.ts";

const GARDEN = "chat.garden.example";
const DESKTOP = { viewport: { width: 1200, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true };
const LOOKS: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ["light", DESKTOP],
  ["dark", { ...DESKTOP, colorScheme: "dark" }],
  ["phone", { ...PHONE, hasTouch: true }],
];

/** A browser that looks at a scene. */
class Stage implements AsyncDisposable {
  /** What the pages complained about: errors, and what the policy forbids. */
  readonly complaints: string[] = [];
  readonly url: string;

  private constructor(
    readonly scene: Scene,
    readonly server: AdminServer,
    readonly browser: Browser & AsyncDisposable,
  ) {
    this.url = `http://127.0.0.1:${server.address.port}`;
  }

  static async open(scene: Scene, options: { token?: string; privacy?: boolean } = {}) {
    const { keeper, history, metrics } = scene;
    const server = serveAdmin({ hostname: "127.0.0.1", port: 0 }, {
      keeper,
      history,
      metrics,
      version: "1.2.3",
      now: () => scene.now,
      ...options,
    });
    return new Stage(scene, server, await startBrowser());
  }

  async page(path: string, options: BrowserContextOptions = DESKTOP): Promise<Page> {
    const page = await (await this.browser.newContext(options)).newPage();
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("dialog", (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    await page.goto(this.url + path);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** A test with a browser; sockets and processes of the browser are its own business. */
function browserTest(name: string, body: () => Promise<void>): void {
  const ignore = leftOutWithout("chromium");
  Deno.test({ name, ignore, sanitizeOps: false, sanitizeResources: false }, body);
}

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What keeps people with disabilities out, by the rules of WCAG 2.2 AA. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`,
  ) as AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}

const rows = (page: Page) => page.locator("#rows tr");
const firstDomain = (page: Page) => rows(page).first().locator("a");

for (const [look, options] of LOOKS) {
  browserTest(`both pages are for everybody, ${look}`, async () => {
    await using stage = await Stage.open(storyScene());
    const status = await stage.page("/", options);
    await rows(status).first().waitFor();
    assertEquals(await barriers(status), []);
    await picture(status, `status_${look}`);

    const domain = await stage.page(`/domains/${GARDEN}`, options);
    await domain.locator("#events li").first().waitFor();
    await domain.locator("summary").first().click();
    assertEquals(await barriers(domain), []);
    await picture(domain, `domain_${look}`);

    stage.scene.keeper.store = { ...FULL_STORE, setAside: 1 };
    await status.getByText("no space is left on the disk. Make some.").waitFor();
    await domain.getByText("Connected, but the store can't be written").waitFor();
    assertEquals([...await barriers(status), ...await barriers(domain)], []);
    await picture(status, `store_failing_${look}`);
    for (const page of [status, domain]) {
      const wide = await page.evaluate<number>(
        "document.documentElement.scrollWidth - innerWidth",
      );
      assert(wide <= 0, `the page is ${wide} px wider than the screen`);
    }
    assertEquals(stage.complaints, []);
  });
}

browserTest("a verification moves on before one's eyes", async () => {
  const scene = new Scene();
  scene.join("rooms.example", 40, 4);
  await using stage = await Stage.open(scene);
  const page = await stage.page("/");
  await page.getByText("Nothing was lost in the last 24 hours.").waitFor();
  scene.lose("rooms.example");
  await page.getByText("Waiting before 40 joins are asked about").waitFor();
  scene.verify("rooms.example", { most: 10 });
  await page.getByText("Asked about 10 of 40").waitFor();
  const bar = page.getByRole("progressbar", { name: "Verification of rooms.example" });
  assertEquals(await bar.getAttribute("value"), "10");
  await picture(page, "status_verifying");
  scene.verify("rooms.example", { gone: 10 });
  await page.getByText("30 notified", { exact: true }).waitFor();
  assertEquals(await bar.count(), 0);
  assertEquals(stage.complaints, []);
});

browserTest(
  "users come back before one's eyes; who does not is told of, with the reason",
  async () => {
    const scene = new Scene();
    scene.domain("rooms.example", RECOVERING);
    scene.join("rooms.example", 40, 4);
    await using stage = await Stage.open(scene);
    const page = await stage.page("/");
    scene.lose("rooms.example");
    scene.verify("rooms.example", { gone: 5 });
    await page.getByText("Bringing 20 users back").waitFor();
    scene.bringBack("rooms.example", { refused: 1, seconds: 6 });
    await page.getByText("19 brought back", { exact: true }).waitFor();
    await page.getByText("Last rejoin that failed: room0@rooms.example").waitFor();
    const failure = await page.locator("#failure").textContent();
    assertStringIncludes(failure ?? "", "the user is banned; the client is notified.");
    await page.getByText(/^out for \d+ s, median; 1 failed$/).waitFor();
    assertEquals(await barriers(page), []);
    await picture(page, "status_back");

    scene.keeper.hosts = [{
      host: HOST,
      state: "synced",
      software: "prosody",
      takesRequests: false,
    }];
    await page.getByText("Connected, but the plugin of home.example is out of date").waitFor();
    await page.getByText("Install the one that came with this version").waitFor();
    assertEquals(await barriers(page), []);

    await firstDomain(page).click();
    await page.getByText(/^19 users brought back after \d+ s at most: user/).waitFor();
    await page.getByText("1 rejoin failed: the user is banned; the client is notified: user")
      .waitFor();
    await picture(page, "domain_back");
    assertEquals(stage.complaints, []);
  },
);

browserTest("of 5,000 domains one page is shown, and any can be found by keyboard", async () => {
  const scene = new Scene();
  for (let n = 0; n < 5_000; n++) scene.join(`rooms${n}.example`, 1 + n % 3);
  await using stage = await Stage.open(scene);
  const page = await stage.page("/");
  await page.getByText("5,000 domains, page 1 of 100").waitFor();
  assertEquals(await rows(page).count(), 50);
  await picture(page, "status_5000");

  await page.getByRole("button", { name: "Next" }).press("Enter");
  await page.getByText("page 2 of 100").waitFor();
  await page.getByRole("button", { name: /^Domain/ }).press("Enter");
  await page.getByText("page 1 of 100").waitFor();
  assertEquals(await firstDomain(page).textContent(), "rooms0.example");
  assertEquals(await page.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
  await page.getByRole("button", { name: /^Domain/ }).press("Enter");
  await page.locator("th[aria-sort=descending]").waitFor();
  await rows(page).filter({ hasText: "rooms999.example" }).waitFor();

  await page.getByRole("searchbox").fill("rooms4321");
  await page.getByText("1 domain, page 1 of 1").waitFor();
  assertStringIncludes(page.url(), "search=rooms4321");
  await firstDomain(page).press("Enter");
  await page.getByRole("heading", { name: "rooms4321.example" }).waitFor();
  assertEquals(stage.complaints, []);
});

browserTest("the place where one reads is kept while figures change", async () => {
  const scene = new Scene();
  scene.join("rooms.example", 3);
  await using stage = await Stage.open(scene);
  const page = await stage.page("/");
  await firstDomain(page).focus();
  scene.join("rooms.example", 4);
  await rows(page).getByText("4", { exact: true }).waitFor();
  assertEquals(await page.evaluate("document.activeElement.textContent"), "rooms.example");
});

browserTest("names from outside are text, whatever they look like", async () => {
  const scene = new Scene();
  const evil = `<img src=x onerror=alert(1)>"'&amp;`;
  const domain = `${evil}.example`;
  const [user, room] = [`${evil}@home.example/${evil}`, `${evil}@${domain}`];
  scene.tell(domain, { type: "joined", user, room, nick: evil });
  scene.lose(domain);
  scene.verify(domain, { gone: 10 });
  scene.tell(domain, { type: "joined", user, room, nick: evil });
  await using stage = await Stage.open(scene);
  const page = await stage.page("/");
  assertEquals(await firstDomain(page).textContent(), domain);
  await firstDomain(page).click();
  await page.locator("#joins li").first().waitFor();
  assertStringIncludes(await page.locator("#joins").textContent() ?? "", `as ${evil} in ${room}`);
  assertStringIncludes(await page.locator("#events").textContent() ?? "", user);
  assertEquals(await page.locator("img").count(), 0);
  assertEquals(stage.complaints, []);
});

browserTest("with a token one logs in once, and can leave", async () => {
  await using stage = await Stage.open(storyScene(5), { token: "let-me-in" });
  const page = await stage.page("/");
  assertEquals(await barriers(page), []);
  await picture(page, "login");
  await page.getByLabel("Token").fill("wrong");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("alert").getByText("That is not the token.").waitFor();
  assertEquals(await barriers(page), []);
  await page.getByLabel("Token").fill("let-me-in");
  await page.getByRole("button", { name: "Open" }).click();
  await rows(page).first().waitFor();
  assertEquals(await page.evaluate("document.cookie"), "", "scripts can't see the pass");
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByLabel("Token").waitFor();
});

browserTest("privacy: users are hashes, and the page says so", async () => {
  await using stage = await Stage.open(storyScene(5), { privacy: true });
  const page = await stage.page(`/domains/${GARDEN}`);
  await page.getByText("Users and nicks are hidden").waitFor();
  const text = await page.locator("main").textContent() ?? "";
  assert(!/user\d|User \d/.test(text), text);
  await picture(page, "domain_private");
});

browserTest("a store that fails is told at the top until it can be written again", async () => {
  const scene = storyScene(5);
  scene.keeper.store = FULL_STORE;
  await using stage = await Stage.open(scene);
  const page = await stage.page("/");
  const note = page.locator("#notes p");
  await note.getByText("The store can't be written.").waitFor();
  assertStringIncludes(await note.textContent() ?? "", "no space is left on the disk. Make some.");
  const store = page.getByRole("region", { name: "Store" });
  for (const text of ["Failing", "full", "1,250", "1.2 MB", "42 ms"]) {
    await store.getByText(text, { exact: true }).waitFor();
  }
  scene.keeper.store = STORE;
  await page.getByText("Connected", { exact: true }).waitFor();
  await store.getByText("OK", { exact: true }).waitFor();
  assertEquals(await note.count(), 0);
  scene.keeper.store = undefined;
  await store.getByText("joins are kept in memory only").waitFor();
  assertEquals(await barriers(page), []);
  await picture(page, "store_none");
  assertEquals(stage.complaints, []);
});

browserTest("trouble with the server itself is told at the top", async () => {
  const scene = storyScene(5);
  await using stage = await Stage.open(scene);
  const page = await stage.page("/");
  await page.getByText("Connected", { exact: true }).waitFor();
  scene.keeper.connection = { ...scene.keeper.connection, state: "waiting" };
  scene.keeper.paused = true;
  scene.keeper.held = 12;
  await page.getByText("Not connected to the server").waitFor();
  await page.getByText("Rejoins and notices are held back, for 12 users so far").waitFor();
  assertEquals(await barriers(page), []);
  await picture(page, "status_trouble");
  await stage.server[Symbol.asyncDispose]();
  await page.getByText("Roomkeeper does not answer").waitFor();
});
