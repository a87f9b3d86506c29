/** Converse: a client for browsers, here in Chromium. */
import { startBrowser } from "../../admin/browser.ts";
import { converseFolder, VERSION } from "./converse_package.ts";
import type { ClientKind } from "./real_client.ts";

export const converse: ClientKind = {
  name: "converse",
  version: () => Promise.resolve(VERSION),
  async start({ jid, password, server, room, nick }) {
    const parts = new AsyncDisposableStack();
    try {
      const settings = {
        authentication: "login",
        auto_login: true,
        auto_join_rooms: [{ jid: room, nick }],
        discover_connection_methods: false,
        jid: `${jid}/converse`,
        password,
        view_mode: "fullscreen",
        websocket_url: `ws://${server}:5280/xmpp-websocket`,
        i18n: "en",
        loglevel: "warn",
        theme: "classic",
        assets_path: "/dist/",
      };
      const web = parts.use(serve(page(settings), await converseFolder()));
      const browser = parts.use(await startBrowser());
      const tab = await browser.newPage({ viewport: { width: 1000, height: 700 } });
      await tab.goto(`http://127.0.0.1:${web.addr.port}/`);
      const input = tab.locator("converse-muc-message-form textarea");
      await input.waitFor({ timeout: 30_000 });
      const text = (selector: string) => tab.locator(selector).first().innerText();
      return {
        async say(text) {
          // A room that it takes itself to be out of has no place to type in.
          if (!await input.isVisible()) return;
          await input.fill(text);
          await input.press("Enter");
        },
        screen: () => text("converse-muc"),
        occupants: () => text("converse-muc-sidebar"),
        picture: () => tab.screenshot(),
        [Symbol.asyncDispose]: () => parts.disposeAsync(),
      };
    } catch (error) {
      await parts.disposeAsync();
      throw error;
    }
  },
};

/** Serves the client's own files under `/dist/`, and a page at `/`. */
function serve(page: string, folder: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response(page, { headers: { "content-type": "text/html" } });
    try {
      const body = await Deno.readFile(`${folder}${pathname}`);
      return new Response(body, { headers: { "content-type": contentType(pathname) } });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}

function contentType(path: string): string {
  const types = {
    css: "text/css",
    js: "text/javascript",
    json: "application/json",
    wasm: "application/wasm",
  };
  const ending = path.slice(path.lastIndexOf(".") + 1);
  return types[ending as keyof typeof types] ?? "application/octet-stream";
}

function page(settings: Readonly<Record<string, unknown>>): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Converse</title>
<link rel="stylesheet" href="/dist/converse.min.css">
<script type="module" src="/dist/converse.min.js"></script>
<body class="converse-fullscreen"><script type="module">converse.initialize(${
    JSON.stringify(settings)
  })</script>`;
}
